import assert from "node:assert/strict";
import { containerInstance, exitedInstance } from "./container_builders.ts";
import { fingerprintFor } from "./builders.ts";
import { FakeIncus } from "./fake_incus.ts";
import type { ExecHandler } from "./fake_incus/fake_exec.ts";
import { assertRequests, runKini, startKini } from "./harness.ts";

const NAME = "kind-control-plane";

/** A server with one running container. */
async function start(
  onExec?: ExecHandler,
  record: Parameters<typeof containerInstance>[0] = {},
  files?: Record<string, string>,
): Promise<FakeIncus> {
  const fake = await FakeIncus.start();
  const made = containerInstance({ name: NAME, ...record });
  fake.addInstance(made, files ? { files } : {});
  if (onExec) fake.onExec = onExec;
  return fake;
}

const exec = (fake: FakeIncus, ...argv: string[]) =>
  runKini(["docker", "exec", ...argv], { fake });

Deno.test("docker exec sends one request, its streams and one wait", async () => {
  await using fake = await start(() => ({
    stdout: "out\n",
    stderr: "err\n",
    code: 42,
  }));
  const result = await exec(fake, "--privileged", NAME, "cat", "-n", "/f");
  assert.deepEqual(
    [result.stdout, result.stderr, result.code],
    ["out\n", "err\n", 42],
  );
  assertRequests(fake, [
    `POST /1.0/instances/${NAME}/exec`,
    "GET /1.0/operations/op1/websocket?secret=0",
    "GET /1.0/operations/op1/websocket?secret=1",
    "GET /1.0/operations/op1/websocket?secret=2",
    "GET /1.0/operations/op1/websocket?secret=control",
    "GET /1.0/operations/op1/wait?timeout=-1",
  ]);
  assert.deepEqual(fake.bodies(`POST /1.0/instances/${NAME}/exec`), [{
    command: ["cat", "-n", "/f"],
    interactive: false,
    environment: {},
    user: 0,
    group: 0,
    cwd: "/",
    "wait-for-websocket": true,
  }]);
});

Deno.test("docker exec reads stdin only with -i, and tells its end", async () => {
  await using fake = await start(async (one) => ({
    stdout: `<${await one.readText()}>`,
  }));
  const argv = (flag: string[]) => ["docker", "exec", ...flag, NAME, "f"];
  const stdin = "kubeadm: config\n";
  const cases = [
    { flag: ["-i"], stdin, want: `<${stdin}>` },
    { flag: ["-i"], stdin: "", want: "<>" },
    { flag: [], stdin, want: "<>" },
  ];
  for (const { flag, stdin, want } of cases) {
    const result = await runKini(argv(flag), { fake, stdin });
    assert.equal(result.stdout, want);
  }
});

Deno.test("docker exec passes bytes unchanged to a slow reader", async () => {
  const size = 3 * 1024 * 1024;
  const data = new Uint8Array(size).map((_, index) => index * 7 + (index >> 8));
  await using fake = await start(() => ({ stdout: data }));
  const result = await runKini(["docker", "exec", NAME, "tar"], {
    fake,
    onStdout: () => new Promise((resolve) => setTimeout(resolve, 1)),
  });
  assert.deepEqual(result.stdoutBytes, data);
});

Deno.test("docker exec gives variables in docker's order", async () => {
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(file, "A=file\nB=file\n# no\nMINE\n");
    await using fake = await start((one) => {
      const { A, B, C, MINE, NONE } = one.environment;
      return { stdout: JSON.stringify({ A, B, C, MINE, NONE }) };
    });
    const result = await runKini([
      ...["docker", "exec", "--env-file", file, "-e", "B=2", "-e", "C="],
      ...["-e", "NONE", NAME, "env"],
    ], { fake, env: { MINE: "own" } });
    assert.deepEqual(JSON.parse(result.stdout), {
      A: "file",
      B: "2",
      C: "",
      MINE: "own",
    });
  } finally {
    await Deno.remove(file);
  }
  await using fake = await start();
  const missing = await exec(fake, "--env-file", "/none", NAME, "env");
  assert.deepEqual([missing.stderr, missing.code], [
    "open /none: no such file or directory\n",
    1,
  ]);
  const bad = await exec(fake, "-e", "=x", NAME, "env");
  assert.match(
    bad.stderr,
    /^invalid argument "=x" for "-e, --env" flag: invalid environment variable: =x\n/,
  );
  assert.equal(bad.code, 125);
});

