import assert from "node:assert/strict";
import { containerInstance } from "./container_builders.ts";
import { FakeIncus } from "./fake_incus.ts";
import { assertRequests, runKini } from "./harness.ts";

Deno.test("docker port shows where ports are, by one request", async () => {
  await using fake = await FakeIncus.start();
  const proxy = (listen: string, connect: string) => ({
    type: "proxy",
    bind: "host",
    listen,
    connect,
  });
  fake.addInstance(containerInstance({ name: "c1", exposedPorts: ["99/tcp"] }, {
    devices: {
      "kini-port-0": proxy("tcp:127.0.0.1:40001", "tcp:127.0.0.1:6443"),
      "kini-port-1": proxy("tcp:0.0.0.0:8080", "tcp:127.0.0.1:80"),
    },
  }));
  const cases: [argv: string[], stdout: string, stderr: string][] = [
    [
      ["c1"],
      "80/tcp -> 0.0.0.0:8080\n80/tcp -> [::]:8080\n6443/tcp -> 127.0.0.1:40001\n",
      "",
    ],
    [["c1", "6443/tcp"], "127.0.0.1:40001\n", ""],
    [["c1", "6443"], "127.0.0.1:40001\n", ""],
    [["c1", "99"], "", "Error: No public port '99' published for c1\n"],
    [
      ["c1", "foo"],
      "",
      'Error: invalid port (foo): strconv.ParseUint: parsing "foo": invalid syntax\n',
    ],
  ];
  for (const [argv, stdout, stderr] of cases) {
    const from = fake.requests.length;
    const result = await runKini(["docker", "port", ...argv], { fake });
    assert.deepEqual(
      [result.stdout, result.stderr, result.code],
      [stdout, stderr, stderr === "" ? 0 : 1],
    );
    assertRequests(fake, ["GET /1.0/instances/c1?recursion=1"], { from });
  }
  const missing = await runKini(["docker", "port", "x"], { fake });
  assert.equal(
    missing.stderr,
    "Error response from daemon: No such container: x\n",
  );
});
