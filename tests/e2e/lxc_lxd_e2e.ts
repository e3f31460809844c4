/**
 * LXC mode: clusters and containers on a real LXD 5.0, which has no OCI
 * containers.
 */
import assert from "node:assert/strict";
import { Host } from "./host.ts";
import { lines } from "./lab.ts";
import { testContainers } from "./lxc_containers.ts";

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

// Nodes of other images have tests of their own.
const LXD = new Host("lxd", { env: { KINI_LXC_IMAGES: "kindest" } });

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
    await LXD.awaitReady(2);

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
        const [address] = await LXD.addresses(other);
        const found = await inside("getent", "ahostsv4", other);
        assert.equal(found.split(/\s/)[0], address);
      }
    }

    await LXD.loadArchive(nodes);
    await LXD.exportLogs(nodes, {
      folder: { "docker-info.txt": /Server Version: 5\.0\.2/ },
      node: {
        "serial.log": /starting init[^]*Reached target .*Multi-User System/,
      },
    });

    for (const node of nodes) {
      const old = await LXD.docker("inspect", "-f", ADDRESS, node);
      assert.match(old, /^\d+\.\d+\.\d+\.\d+\/24\n$/);
      await LXD.docker("exec", node, "touch", "/var/lib/kept");
      await LXD.docker("restart", node);
      assert.equal(await LXD.docker("inspect", "-f", ADDRESS, node), old);
      await LXD.docker("exec", node, "test", "-e", "/var/lib/kept");
    }
    await LXD.awaitReady(2);
  } finally {
    await LXD.run(["kind", "delete", "cluster"]);
  }
  assert.deepEqual(await LXD.ok(["kind", "get", "clusters"]), "");
  assert.deepEqual(await LXD.leftovers(), before);
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
  assert.deepEqual(await LXD.leftovers(), before);
});

testContainers(LXD, "LXD");

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
  assert.deepEqual(await LXD.leftovers(), before);
});

Deno.test("a mode that the server doesn't have is refused, and nothing is made", async () => {
  const before = await LXD.clear();
  const result = await LXD.run(["docker", "run", "-d", "busybox:1.37"], {
    env: { KINI_MODE: "oci" },
  });
  assert.equal(result.code, 125);
  assert.match(result.stderr, /LXD 5\.0\.2.* has no OCI containers: unset it/);
  assert.deepEqual(await LXD.leftovers(), before);
});
