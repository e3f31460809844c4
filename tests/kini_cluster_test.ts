import assert from "node:assert/strict";
import { runningState } from "./builders.ts";
import { containerInstance, exitedInstance } from "./container_builders.ts";
import { FakeIncus } from "./fake_incus.ts";
import { assertRequests, runKini } from "./harness.ts";

function labels(cluster: string, role: string): Record<string, string> {
  return {
    "io.x-k8s.kind.cluster": cluster,
    "io.x-k8s.kind.role": role,
  };
}

async function start(): Promise<FakeIncus> {
  const control = containerInstance({
    name: "kind-control-plane",
    labels: labels("kind", "control-plane"),
  }, {
    state: runningState({ disk: { root: { usage: 1_200_000_000 } } }),
    devices: {
      "kini-port-0": {
        type: "proxy",
        listen: "tcp:127.0.0.1:40123",
        connect: "tcp:127.0.0.1:6443",
      },
    },
  });
  control.config["volatile.container.oci"] = "true";
  return await FakeIncus.start({
    instances: [
      exitedInstance({ name: "kind-worker", labels: labels("kind", "worker") }),
      control,
      containerInstance({
        name: "dev-control-plane",
        labels: labels("dev", "control-plane"),
      }, {
        location: "node2",
        state: runningState({ disk: { root: { usage: -1 } } }),
      }),
      containerInstance({ name: "no-node" }),
    ],
  });
}

Deno.test("kini cluster ls --json", async () => {
  await using fake = await start();
  const { stdout, code } = await runKini(["kini", "cluster", "ls", "--json"], {
    fake,
  });
  assert.equal(code, 0);
  assertRequests(fake, ["GET /1.0/instances?recursion=2"]);
  const { schema, clusters } = JSON.parse(stdout);
  assert.equal(schema, 1);
  assert.deepEqual(clusters.map(({ name }: { name: string }) => name), [
    "dev",
    "kind",
  ]);
  assert.equal(clusters[0].nodes[0].member, "node2");
  assert.equal(clusters[0].nodes[0].size, null);
  assert.deepEqual(clusters[1], {
    name: "kind",
    server: `unix://${fake.socket}`,
    project: "default",
    nodes: [
      {
        name: "kind-control-plane",
        role: "control-plane",
        state: "running",
        addresses: ["10.0.3.10", "fd42::10"],
        ports: ["127.0.0.1:40123->6443/tcp"],
        mode: "oci",
        member: "",
        size: 1_200_000_000,
      },
      {
        name: "kind-worker",
        role: "worker",
        state: "exited",
        addresses: [],
        ports: [],
        mode: "lxc",
        member: "",
        size: null,
      },
    ],
  });
});

Deno.test("kini cluster ls prints one line a node", async () => {
  await using fake = await start();
  const { stdout } = await runKini(["kini", "cluster", "ls"], { fake });
  const rows = stdout.trimEnd().split("\n").map((line) => line.split(/ {2,}/));
  assert.deepEqual(rows.map(([cluster, node]) => [cluster, node]), [
    ["CLUSTER", "NODE"],
    ["dev", "dev-control-plane"],
    ["kind", "kind-control-plane"],
    ["kind", "kind-worker"],
  ]);
  assert.deepEqual(rows[2]!.slice(2, 8), [
    "control-plane",
    "running",
    "10.0.3.10, fd42::10",
    "127.0.0.1:40123->6443/tcp",
    "1.2GB",
    "oci",
  ]);
});

Deno.test("kini cluster ls without a cluster", async () => {
  await using fake = await FakeIncus.start();
  const { stdout, stderr, code } = await runKini(["kini", "cluster", "ls"], {
    fake,
  });
  assert.equal(stdout, "");
  assert.equal(stderr, "There are no clusters.\n");
  assert.equal(code, 0);
  const wrong = await runKini(["kini", "cluster", "ls", "--json"], {
    fake,
    env: { KINI_PROJECT: "nope" },
  });
  assert.equal(wrong.stdout, "");
  assert.match(wrong.stderr, /^The server says: .*not found\n$/i);
  assert.equal(wrong.code, 1);
});
