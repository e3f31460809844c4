/**
 * The unmodified kind with kini as its docker, on a real Incus.
 */
import assert from "node:assert/strict";
import { Host } from "./host.ts";
import { lab, leftovers, lines, ok, removeAll, sh } from "./lab.ts";

const IMAGE = "kindest/node:v1.35.0";
/** What the exported logs say of OCI containers of Incus 7. */
const LOGS = {
  folder: { "docker-info.txt": /Server Version: 7\./ },
  node: {
    "serial.log": /starting init[^]*Reached target .*Multi-User System/,
  },
};

/** Makes a cluster, works with it as people do, and removes it. */
for (const kind of ["0.33", "0.27"]) {
  Deno.test(`kind ${kind} creates, uses and deletes a cluster of one node`, async () => {
    await removeAll();
    const before = await leftovers();
    const options = { kind };

    const created = await lab(
      ["kind", "create", "cluster", "--image", IMAGE, "--wait", "60s"],
      options,
    );
    assert.equal(created.code, 0, created.stderr);
    assert.match(created.stderr, /Ready after/);
    assert.deepEqual(lines(await ok(["kind", "get", "clusters"], options)), [
      "kind",
    ]);
    assert.deepEqual(lines(await ok(["kind", "get", "nodes"], options)), [
      "kind-control-plane",
    ]);

    assert.deepEqual(await ok(["kini", "kind", "get", "clusters"]), "kind\n");

    // The published port, from the host, with the certificates of the cluster.
    const kubeconfig = await ok(["kind", "get", "kubeconfig"], options);
    assert.match(kubeconfig, /server: https:\/\/127\.0\.0\.1:\d+/);
    assert.match(
      await ok(["kubectl", "get", "nodes"], options),
      /^kind-control-plane\s+Ready\s+control-plane/m,
    );

    assert.equal(
      await ok([
        "docker",
        "exec",
        "kind-control-plane",
        "cat",
        "/kind/version",
      ]),
      "v1.35.0",
    );
    assert.equal(
      await ok([
        "docker",
        "exec",
        "kind-control-plane",
        "systemctl",
        "is-system-running",
      ]),
      "running\n",
    );

    const host = new Host("incus", options);
    await host.loadArchive(["kind-control-plane"]);
    await host.exportLogs(["kind-control-plane"], LOGS);

    await ok(["kind", "delete", "cluster"], options);
    assert.deepEqual(await ok(["kind", "get", "clusters"], options), "");
    assert.deepEqual(await leftovers(), before);
  });
}

Deno.test("kind makes workers join, beside another cluster", async () => {
  await removeAll();
  const before = await leftovers();
  const config = `
kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
nodes:
- role: control-plane
  extraMounts:
  - hostPath: /tmp/kini-e2e-mount
    containerPath: /from-host
    readOnly: true
  extraPortMappings:
  - containerPort: 8080
    hostPort: 18080
  - containerPort: 8081
    hostPort: -1
    listenAddress: 127.0.0.1
    protocol: UDP
- role: worker
- role: worker
`;
  const nodes = ["trio-control-plane", "trio-worker", "trio-worker2"];
  try {
    await sh("mkdir /tmp/kini-e2e-mount; echo hello >/tmp/kini-e2e-mount/file");
    await ok(
      ["kind", "create", "cluster", "--name", "trio", "--image", IMAGE]
        .concat("--config", "-"),
      { stdin: config },
    );
    await ok([
      "kind",
      "create",
      "cluster",
      "--name",
      "other",
      "--image",
      IMAGE,
    ]);

    assert.deepEqual(lines(await ok(["kind", "get", "clusters"])), [
      "other",
      "trio",
    ]);
    assert.deepEqual(
      lines(await ok(["kind", "get", "nodes", "--name", "trio"])).sort(),
      nodes,
    );
    const seen = await ok([
      "kubectl",
      "--context",
      "kind-trio",
      "get",
      "nodes",
      "-o",
      "name",
    ]);
    assert.deepEqual(lines(seen).sort(), nodes.map((name) => `node/${name}`));

    // Nodes find each other by name.
    assert.match(
      await ok(["docker", "exec", "trio-worker"].concat(
        "getent",
        "ahostsv4",
        "trio-control-plane",
      )),
      /^\d+\.\d+\.\d+\.\d+/,
    );
    const mount = ["docker", "exec", "trio-control-plane", "sh", "-c"];
    assert.equal(await ok([...mount, "cat /from-host/file"]), "hello\n");
    assert.notEqual((await lab([...mount, "touch /from-host/x"])).code, 0);

    // A port as it was asked for, and one that was left to be chosen.
    const ports = await ok(["docker", "port", "trio-control-plane"]);
    assert.match(ports, /^8080\/tcp -> 0\.0\.0\.0:18080$/m);
    assert.match(ports, /^8081\/udp -> 127\.0\.0\.1:[1-9]\d+$/m);
    await sh(`
      docker exec -d trio-control-plane sh -c 'echo published | busybox nc -l -p 8080 2>/dev/null || python3 -c "
import socket
s = socket.create_server((\\"\\", 8080)); c = s.accept()[0]; c.sendall(b\\"published\\\\n\\")"'
      for _ in $(seq 50); do
        answer=$(timeout 2 bash -c 'cat </dev/tcp/127.0.0.1/18080' 2>/dev/null || true)
        [ "$answer" = published ] && exit 0
        sleep 0.1
      done
      exit 1
    `);

    const host = new Host("incus");
    await host.loadArchive(nodes, "trio");
    await host.exportLogs(nodes, LOGS, "trio");

    await ok(["kind", "delete", "cluster", "--name", "trio"]);
    assert.deepEqual(lines(await ok(["kind", "get", "clusters"])), ["other"]);
    assert.match(
      await ok(["kubectl", "--context", "kind-other", "get", "nodes"]),
      /^other-control-plane/m,
    );
  } finally {
    await lab(["kind", "delete", "clusters", "--all"]);
    await sh("rm -rf /tmp/kini-e2e-mount");
  }
  assert.deepEqual(await leftovers(), before);
});

Deno.test("a node keeps its name, address, data and port over a restart", async () => {
  await removeAll();
  try {
    await ok(["kind", "create", "cluster", "--image", IMAGE]);
    const node = "kind-control-plane";
    const address = [
      "docker",
      "inspect",
      "-f",
      "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}",
      node,
    ];
    const old = await ok(address);
    await ok(["docker", "exec", node, "touch", "/var/lib/kept"]);
    await ok(["docker", "restart", node]);
    assert.equal(await ok(address), old);
    await ok(["docker", "exec", node, "test", "-e", "/var/lib/kept"]);
    await new Host("incus").awaitReady(1);
  } finally {
    await lab(["kind", "delete", "cluster"]);
  }
});

Deno.test("a create that fails leaves nothing behind", async () => {
  await removeAll();
  const before = await leftovers();
  const result = await lab([
    "kind",
    "create",
    "cluster",
    "--image",
    "kindest/node:v0.0.0-missing",
  ]);
  assert.equal(result.code, 1);
  assert.match(
    result.stderr,
    /manifest for kindest\/node:v0\.0\.0-missing not found/,
  );
  assert.deepEqual(await leftovers(), before);
});
