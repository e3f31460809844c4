import assert from "node:assert/strict";
import { fingerprintFor } from "./builders.ts";
import { containerInstance, exitedInstance } from "./container_builders.ts";
import { FakeIncus } from "./fake_incus.ts";
import { runKini } from "./harness.ts";

const docker = (fake: FakeIncus, ...argv: string[]) =>
  runKini(["docker", ...argv], { fake });

async function start(): Promise<FakeIncus> {
  const fake = await FakeIncus.start();
  fake.addInstance(containerInstance({ name: "up" }));
  fake.addInstance(exitedInstance({ name: "down" }));
  fake.addInstance(
    containerInstance({ name: "cold" }, { status: "Frozen", status_code: 110 }),
  );
  return fake;
}

Deno.test("docker kill stops by force; other signals go to the process", async () => {
  await using fake = await start();
  fake.onSignal = () => false;
  const signalled = await docker(fake, "kill", "-s", "SIGHUP", "up");
  assert.deepEqual([signalled.stdout, signalled.code], ["up\n", 0]);
  assert.deepEqual(fake.instance("up").signals, [1]);
  const killed = await docker(fake, "kill", "up", "cold");
  assert.deepEqual([killed.stdout, killed.code], ["up\ncold\n", 0]);
  assert.equal(fake.instance("cold").instance.status, "Stopped");
  assert.equal((await docker(fake, "wait", "up")).stdout, "137\n");
});

Deno.test("docker kill tries a kill program where there is no shell", async () => {
  await using fake = await start();
  const tried: string[] = [];
  fake.onExec = (one) => {
    tried.push(one.command.join(" "));
    return one.command[0] === "sh" ? 127 : 0;
  };
  assert.equal((await docker(fake, "kill", "-s", "37", "up")).code, 0);
  assert.deepEqual(tried, ["sh -c kill -37 1", "kill -37 1"]);
});

Deno.test("docker kill: a container that takes along what sent the signal got it", async () => {
  await using fake = await start();
  fake.onExec = () => 137;
  const { stdout, stderr, code } = await docker(fake, "kill", "-s", "15", "up");
  assert.deepEqual([stdout, stderr, code], ["up\n", "", 0]);
});

Deno.test("docker kill, pause and unpause refuse as docker does", async (t) => {
  await using fake = await start();
  const id = fingerprintFor;
  const cases: [argv: string[], message: string][] = [
    [
      ["kill", "nope"],
      "cannot kill container: nope: No such container: nope",
    ],
    [
      ["kill", "down"],
      `cannot kill container: down: container ${id("down")} is not running`,
    ],
    [
      ["kill", "-s", "FOO", "up"],
      "cannot kill container: up: invalid signal: FOO",
    ],
    [
      ["kill", "-s", "0", "up"],
      "cannot kill container: up: invalid signal: 0",
    ],
    [
      ["kill", "-s", "99", "up"],
      "cannot kill container: up: the linux daemon does not support signal 99",
    ],
    [["pause", "nope"], "No such container: nope"],
    [["pause", "down"], `container ${id("down")} is not running`],
    [["pause", "cold"], `Container ${id("cold")} is already paused`],
    [["unpause", "up"], `Container ${id("up")} is not paused`],
    [["unpause", "down"], `Container ${id("down")} is not paused`],
  ];
  for (const [argv, message] of cases) {
    await t.step(argv.join(" "), async () => {
      const result = await docker(fake, ...argv);
      assert.deepEqual([result.stdout, result.stderr, result.code], [
        "",
        `Error response from daemon: ${message}\n`,
        1,
      ]);
    });
  }
});

Deno.test("docker pause and unpause freeze and thaw", async () => {
  await using fake = await start();
  const paused = await docker(fake, "pause", "up");
  assert.deepEqual([paused.stdout, paused.code], ["up\n", 0]);
  assert.equal(fake.instance("up").instance.status, "Frozen");
  const again = await docker(fake, "unpause", "up", "cold");
  assert.deepEqual([again.stdout, again.code], ["up\ncold\n", 0]);
  assert.equal(fake.instance("up").instance.status, "Running");
});
