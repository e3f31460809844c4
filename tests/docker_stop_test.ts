import assert from "node:assert/strict";
import type { InstanceStatePut } from "../incus/types.ts";
import { containerInstance, exitedInstance } from "./container_builders.ts";
import { FakeIncus } from "./fake_incus.ts";
import { runKini } from "./harness.ts";

const docker = (fake: FakeIncus, ...argv: string[]) =>
  runKini(["docker", ...argv], { fake });

const states = (fake: FakeIncus, name = "c1") =>
  fake.bodies<InstanceStatePut>(`PUT /1.0/instances/${name}/state`);

const status = (fake: FakeIncus, name = "c1") =>
  fake.instance(name).instance.status;

Deno.test("docker stop asks gently, for as long as the container may take", async () => {
  const cases = [
    { record: {}, flags: [], want: { action: "stop", timeout: 10 } },
    {
      record: { stopTimeout: 3 },
      flags: [],
      want: { action: "stop", timeout: 3 },
    },
    {
      record: { stopTimeout: 3 },
      flags: ["--time=7"],
      want: { action: "stop", timeout: 7 },
    },
    {
      record: {},
      flags: ["-t", "0"],
      want: { action: "stop", force: true, timeout: -1 },
    },
    {
      record: {},
      flags: ["-t", "-1"],
      want: { action: "stop", timeout: 365 * 24 * 3600 },
    },
  ];
  for (const { record, flags, want } of cases) {
    await using fake = await FakeIncus.start();
    fake.addInstance(containerInstance({ name: "c1", ...record }));
    const result = await docker(fake, "stop", ...flags, "c1");
    assert.deepEqual([result.stdout, result.stderr, result.code], [
      "c1\n",
      "",
      0,
    ]);
    assert.deepEqual(states(fake), [want]);
    assert.equal(status(fake), "Stopped");
  }
});

Deno.test("docker stop uses force on a container that won't", async () => {
  await using fake = await FakeIncus.start();
  fake.addInstance(containerInstance({ name: "c1" }));
  fake.onStop = () => false;
  const result = await docker(fake, "stop", "-t", "1", "c1");
  assert.deepEqual([result.stdout, result.code], ["c1\n", 0]);
  assert.deepEqual(states(fake).map((one) => one.force ?? false), [
    false,
    true,
  ]);
});

Deno.test("docker stop -s sends that signal, then uses force", async () => {
  await using fake = await FakeIncus.start();
  fake.addInstance(containerInstance({ name: "c1" }));
  fake.addInstance(containerInstance({ name: "c2" }));
  fake.onSignal = (_one, signal) => signal === 10;
  await docker(fake, "stop", "-s", "USR1", "-t", "5", "c1");
  assert.deepEqual(fake.instance("c1").signals, [10]);
  assert.deepEqual(states(fake), []);
  await docker(fake, "stop", "-s", "HUP", "-t", "0", "c2");
  assert.deepEqual(fake.instance("c2").signals, [1]);
  assert.equal(status(fake, "c2"), "Stopped");
});

Deno.test("docker stop leaves stopped containers alone and names the missing", async () => {
  await using fake = await FakeIncus.start();
  fake.addInstance(exitedInstance({ name: "c1" }));
  fake.addInstance(containerInstance({ name: "c2" }));
  const result = await docker(fake, "stop", "c1", "nope", "c2");
  assert.deepEqual([result.stdout, result.stderr, result.code], [
    "c1\nc2\n",
    "Error response from daemon: No such container: nope\n",
    1,
  ]);
  assert.deepEqual(states(fake), []);
  const bad = await docker(fake, "stop", "-t", "x", "c1");
  assert.equal(bad.code, 125);
});

Deno.test("docker stop removes a container of --rm that nobody watches", async () => {
  await using fake = await FakeIncus.start();
  fake.addInstance(containerInstance({ name: "c1", autoRemove: true }));
  fake.addInstance(
    containerInstance({ name: "c2", autoRemove: true, attach: true }),
  );
  await docker(fake, "stop", "c1", "c2");
  assert.deepEqual([...fake.world.instances.keys()], ["c2"]);
});

Deno.test("docker restart stops and starts, and starts what was stopped", async () => {
  await using fake = await FakeIncus.start();
  fake.addInstance(containerInstance({ name: "c1", autoRemove: true }));
  fake.addInstance(exitedInstance({ name: "c2" }));
  const result = await docker(fake, "restart", "-t", "2", "c1", "c2", "nope");
  assert.deepEqual([result.stdout, result.stderr, result.code], [
    "c1\nc2\n",
    "Error response from daemon: No such container: nope\n",
    1,
  ]);
  assert.deepEqual(states(fake).map((one) => one.action), ["stop", "start"]);
  assert.deepEqual(states(fake, "c2").map((one) => one.action), ["start"]);
  assert.equal(status(fake), "Running");
});
