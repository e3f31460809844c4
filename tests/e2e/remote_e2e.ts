/**
 * A server on another machine, by HTTPS: the client has a network namespace of
 * its own, so that neither the server's 127.0.0.1 nor its ports are its own.
 */
import assert from "node:assert/strict";
import { lab, leftovers, lines, ok, removeAll, sh } from "./lab.ts";

const IMAGE = "kindest/node:v1.35.0";
const SERVER = "10.77.0.1";
const CONF = "/tmp/kini-remote";
/** No socket of this machine counts: only the remote is asked. */
const OPTIONS = {
  env: { INCUS_CONF: CONF, KINI_REMOTE: "far", INCUS_SOCKET: "/nonexistent" },
};

/** A command on the client's machine. */
const far = (...command: string[]) => [
  "ip",
  "netns",
  "exec",
  "kini-client",
  ...command,
];

async function withRemote(run: () => Promise<void>): Promise<void> {
  await removeAll();
  const before = await leftovers();
  await sh(`docker pull -q busybox:1.37 && docker pull -q ${IMAGE}`);
  try {
    await sh(`
      ip netns add kini-client
      ip link add kini-far type veth peer name eth0 netns kini-client
      ip addr add ${SERVER}/24 dev kini-far
      ip link set kini-far up
      ip -n kini-client addr add 10.77.0.2/24 dev eth0
      ip -n kini-client link set eth0 up
      ip -n kini-client link set lo up
      incus config set core.https_address=${SERVER}:8443
      export INCUS_CONF=${CONF}
      mkdir -m 700 $INCUS_CONF
      incus remote list -f csv >/dev/null
      incus remote generate-certificate >/dev/null
      incus config trust add-certificate $INCUS_CONF/client.crt --name kini-far
      incus remote add far https://${SERVER}:8443 --accept-certificate
    `);
    await run();
  } finally {
    await removeAll();
    await sh(`
      incus config unset core.https_address
      incus config trust list -f json | jq -r '.[] | select(.name == "kini-far") | .fingerprint' |
        xargs -r -n 1 incus config trust remove
      ip netns del kini-client
      rm -rf ${CONF}
    `);
  }
  assert.deepEqual(await leftovers(), before);
}

Deno.test("a server by HTTPS runs containers, and only if it is the right one", async (t) => {
  await withRemote(async () => {
    const docker = (...args: string[]) => ok(far("docker", ...args), OPTIONS);

    await t.step("run, exec, logs, cp, rm", async () => {
      await docker(
        ..."run -d --name c1 busybox:1.37 sh".split(" "),
        "-c",
        "echo hello; exec sleep 1000",
      );
      assert.equal(await docker("logs", "c1"), "hello\n");
      assert.equal(
        await ok(far("docker", "exec", "-i", "c1", "cat"), {
          ...OPTIONS,
          stdin: "through",
        }),
        "through",
      );
      const failed = await lab(
        far("docker", "exec", "c1", "sh", "-c", "echo no >&2; exit 7"),
        OPTIONS,
      );
      assert.deepEqual(failed, { code: 7, stdout: "", stderr: "no\n" });
      await docker("cp", "/etc/hostname", "c1:/tmp/h");
      assert.equal(
        await docker("exec", "c1", "cat", "/tmp/h"),
        await ok(["cat", "/etc/hostname"]),
      );
      await docker("rm", "-f", "c1");
      assert.equal(await docker("ps", "-aq"), "");
    });

    await t.step("a folder of the client's machine is refused", async () => {
      const { code, stderr } = await lab(
        far("docker", "run", "-v", "/root:/x", "busybox:1.37"),
        OPTIONS,
      );
      assert.equal(code, 125);
      assert.match(stderr, /cannot bind \/root: the server "far" is another/);
    });

    await t.step(
      "a remote that isn't there is no reason to go elsewhere",
      async () => {
        const { code, stderr } = await lab(far("docker", "ps"), {
          env: { ...OPTIONS.env, KINI_REMOTE: "near" },
        });
        assert.equal(code, 1);
        assert.match(
          stderr,
          /^KINI_REMOTE is "near".* the remotes are far, local$/m,
        );
      },
    );

    await t.step("a changed server certificate is refused", async () => {
      await sh(`
        cp ${CONF}/servercerts/far.crt ${CONF}/far.crt
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes -keyout /dev/null \
          -days 1 -subj "$(openssl x509 -in ${CONF}/far.crt -noout -subject -nameopt compat | sed 's/^subject=//')" \
          -addext subjectAltName=DNS:$(hostname) -out ${CONF}/servercerts/far.crt 2>/dev/null
      `);
      const { code, stderr } = await lab(far("docker", "ps"), OPTIONS);
      await sh(`mv ${CONF}/far.crt ${CONF}/servercerts/far.crt`);
      assert.equal(code, 1);
      assert.match(stderr, /^Cannot trust the server "far" at https:/);
    });

    await t.step(
      "a client that the server doesn't know is told what to do",
      async () => {
        await sh(`
        mkdir ${CONF}/stranger
        cd ${CONF}/stranger
        cp -a ../config.yml ../servercerts .
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes -keyout client.key \
          -days 1 -subj /CN=stranger -out client.crt 2>/dev/null
      `);
        const { code, stderr } = await lab(far("docker", "ps"), {
          env: { ...OPTIONS.env, INCUS_CONF: `${CONF}/stranger` },
        });
        assert.equal(code, 1);
        assert.match(
          stderr,
          /^The server "far" does not trust this client: run "incus config trust add-certificate" there/,
        );
      },
    );

    await t.step(
      "a cluster of kind, used from the client's machine",
      async () => {
        const config = `${CONF}/kubeconfig`;
        const kind = (...args: string[]) =>
          ok(far("kind", ...args, "--kubeconfig", config), OPTIONS);
        await kind("create", "cluster", "--image", IMAGE, "--wait", "60s");
        assert.match(
          await sh(`grep server: ${config}`),
          new RegExp(`https://${SERVER}:\\d+$`, "m"),
        );
        assert.match(
          await ok(far("kubectl", "--kubeconfig", config, "get", "nodes")),
          /^kind-control-plane\s+Ready\s+control-plane/m,
        );
        await sh(
          `skopeo copy -q docker://docker.io/library/busybox:1.37 docker-archive:${CONF}/b.tar:docker.io/library/busybox:1.37`,
        );
        await ok(
          far("kind", "load", "image-archive", `${CONF}/b.tar`),
          OPTIONS,
        );
        assert.match(
          await docker("exec", "kind-control-plane", "crictl", "images"),
          /busybox\s+1\.37/,
        );
        await kind("delete", "cluster");
        assert.deepEqual(
          lines(await docker("ps", "-a", "--format", "{{.Names}}")),
          [],
        );
      },
    );
  });
});
