import assert from "node:assert/strict";
import { containerInstance, exitedInstance } from "./container_builders.ts";
import { FakeIncus } from "./fake_incus.ts";
import { assertRequests, runKini } from "./harness.ts";

const rm = (fake: FakeIncus, ...argv: string[]) =>
  runKini(["docker", "rm", ...argv], { fake });

Deno.test("docker rm -f -v removes all nodes at once, in order of their names", async () => {
  await using fake = await FakeIncus.start();
  for (const name of ["n1", "n2"]) {
    fake.addInstance(containerInstance({ name }));
  }
  fake.addInstance(exitedInstance({ name: "n3" }));
  const result = await rm(fake, "-f", "-v", "n1", "n2", "n3");
  assert.deepEqual([result.stdout, result.stderr, result.code], [
    "n1\nn2\nn3\n",
    "",
    0,
  ]);
  assert.equal(fake.world.instances.size, 0);
  const lines = fake.requestLines();
  // Every node has been looked at before the first one is gone.
  assert.deepEqual(lines.slice(0, 3).sort(), [
    "GET /1.0/instances/n1?recursion=1",
    "GET /1.0/instances/n2?recursion=1",
    "GET /1.0/instances/n3?recursion=1",
  ]);
});

Deno.test("docker rm -f stops, and takes the log along", async () => {
  await using fake = await FakeIncus.start();
  fake.addInstance(containerInstance({ name: "n1" }));
  await rm(fake, "-f", "n1");
  assertRequests(fake, [
    "GET /1.0/instances/n1?recursion=1",
    "PUT /1.0/instances/n1/state",
    "GET /1.0/operations/op1/wait?timeout=-1",
    "DELETE /1.0/instances/n1/logs/migration_kini_console.log",
    "DELETE /1.0/instances/n1",
    "GET /1.0/operations/op2/wait?timeout=-1",
  ]);
});

Deno.test("docker rm -f takes the log of a container of --rm along", async () => {
  await using fake = await FakeIncus.start();
  fake.addInstance(containerInstance({ name: "n1" }, { ephemeral: true }));
  await rm(fake, "-f", "n1");
  assertRequests(fake, [
    "GET /1.0/instances/n1?recursion=1",
    "PATCH /1.0/instances/n1",
    "PUT /1.0/instances/n1/state",
    "DELETE /1.0/instances/n1/logs/migration_kini_console.log",
    "DELETE /1.0/instances/n1",
  ], { ignore: /wait/ });
  assert.equal(fake.world.instances.size, 0);
});

Deno.test("docker rm refuses as docker does", async (t) => {
  await using fake = await FakeIncus.start();
  fake.addInstance(containerInstance({ name: "up" }));
  fake.addInstance(
    containerInstance({ name: "cold" }, { status: "Frozen", status_code: 110 }),
  );
  fake.addInstance({ ...exitedInstance({ name: "foreign" }), config: {} });
  const daemon = "Error response from daemon: ";
  const cases: [argv: string[], stderr: string, code: number][] = [
    [["nope"], `${daemon}No such container: nope\n`, 1],
    [["-f", "nope"], `${daemon}No such container: nope\n`, 0],
    [["-f", "foreign"], `${daemon}No such container: foreign\n`, 0],
    [
      ["up"],
      `${daemon}cannot remove container "/up": container is running: stop the container before removing or force remove\n`,
      1,
    ],
    [
      ["cold"],
      `${daemon}cannot remove container "/cold": container is paused and must be unpaused first\n`,
      1,
    ],
    [
      ["-l", "up"],
      `${daemon}Conflict, cannot remove the default link name of the container\n`,
      1,
    ],
    [[""], "Container name cannot be empty\n", 1],
  ];
  for (const [argv, stderr, code] of cases) {
    await t.step(argv.join(" "), async () => {
      const result = await rm(fake, ...argv);
      assert.deepEqual([result.stdout, result.stderr, result.code], [
        "",
        stderr,
        code,
      ]);
    });
  }
  assert.equal(fake.world.instances.size, 3);
});

Deno.test("docker rm removes the others when one can't be", async () => {
  await using fake = await FakeIncus.start();
  fake.addInstance(containerInstance({ name: "up" }));
  fake.addInstance(exitedInstance({ name: "down" }));
  const result = await rm(fake, "up", "nope", "down");
  assert.equal(result.stdout, "down\n");
  assert.match(result.stderr, /"\/up".*\n.*No such container: nope\n$/);
  assert.equal(result.code, 1);
});

Deno.test("docker rm -f waits for a container that is being made", async () => {
  await using fake = await FakeIncus.start();
  fake.addInstance(exitedInstance({ name: "n1" }));
  fake.fail("DELETE /1.0/instances/n1", {
    status: 400,
    error: 'Instance is busy running a "create" operation',
  }, 2);
  const result = await rm(fake, "-f", "n1");
  assert.deepEqual([result.stdout, result.stderr, result.code], [
    "n1\n",
    "",
    0,
  ]);
  assert.equal(fake.world.instances.size, 0);
});

Deno.test("docker rm -f takes a container that is started meanwhile", async () => {
  await using fake = await FakeIncus.start();
  fake.addInstance(exitedInstance({ name: "n1" }));
  fake.fail("DELETE /1.0/instances/n1", {
    status: 400,
    error: "Instance is running",
  });
  assert.equal((await rm(fake, "-f", "n1")).code, 0);
});

Deno.test("docker rm is content when somebody else was faster", async () => {
  await using fake = await FakeIncus.start();
  fake.addInstance(containerInstance({ name: "n1" }));
  fake.fail("DELETE /1.0/instances/n1", {
    status: 404,
    error: "Instance not found",
  });
  const result = await rm(fake, "-f", "n1");
  assert.deepEqual([result.stdout, result.stderr, result.code], [
    "n1\n",
    "",
    0,
  ]);
});
