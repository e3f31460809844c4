/**
 * LXD on another machine, by HTTPS: as `remote_e2e.ts`, with the configuration
 * that `lxc` makes from a token.
 */
import assert from "node:assert/strict";
import {
  lab,
  leftovers,
  lines,
  ok,
  removeAll,
  type RunOptions,
  sh,
} from "./lab.ts";

const IMAGE = "kindest/node:v1.35.0";
const SERVER = "10.77.0.1";
const CONF = "/tmp/kini-remote";
const HOST: RunOptions = { host: "lxd" };
/** No socket of this machine counts: only the remote is asked. */
const REMOTE = {
  LXD_CONF: CONF,
  LXC_REMOTE: "far",
  LXD_SOCKET: "/nonexistent",
};

/** Runs a command on the client's machine. */
function far(command: string[], env: Record<string, string> = {}) {
  return lab(["ip", "netns", "exec", "kini-client", ...command], {
    ...HOST,
    env: { ...REMOTE, ...env },
  });
}

async function farOk(...command: string[]): Promise<string> {
  const { code, stdout, stderr } = await far(command);
  assert.equal(code, 0, `${command.join(" ")}\n${stderr}\n${stdout}`);
  return stdout;
}

async function withRemote(run: () => Promise<void>): Promise<void> {
  await removeAll(HOST);
  const before = await leftovers("lxd");
  try {
    await sh(
      `
      ip netns add kini-client
      ip link add kini-far type veth peer name eth0 netns kini-client
      ip addr add ${SERVER}/24 dev kini-far
      ip link set kini-far up
      ip -n kini-client addr add 10.77.0.2/24 dev eth0
      ip -n kini-client link set eth0 up
      ip -n kini-client link set lo up
      lxc config set core.https_address=${SERVER}:8443
      token=$(lxc config trust add --name kini-far --quiet | tail -n 1)
      mkdir -m 700 ${CONF}
      LXD_CONF=${CONF} lxc remote add far "$token" >/dev/null 2>&1
    `,
      HOST,
    );
    await run();
  } finally {
    await removeAll(HOST);
    await sh(
      `
      lxc config unset core.https_address
      lxc config trust list -f json | jq -r '.[] | select(.name == "kini-far") | .fingerprint' |
        xargs -r -n 1 lxc config trust remove
      ip netns del kini-client
      rm -rf ${CONF}
    `,
      HOST,
    );
  }
  assert.deepEqual(await leftovers("lxd"), before);
}

Deno.test("an LXD by HTTPS has clusters of kind, and only if it is the right one", async (t) => {
  await withRemote(async () => {
    await t.step("a changed server certificate is refused", async () => {
      await sh(
        `
        mkdir ${CONF}/other
        cd ${CONF}/other
        cp -a ../config.yml ../client.* .
        mkdir servercerts
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes -keyout /dev/null \
          -days 1 -subj /CN=other -addext basicConstraints=critical,CA:FALSE \
          -addext subjectAltName=DNS:$(hostname),IP:127.0.0.1 -out servercerts/far.crt 2>/dev/null
      `,
        HOST,
      );
      const { code, stderr } = await far(["docker", "ps"], {
        LXD_CONF: `${CONF}/other`,
      });
      assert.equal(code, 1);
      assert.match(
        stderr,
        /^Cannot trust the server "far" at https:\S+ it is not the pinned/,
      );
    });

    await t.step(
      "a client that it doesn't know is told what to do",
      async () => {
        await sh(
          `
        mkdir ${CONF}/stranger
        cd ${CONF}/stranger
        cp -a ../config.yml ../servercerts .
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes -keyout client.key \
          -days 1 -subj /CN=stranger -out client.crt 2>/dev/null
      `,
          HOST,
        );
        const { code, stderr } = await far(["docker", "ps"], {
          LXD_CONF: `${CONF}/stranger`,
        });
        assert.equal(code, 1);
        assert.match(
          stderr,
          /^The server "far" does not trust this client: run "lxc config trust add" there with /,
        );
      },
    );

    await t.step("a cluster, used from the client's machine", async () => {
      const config = `${CONF}/kubeconfig`;
      const kind = (...args: string[]) =>
        farOk("kind", ...args, "--kubeconfig", config);
      await kind("create", "cluster", "--image", IMAGE, "--wait", "60s");
      assert.match(
        await ok(["cat", config], HOST),
        new RegExp(`server: https://${SERVER}:\\d+$`, "m"),
      );
      assert.match(
        await farOk("kubectl", "--kubeconfig", config, "get", "nodes"),
        /^kind-control-plane\s+Ready\s+control-plane/m,
      );
      await sh(
        `skopeo copy -q docker://docker.io/library/busybox:1.37 docker-archive:${CONF}/b.tar:docker.io/library/busybox:1.37`,
        HOST,
      );
      await farOk("kind", "load", "image-archive", `${CONF}/b.tar`);
      assert.match(
        await farOk(
          ..."docker exec kind-control-plane crictl images".split(" "),
        ),
        /busybox\s+1\.37/,
      );
      await kind("delete", "cluster");
      assert.deepEqual(lines(await farOk("docker", "ps", "-aq")), []);
    });
  });
});
