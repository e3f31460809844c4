import assert from "node:assert/strict";
import type { ContainerRecord } from "../docker/container.ts";
import { fingerprintFor } from "./builders.ts";
import { containerInstance, exitedInstance } from "./container_builders.ts";
import { FakeIncus } from "./fake_incus.ts";
import { CONSOLE_LOG } from "./fake_incus/fake_instance.ts";
import { assertRequests, runKini, startKini } from "./harness.ts";

const LOG = `/1.0/instances/c1/logs/${CONSOLE_LOG}`;

async function start(
  text: string | undefined,
  options: { record?: Partial<ContainerRecord>; exited?: boolean } = {},
): Promise<FakeIncus> {
  const fake = await FakeIncus.start();
  const make = options.exited ? exitedInstance : containerInstance;
  const made = make({ name: "c1", ...options.record });
  made.config["raw.lxc"] = `lxc.console.logfile=/var/log/incus/${CONSOLE_LOG}`;
  fake.addInstance(
    made,
    text === undefined ? {} : { logs: { [CONSOLE_LOG]: text } },
  );
  return fake;
}

const logs = (fake: FakeIncus, ...argv: string[]) =>
  runKini(["docker", "logs", ...argv], { fake });

Deno.test("docker logs prints the whole log, with docker's line ends", async () => {
  await using fake = await start("one\r\ntwo\r\n", { exited: true });
  const result = await logs(fake, "c1");
  assert.deepEqual([result.stdout, result.stderr, result.code], [
    "one\ntwo\n",
    "",
    0,
  ]);
  assertRequests(fake, [`GET ${LOG}`, "GET /1.0/instances/c1"], {
    anyOrder: true,
  });
  assert.equal((await logs(fake, "c1")).stdout, "one\ntwo\n", "again");
});

Deno.test("docker logs leaves a terminal's line ends alone", async () => {
  await using fake = await start("one\r\n", { record: { tty: true } });
  assert.equal((await logs(fake, "c1")).stdout, "one\r\n");
});

Deno.test("docker logs cuts the log at its end", async () => {
  await using fake = await start("one\r\ntwo\r\nthree\r\n", { exited: true });
  const cases = [
    { flags: ["--tail", "2"], want: "two\nthree\n" },
    { flags: ["-n", "0"], want: "" },
    { flags: ["--tail=all"], want: "one\ntwo\nthree\n" },
    { flags: ["-n", "-1"], want: "one\ntwo\nthree\n" },
    { flags: ["-n", "9", "-f"], want: "one\ntwo\nthree\n" },
  ];
  for (const { flags, want } of cases) {
    assert.equal((await logs(fake, ...flags, "c1")).stdout, want, flags[0]);
  }
});

Deno.test("docker logs -f prints what comes, until the container stops", async () => {
  await using fake = await start("boot\r\n");
  const running = startKini(["docker", "logs", "-f", "c1"], { fake });
  await running.printed("boot\n");
  fake.instance("c1").print("half");
  await running.printed("half");
  fake.instance("c1").print(" line\r\n");
  await running.printed("half line\n");
  fake.instance("c1").print("last words\r\n");
  fake.exit("c1");
  const result = await running.done;
  assert.equal(result.stdout, "boot\nhalf line\nlast words\n");
  assert.equal(result.code, 0);
  const ranges = fake.requests.filter((one) => one.headers.has("range"));
  assert.equal(ranges[0]?.headers.get("range"), "bytes=6-");
});

Deno.test("docker logs -f goes on when a full log starts anew", async () => {
  await using fake = await start("old old old\r\n");
  const running = startKini(["docker", "logs", "-f", "c1"], { fake });
  await running.printed("old\n");
  fake.instance("c1").logs.set(CONSOLE_LOG, "new\r\n");
  await running.printed("new\n");
  fake.exit("c1");
  assert.equal((await running.done).stdout, "old old old\nnew\n");
});

Deno.test("docker logs -f waits for a log that is not there yet", async () => {
  await using fake = await start(undefined);
  const running = startKini(["docker", "logs", "-f", "c1"], { fake });
  await fake.received("GET /1.0/instances/c1/console");
  fake.instance("c1").consoleUnread = "by the console\r\n";
  await running.printed("by the console\n");
  fake.exit("c1");
  assert.equal((await running.done).code, 0);
});

Deno.test("docker logs falls back to the console", async () => {
  await using fake = await start(undefined, { exited: true });
  fake.instance("c1").consoleUnread = "kept\r\n";
  const result = await logs(fake, "c1");
  assert.deepEqual([result.stdout, result.stderr], ["kept\n", ""]);
});

Deno.test("docker logs -t puts a time before each line", async () => {
  await using fake = await start("one\r\ntwo\r\n", { exited: true });
  const started = fake.instance("c1").instance.last_used_at;
  assert.equal(
    (await logs(fake, "-t", "c1")).stdout,
    `${started} one\n${started} two\n`,
  );
});

Deno.test("docker logs says so when it can't cut by time", async () => {
  await using fake = await start("one\r\n", { exited: true });
  const after = await logs(fake, "--until", "2001-01-01", "c1");
  assert.deepEqual([after.stdout, after.code], ["", 0]);
  const bad = await logs(fake, "--since", "soon", "c1");
  assert.deepEqual([bad.stderr, bad.code], [
    'invalid value for "since": failed to parse value as time or duration: "soon"\n',
    1,
  ]);
});

Deno.test("docker logs finds containers by id, and only containers", async () => {
  await using fake = await start("one\r\n", { exited: true });
  fake.addInstance({ ...containerInstance({ name: "foreign" }), config: {} });
  const id = fingerprintFor("c1").slice(0, 12);
  assert.equal((await logs(fake, id)).stdout, "one\n");
  for (const name of ["nope", "foreign"]) {
    const result = await logs(fake, name);
    assert.deepEqual([result.stdout, result.stderr, result.code], [
      "",
      `Error response from daemon: No such container: ${name}\n`,
      1,
    ]);
  }
});
