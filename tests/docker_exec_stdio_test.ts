import assert from "node:assert/strict";
import type { InstanceExecPost } from "../incus/types.ts";
import { containerInstance } from "./container_builders.ts";
import { FakeIncus } from "./fake_incus.ts";
import { assertRequests, runKini } from "./harness.ts";

const NAME = "build-1";

async function start(
  config: Record<string, string>,
  hasShell = true,
): Promise<FakeIncus> {
  const fake = await FakeIncus.start();
  const made = containerInstance({ name: NAME });
  Object.assign(made.config, config);
  Object.assign(made.expanded_config, config);
  const { files } = fake.addInstance(made);
  if (!hasShell) files.remove("/bin/sh");
  fake.onExec = async (one) => ({ stdout: await one.readText() });
  return fake;
}

async function sent(fake: FakeIncus, ...argv: string[]) {
  const { stdout, code } = await runKini(["docker", "exec", ...argv], {
    fake,
    stdin: "given",
  });
  assert.equal(code, 0);
  const bodies = fake.bodies(`POST /1.0/instances/${NAME}/exec`);
  const { command } = bodies.at(-1) as InstanceExecPost;
  return { command, stdout };
}

Deno.test("docker exec -i makes pipes inside of an unprivileged container", async () => {
  await using fake = await start({});
  const { command, stdout } = await sent(
    fake,
    ...["-i", NAME, "cp", "/dev/stdin", "/kind/version"],
  );
  assert.equal(stdout, "given");
  assert.deepEqual(command.slice(0, 2), ["/bin/sh", "-c"]);
  assert.match(command[2] ?? "", /exec cat <&3/);
  assert.deepEqual(command.slice(3), [
    "kini",
    "cp",
    "/dev/stdin",
    "/kind/version",
  ]);
  assertRequests(fake, [
    `GET /1.0/instances/${NAME}`,
    `HEAD /1.0/instances/${NAME}/files?path=/bin/sh`,
    `POST /1.0/instances/${NAME}/exec`,
    "GET /1.0/operations/op1/websocket?secret=0",
    "GET /1.0/operations/op1/websocket?secret=1",
    "GET /1.0/operations/op1/websocket?secret=2",
    "GET /1.0/operations/op1/websocket?secret=control",
    "GET /1.0/operations/op1/wait?timeout=-1",
  ]);
});

Deno.test("docker exec takes the server's pipes where they can be opened, or need not be", async () => {
  const privileged = { "security.privileged": "true" };
  const cases: [Record<string, string>, boolean, string[]][] = [
    [privileged, true, ["-i", NAME, "cp", "/dev/stdin", "/f"]],
    [privileged, true, [NAME, "tee", "/dev/stderr"]],
    [{}, true, [NAME, "cp", "/dev/stdin", "/f"]],
    // Without a shell: the command can still read fd 0.
    [{}, false, ["-i", NAME, "ctr", "import", "-"]],
    [{ "environment.a.b": "1" }, true, ["-i", NAME, "cat"]],
  ];
  for (const [config, hasShell, argv] of cases) {
    await using fake = await start(config, hasShell);
    const { command } = await sent(fake, ...argv);
    assert.deepEqual(command, argv.slice(argv.indexOf(NAME) + 1));
  }
});

for (const size of [0, 5, 3 * 1024 * 1024 + 1]) {
  Deno.test(`docker exec -i puts ${size} bytes into a file where nothing makes a pipe`, async () => {
    await using fake = await start({}, false);
    const stdin = "x".repeat(size);
    let seen: string | undefined;
    fake.onExec = (one) => {
      const { files } = one.instance;
      const path = one.command[1] ?? "";
      assert.equal(files.get(path)?.mode, 0o400);
      seen = files.readText(path);
      return Promise.resolve({ stdout: "done" });
    };
    const result = await runKini(
      ["docker", "exec", "-i", NAME, "cp", "/dev/stdin", "/f"],
      { fake, stdin },
    );
    assert.equal(result.code, 0, result.stderr);
    assert.equal(result.stdout, "done");
    assert.equal(seen, stdin);
    const [body] = fake.bodies(`POST /1.0/instances/${NAME}/exec`);
    const { command } = body as InstanceExecPost;
    assert.match(command.join(" "), /^cp \/\.kini-stdin-[-0-9a-f]{36} \/f$/);
    assert.deepEqual(stagedFiles(fake), []);
  });
}

Deno.test("docker exec -i takes its file away when the command fails, or can't be had", async () => {
  await using fake = await start({}, false);
  const run = () =>
    runKini(["docker", "exec", "-i", NAME, "cp", "/dev/stdin", "/f"], {
      fake,
      stdin: "given",
    });
  fake.onExec = () => Promise.resolve({ code: 3 });
  assert.equal((await run()).code, 3);
  assert.deepEqual(stagedFiles(fake), []);
  fake.fail(`POST /1.0/instances/${NAME}/exec`, {
    status: 500,
    error: "no more processes",
  });
  assert.equal((await run()).code, 1);
  assert.deepEqual(stagedFiles(fake), []);
});

function stagedFiles(fake: FakeIncus): string[] {
  const { files } = fake.instance(NAME);
  return files.paths.filter((path) => path.includes("kini-stdin"));
}

Deno.test("docker exec makes pipes for outputs that are named, and for other users", async () => {
  await using fake = await start({});
  const tee = await sent(fake, NAME, "tee", "/dev/stderr");
  assert.match(tee.command[2] ?? "", /exec cat <&5/);
  assert.doesNotMatch(tee.command[2] ?? "", /exec cat <&3/);
  await using privileged = await start({ "security.privileged": "true" });
  const cat = await sent(privileged, "-i", "-u", "1000", NAME, "cat");
  assert.equal(cat.command[0], "/bin/sh");
});

Deno.test("docker exec -i keeps the user and folder of the container", async () => {
  await using fake = await start({
    "environment.PWD": "/app",
    "oci.uid": "1000",
    "oci.gid": "1000",
    "oci.cwd": "/app",
  });
  await sent(fake, "-i", NAME, "cat");
  const [body] = fake.bodies(`POST /1.0/instances/${NAME}/exec`);
  const { user, group, cwd } = body as InstanceExecPost;
  assert.deepEqual([user, group, cwd], [1000, 1000, "/app"]);
});
