import assert from "node:assert/strict";
import { containerInstance, exitedInstance } from "./container_builders.ts";
import { FakeIncus } from "./fake_incus.ts";
import { CONSOLE_LOG } from "./fake_incus/fake_instance.ts";
import { runKini, startKini } from "./harness.ts";

const docker = (fake: FakeIncus, ...argv: string[]) =>
  runKini(["docker", ...argv], { fake });

Deno.test("docker start starts what is stopped, and says what failed", async () => {
  await using fake = await FakeIncus.start();
  fake.addInstance(exitedInstance({ name: "c1" }));
  fake.addInstance(containerInstance({ name: "c2" }));
  const result = await docker(fake, "start", "c1", "nope", "c2");
  assert.deepEqual([result.stdout, result.stderr, result.code], [
    "c1\nc2\n",
    "Error response from daemon: No such container: nope\n" +
    "Error: failed to start containers: nope\n",
    1,
  ]);
  assert.equal(fake.instance("c1").instance.status, "Running");
  assert.deepEqual(fake.bodies("PUT /1.0/instances/c2/state"), []);
});

Deno.test("docker start leaves a paused container paused", async () => {
  await using fake = await FakeIncus.start();
  fake.addInstance(
    containerInstance({ name: "c1" }, { status: "Frozen", status_code: 110 }),
  );
  const result = await docker(fake, "start", "c1");
  assert.match(
    result.stderr,
    /^Error response from daemon: cannot start a paused container, try unpause instead\n/,
  );
  assert.equal(result.code, 1);
});

Deno.test("docker start -a prints what comes from now on and ends with its code", async () => {
  await using fake = await FakeIncus.start();
  const made = exitedInstance({ name: "c1" });
  made.config["raw.lxc"] = `lxc.console.logfile=/x/${CONSOLE_LOG}`;
  fake.addInstance(made, { logs: { [CONSOLE_LOG]: "the last run\r\n" } });
  fake.onStart = (one) => one.print("hello\r\n");
  const running = startKini(["docker", "start", "-a", "c1"], { fake });
  await running.printed("hello\n");
  fake.exit("c1", { code: 4 });
  const result = await running.done;
  assert.deepEqual([result.stdout, result.stderr, result.code], [
    "hello\n",
    "",
    4,
  ]);
  const two = await docker(fake, "start", "-a", "c1", "c2");
  assert.deepEqual([two.stderr, two.code], [
    "you cannot start and attach multiple containers at once\n",
    1,
  ]);
});

Deno.test("docker wait prints exit codes in order, once they are known", async () => {
  await using fake = await FakeIncus.start();
  for (const name of ["c1", "c2"]) {
    fake.addInstance(containerInstance({ name }));
  }
  fake.exit("c2", { code: 5 });
  const running = startKini(["docker", "wait", "c1", "nope", "c2"], { fake });
  await fake.received("GET /1.0/instances/c1");
  fake.exit("c1", { signal: 15 });
  const result = await running.done;
  assert.deepEqual([result.stdout, result.stderr, result.code], [
    "143\n5\n",
    "Error response from daemon: No such container: nope\n",
    1,
  ]);
});

Deno.test("docker wait takes a container that is removed for one that was killed", async () => {
  await using fake = await FakeIncus.start();
  fake.addInstance(containerInstance({ name: "c1" }));
  const running = startKini(["docker", "wait", "c1"], { fake });
  while (!fake.requestLines().includes("GET /1.0/instances/c1")) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  fake.world.instances.delete("c1");
  assert.equal((await running.done).stdout, "137\n");
});

Deno.test("docker wait does not wait for a container that never ran", async () => {
  await using fake = await FakeIncus.start();
  fake.addInstance(
    exitedInstance({ name: "c1" }, { last_used_at: "1970-01-01T00:00:00Z" }),
  );
  assert.equal((await docker(fake, "wait", "c1")).stdout, "0\n");
});