Deno.test("docker exec finds a container by its id", async () => {
  await using fake = await start();
  const id = fingerprintFor(NAME);
  for (const ref of [id, id.slice(0, 12), `/${NAME}`]) {
    const result = await exec(fake, ref, "echo", "hi");
    assert.deepEqual([result.stdout, result.code], ["hi\n", 0], ref);
  }
});

Deno.test("docker exec says what docker says when it can't", async (t) => {
  await using fake = await start();
  fake.addInstance(exitedInstance({ name: "down" }));
  fake.addInstance(
    containerInstance({ name: "cold" }, { status: "Frozen", status_code: 110 }),
  );
  const runtime =
    "OCI runtime exec failed: exec failed: unable to start container process: ";
  const cases: [argv: string[], stderr: string, code: number][] = [
    [
      ["nope", "true"],
      "Error response from daemon: No such container: nope\n",
      1,
    ],
    [
      ["down", "true"],
      `Error response from daemon: container ${
        fingerprintFor("down")
      } is not running\n`,
      1,
    ],
    [
      ["cold", "true"],
      "Error response from daemon: Container cold is paused, unpause the container before exec\n",
      1,
    ],
    [
      [NAME, "foo"],
      `${runtime}exec: "foo": executable file not found in $PATH: unknown\n`,
      127,
    ],
    [
      [NAME, "/none/foo"],
      `${runtime}exec: "/none/foo": stat /none/foo: no such file or directory: unknown\n`,
      127,
    ],
    [
      ["-w", "/none", NAME, "true"],
      `${runtime}chdir to cwd ("/none") set in config.json failed: no such file or directory: unknown\n`,
      126,
    ],
    [
      ["-w", "none", NAME, "true"],
      "OCI runtime exec failed: exec failed: Cwd must be an absolute path: unknown\n",
      126,
    ],
    [
      ["-u", "nobody99", NAME, "true"],
      "unable to find user nobody99: no matching entries in passwd file\n",
      126,
    ],
    [["-it", NAME, "sh"], "the input device is not a TTY\n", 1],
    [
      ["-d", NAME, "foo"],
      `Error response from daemon: ${runtime}exec: "foo": executable file not found in $PATH: unknown\n`,
      1,
    ],
  ];
  for (const [argv, stderr, code] of cases) {
    await t.step(argv.join(" "), async () => {
      const result = await exec(fake, ...argv);
      assert.deepEqual([result.stdout, result.stderr, result.code], [
        "",
        stderr,
        code,
      ]);
    });
  }
});

Deno.test("docker exec leaves a script's own 127 alone", async () => {
  await using fake = await start();
  const result = await exec(fake, NAME, "/bin/sh", "-c", "exit 127");
  assert.deepEqual([result.stderr, result.code], ["", 127]);
});

Deno.test("docker exec runs as the user that is asked for", async () => {
  await using fake = await start(
    (one) => {
      const { user, group, cwd } = one.body;
      return {
        stdout: JSON.stringify([user, group, cwd, one.environment.HOME]),
      };
    },
    {},
    {
      "/etc/passwd": "root:x:0:0::/root:/bin/sh\nweb:x:33:34::/srv:/bin/sh\n",
      "/etc/group": "root:x:0:\nstaff:x:50:\n",
      "/data/f": "",
    },
  );
  const cases: [flags: string[], want: unknown[]][] = [
    [["-u", "web"], [33, 34, "/", "/srv"]],
    [["-u", "33:staff"], [33, 50, "/", "/srv"]],
    [["-u", "1234"], [1234, 0, "/", "/"]],
    [["-w", "/data"], [0, 0, "/data", "/root"]],
    [["-u", "web", "-e", "HOME=/x"], [33, 34, "/", "/x"]],
  ];
  for (const [flags, want] of cases) {
    const result = await exec(fake, ...flags, NAME, "id");
    assert.deepEqual(JSON.parse(result.stdout), want, flags.join(" "));
  }
});

