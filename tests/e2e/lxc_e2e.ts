/**
 * LXC mode: clusters and containers on a real LXD 5.0, which has no OCI
 * containers, and on an Incus that is told not to use its own.
 */
import assert from "node:assert/strict";
import {
  lab,
  leftovers,
  lines,
  ok as okInLab,
  removeAll,
  type Result,
  type RunOptions,
  sh as shInLab,
} from "./lab.ts";

const IMAGE = "kindest/node:v1.35.0";
const ADDRESS =
  "{{range .NetworkSettings.Networks}}{{.IPAddress}}/{{.IPPrefixLen}}{{end}}";
const TWO_NODES = `
kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
nodes:
- role: control-plane
- role: worker
`;

/** A server in LXC mode. */
class Host {
  readonly #options: RunOptions;

  constructor(
    readonly name: "incus" | "lxd",
    env: Record<string, string> = {},
  ) {
    // Nodes of other images have tests of their own.
    this.#options = { host: name, env: { KINI_LXC_IMAGES: "kindest", ...env } };
  }

  ok(command: readonly string[], options: RunOptions = {}): Promise<string> {
    return okInLab(command, { ...this.#options, ...options });
  }

  run(command: readonly string[], options: RunOptions = {}): Promise<Result> {
    return lab(command, { ...this.#options, ...options });
  }

  docker(...args: string[]): Promise<string> {
    return this.ok(["docker", ...args]);
  }

  sh(script: string): Promise<string> {
    return shInLab(script, this.#options);
  }

  async clear(): Promise<string[]> {
    await removeAll(this.#options);
    return await leftovers(this.name);
  }

  /** The server's own record of a container. */
  async config(name: string): Promise<Record<string, string>> {
    const text = await this.sh(
      `curl -sf --unix-socket /var/lib/${this.name}/unix.socket ` +
        `http://x/1.0/instances/${name} | jq .metadata.config`,
    );
    return JSON.parse(text);
  }
}

const LXD = new Host("lxd");
const INCUS = new Host("incus", { KINI_MODE: "lxc" });

Deno.test("kind makes a cluster of two nodes on LXD, which has no OCI containers", async () => {
  const before = await LXD.clear();
  // As after an installation: nothing is fetched, nothing imported.
  await LXD.sh("rm -rf ~/.cache/kini; docker images -q | xargs -r docker rmi");
  try {
    const made = await LXD.run(
      ["kind", "create", "cluster", "--image", IMAGE, "--config", "-"]
        .concat("--wait", "60s"),
      { stdin: TWO_NODES },
    );
    assert.equal(made.code, 0, made.stderr);
    assert.match(made.stderr, /Ready after/);
    const nodes = ["kind-control-plane", "kind-worker"];
    assert.deepEqual(
      lines(await LXD.ok(["kind", "get", "nodes"])).sort(),
      nodes,
    );
    await awaitReady(2);

    for (const node of nodes) {
      const config = await LXD.config(node);
      assert.equal(config["security.privileged"], "true");
      assert.equal(config["user.kini.image-kind"], "kindest");
      assert.equal(config["volatile.container.oci"], undefined);
      const inside = (...command: string[]) =>
        LXD.docker("exec", node, ...command);
      assert.equal(await inside("cat", "/kind/version"), "v1.35.0");
      assert.equal(await inside("cat", "/proc/1/comm"), "systemd\n");
      assert.equal(await inside("systemctl", "is-system-running"), "running\n");
      // What the image and kind set reaches the first process.
      const environment = await inside("cat", "/proc/1/environ");
      const variables = environment.split("\0");
      assert.ok(variables.includes("container=docker"), environment);
      assert.ok(
        variables.includes("KUBECONFIG=/etc/kubernetes/admin.conf") ||
          node === "kind-worker",
        environment,
      );
      for (const other of nodes) {
        const [address] = (await LXD.docker("inspect", "-f", ADDRESS, other))
          .split("/");
        const found = await inside("getent", "ahostsv4", other);
        assert.equal(found.split(/\s/)[0], address);
      }
    }

    await loadArchive(nodes);
    await exportLogs(nodes);

    for (const node of nodes) {
      const old = await LXD.docker("inspect", "-f", ADDRESS, node);
      assert.match(old, /^\d+\.\d+\.\d+\.\d+\/24\n$/);
      await LXD.docker("exec", node, "touch", "/var/lib/kept");
      await LXD.docker("restart", node);
      assert.equal(await LXD.docker("inspect", "-f", ADDRESS, node), old);
      await LXD.docker("exec", node, "test", "-e", "/var/lib/kept");
    }
    await awaitReady(2);
  } finally {
    await LXD.run(["kind", "delete", "cluster"]);
  }
  assert.deepEqual(await LXD.ok(["kind", "get", "clusters"]), "");
  assert.deepEqual(await leftovers("lxd"), before);
});

Deno.test("kind 0.27 makes a cluster on LXD too", async () => {
  const before = await LXD.clear();
  const kind = "0.27";
  try {
    const made = await LXD.run(
      ["kind", "create", "cluster", "--image", IMAGE, "--wait", "60s"],
      { kind },
    );
    assert.equal(made.code, 0, made.stderr);
    assert.match(made.stderr, /Ready after/);
  } finally {
    await LXD.run(["kind", "delete", "cluster"], { kind });
  }
  assert.deepEqual(await leftovers("lxd"), before);
});

for (const host of [LXD, INCUS]) {
  const where = host === LXD ? "LXD" : "Incus in LXC mode";

  Deno.test(`docker run, exec, cp, logs, stop and rm work on ${where}`, async () => {
    const before = await host.clear();
    assert.match(await host.docker("info"), /Mode: lxc/i);

    const echo = await host.run(
      ["docker", "run", "--rm", "busybox:1.37", "printf", "[%s]\\n"]
        .concat("two words", "it's", 'a "quote"', "$HOME", ""),
    );
    assert.equal(echo.code, 0, echo.stderr);
    assert.equal(
      echo.stdout,
      '[two words]\n[it\'s]\n[a "quote"]\n[$HOME]\n[]\n',
    );
    const failed = await host.run(
      ["docker", "run", "--rm", "busybox:1.37", "sh", "-c", "exit 7"],
    );
    assert.equal(failed.code, 7);
    const missing = await host.run(
      ["docker", "run", "--rm", "busybox:1.37", "no-such-program"],
    );
    assert.equal(missing.code, 127);
    assert.match(missing.stderr, /executable file not found in \$PATH/);

    // The image's own user, folder, entrypoint and variables.
    await host.docker("run", "-d", "--name", "image", "kini/test:1");
    assert.equal(
      await host.docker("exec", "image", "sh", "-c", "id -u; pwd; echo $FOO"),
      "1000\n/app\nbar\n",
    );
    assert.equal(await host.docker("logs", "image"), "started\n");

    await host.docker(
      ..."run -d --name web -p 127.0.0.1:18099:80 --tmpfs /scratch".split(" "),
      ..."-v /tmp:/from-host:ro -e GREETING=hello -w /srv".split(" "),
      ..."debian:trixie-slim sleep 1000".split(" "),
    );
    assert.equal(
      await host.docker("exec", "web", "sh", "-c", "pwd; echo $GREETING"),
      "/srv\nhello\n",
    );
    assert.match(
      await host.docker("exec", "web", "grep", "/scratch", "/proc/mounts"),
      /^\S+ \/scratch tmpfs /m,
    );
    assert.equal(
      await host.ok(["docker", "exec", "-i", "web", "cat"], { stdin: "in\n" }),
      "in\n",
    );
    assert.match(await host.docker("port", "web"), /127\.0\.0\.1:18099/);
    // By its name, from another container.
    assert.match(
      await host.docker("exec", "web", "getent", "ahostsv4", "image"),
      /^\d+\.\d+\.\d+\.\d+/,
    );

    await host.sh(`
      echo copied >/tmp/kini-e2e-in
      docker cp -q /tmp/kini-e2e-in web:/srv/file
      docker exec web cat /srv/file
      docker cp -q web:/srv/file /tmp/kini-e2e-out
      cmp /tmp/kini-e2e-in /tmp/kini-e2e-out
      rm /tmp/kini-e2e-in /tmp/kini-e2e-out
    `);

    const address = await host.docker("inspect", "-f", ADDRESS, "web");
    await host.docker("stop", "-t", "1", "web");
    assert.equal(
      await host.docker("inspect", "-f", "{{.State.Status}}", "web"),
      "exited\n",
    );
    await host.docker("start", "web");
    assert.equal(await host.docker("inspect", "-f", ADDRESS, "web"), address);
    await host.docker("rm", "-f", "web", "image");
    assert.deepEqual(await leftovers(host.name), before);
  });
}

Deno.test("containers made at the same moment have addresses and names of their own", async () => {
  const before = await LXD.clear();
  const names = Array.from({ length: 6 }, (_, index) => `many-${index}`);
  await Promise.all(
    names.map((name) =>
      LXD.docker("run", "-d", "--name", name, "busybox:1.37", "sleep", "1000")
    ),
  );
  const addresses = await Promise.all(
    names.map((name) => LXD.docker("inspect", "-f", ADDRESS, name)),
  );
  assert.equal(new Set(addresses).size, names.length, addresses.join(""));
  for (const name of names) {
    await LXD.docker("exec", "many-0", "ping", "-c", "1", "-W", "5", name);
  }
  await LXD.docker("rm", "-f", ...names);
  assert.deepEqual(await leftovers("lxd"), before);
});

Deno.test("a mode that the server doesn't have is refused, and nothing is made", async () => {
  const before = await LXD.clear();
  const result = await LXD.run(["docker", "run", "-d", "busybox:1.37"], {
    env: { KINI_MODE: "oci" },
  });
  assert.equal(result.code, 125);
  assert.match(result.stderr, /LXD 5\.0\.2.* has no OCI containers: unset it/);
  assert.deepEqual(await leftovers("lxd"), before);
});

async function awaitReady(count: number): Promise<void> {
  await LXD.sh(`
    for _ in $(seq 150); do
      [ "$(kubectl get nodes 2>/dev/null | grep -c ' Ready ')" = ${count} ] && exit 0
      sleep 0.2
    done
    kubectl get nodes; exit 1
  `);
}

async function loadArchive(nodes: string[]): Promise<void> {
  const name = "docker.io/library/busybox:1.37";
  await LXD.sh(`
    skopeo copy -q docker://${name} docker-archive:/tmp/busybox.tar:${name}
    kind load image-archive /tmp/busybox.tar
    rm /tmp/busybox.tar
  `);
  for (const node of nodes) {
    const images = await LXD.docker(
      ..."exec NODE ctr -n k8s.io images ls -q".replace("NODE", node).split(
        " ",
      ),
    );
    assert.ok(lines(images).includes(name), images);
  }
}

async function exportLogs(nodes: string[]): Promise<void> {
  const folder = "/tmp/kini-e2e-logs";
  try {
    await LXD.ok(["kind", "export", "logs", folder]);
    const read = (file: string) => LXD.ok(["cat", `${folder}/${file}`]);
    assert.match(await read("docker-info.txt"), /Server Version: 5\.0\.2/);
    for (const node of nodes) {
      const serial = await read(`${node}/serial.log`);
      assert.match(serial, /starting init/);
      assert.match(serial, /Reached target .*Multi-User System/);
      assert.match(await read(`${node}/journal.log`), /systemd/);
      assert.match(await read(`${node}/kubelet.log`), /kubelet/);
      assert.match(await read(`${node}/images.log`), /IMAGE ID/);
    }
  } finally {
    await LXD.sh(`rm -rf ${folder}`);
  }
}