Deno.test("docker exec honours a container's own user and folder", async () => {
  await using fake = await FakeIncus.start();
  const made = containerInstance({
    name: "web",
    user: "web",
    workingDir: "/srv",
  });
  made.config["environment.PWD"] = "/srv";
  made.expanded_config = made.config;
  fake.addInstance(made, {
    files: { "/etc/passwd": "web:x:33:34::/home:/bin/sh\n" },
  });
  fake.onExec = (one) => {
    const { user, group, cwd } = one.body;
    const { HOME, PWD } = one.environment;
    return { stdout: JSON.stringify([user, group, cwd, HOME, PWD]) };
  };
  const own = await exec(fake, "web", "id");
  assert.deepEqual(JSON.parse(own.stdout), [33, 34, "/srv", "/home", "/srv"]);
  assertRequests(fake, [
    "POST /1.0/instances/web/exec",
    "GET /1.0/instances/web?recursion=1",
    "GET /1.0/instances/web/files?path=/etc/passwd",
    "POST /1.0/instances/web/exec",
  ], { ignore: /operations/ });
  const root = await exec(fake, "-u", "0", "web", "id");
  assert.deepEqual(JSON.parse(root.stdout).slice(0, 3), [0, 0, "/srv"]);
});

Deno.test("docker exec -d starts the command and leaves", async () => {
  await using fake = await start(() => 0, {}, { "/usr/bin/sleep": "" });
  const result = await exec(fake, "-d", NAME, "sleep", "5");
  assert.deepEqual([result.stdout, result.stderr, result.code], ["", "", 0]);
  const [body] = fake.bodies<Record<string, unknown>>(
    `POST /1.0/instances/${NAME}/exec`,
  );
  assert.equal(body?.["wait-for-websocket"], false);
});

Deno.test("docker exec forwards a signal, and leaves at the second", async () => {
  await using fake = await start(async (one) => {
    await one.stdout("up\n");
    const message = await one.nextMessage();
    if (one.command[0] === "polite") return { code: message?.signal ?? 0 };
    await one.nextMessage();
    return { code: 0 };
  });
  const polite = startKini(["docker", "exec", NAME, "polite"], { fake });
  await polite.printed("up");
  polite.signal("SIGTERM");
  assert.equal((await polite.done).code, 15);
  const deaf = startKini(["docker", "exec", NAME, "deaf"], { fake });
  await deaf.printed("up");
  deaf.signal("SIGINT");
  deaf.signal("SIGINT");
  assert.equal((await deaf.done).code, 130);
});

Deno.test("docker exec -it uses the terminal and gives it back", async () => {
  await using fake = await start(async (one) => {
    await one.stdout(`${one.environment.TERM} `);
    await one.stdout(`${one.body.width}x${one.body.height} `);
    const message = await one.nextMessage();
    await one.stdout(`${message?.args?.width} `);
    return { code: 3 };
  });
  const running = startKini(["docker", "exec", "-it", NAME, "sh"], {
    fake,
    terminal: true,
    terminalSize: { columns: 132, rows: 43 },
    env: { TERM: "screen" },
    stdin: new ReadableStream(),
  });
  await running.printed("132x43");
  assert.equal(running.raw, true);
  running.signal("SIGWINCH");
  const result = await running.done;
  assert.deepEqual([result.stdout, result.code], ["screen 132x43 132 ", 3]);
  assert.equal(running.raw, false);
});

Deno.test("docker exec ends quietly when nobody reads its output", async () => {
  await using fake = await start(() => ({ stdout: "much\n" }));
  const result = await runKini(["docker", "exec", NAME, "yes"], {
    fake,
    onStdout: () => {
      throw new Deno.errors.BrokenPipe();
    },
  });
  assert.deepEqual([result.stderr, result.code], ["", 141]);
});
