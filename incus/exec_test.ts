import assert from "node:assert/strict";
import { runningInstance } from "../tests/builders.ts";
import { FakeIncus, type FakeIncusOptions } from "../tests/fake_incus.ts";
import { assertRequests } from "../tests/harness.ts";
import {
  execDetached,
  execOutput,
  ExecSession,
  type ExecStreams,
} from "./exec.ts";
import { IncusClient } from "./client.ts";
import { IncusError } from "./errors.ts";
import type { InstanceExecPost } from "./types.ts";
import type { WebSocketConnection } from "./websocket.ts";

const MEGABYTE = 1024 * 1024;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

function start(options: FakeIncusOptions = {}): Promise<FakeIncus> {
  return FakeIncus.start({ instances: [runningInstance("c1")], ...options });
}

/** Runs a command with these streams; what is left out goes nowhere. */
async function run(
  fake: FakeIncus,
  command: string[],
  streams: Partial<ExecStreams> = {},
  body: Partial<InstanceExecPost> = {},
): Promise<number> {
  using client = fake.client();
  const session = await ExecSession.prepare(client, "c1", {
    command,
    interactive: false,
    ...body,
  });
  const nowhere = () => Promise.resolve();
  return await session.run({ stdout: nowhere, stderr: nowhere, ...streams });
}

/** Reads these chunks and then ends. */
function reader(
  ...chunks: (string | Uint8Array)[]
): NonNullable<ExecStreams["read"]> {
  const left = chunks.map((one) =>
    typeof one === "string" ? encoder.encode(one) : one
  );
  return (buffer) => {
    const chunk = left.shift();
    if (!chunk) return Promise.resolve(null);
    const size = Math.min(buffer.length, chunk.length);
    buffer.set(chunk.subarray(0, size));
    if (size < chunk.length) left.unshift(chunk.subarray(size));
    return Promise.resolve(size);
  };
}

/** Keeps what is written. */
class Sink {
  readonly chunks: Uint8Array<ArrayBuffer>[] = [];
  readonly write = (data: Uint8Array): Promise<void> => {
    this.chunks.push(data.slice());
    return Promise.resolve();
  };
  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return await new Blob(this.chunks).bytes();
  }
  async text(): Promise<string> {
    return decoder.decode(await this.bytes());
  }
}

async function sum(data: BufferSource): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", data);
  return new Uint8Array(digest).toHex();
}

function randomBytes(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65536) {
    crypto.getRandomValues(bytes.subarray(at, Math.min(at + 65536, size)));
  }
  return bytes;
}

Deno.test("ExecSession.run() gives the command's exit code", async (t) => {
  const cases: [string, number][] = [
    ["success", 0],
    ["failure", 1],
    ["not executable", 126],
    ["not found", 127],
    ["ended by SIGKILL", 137],
    ["ended by SIGTERM", 143],
    ["the highest", 255],
  ];
  for (const style of ["operation", "error"] as const) {
    for (const [name, code] of cases) {
      await t.step(`${name}, told by an ${style}`, async () => {
        await using fake = await start({ onExec: () => code });
        fake.operations.waitStyle = style;
        assert.equal(await run(fake, ["x"]), code);
      });
    }
  }
});

Deno.test("ExecSession.run() throws when the command could not be run", async () => {
  await using fake = await start();
  fake.fail("POST /1.0/instances/c1/exec", {
    operation: "Failed to retrieve PID of executing child process",
    metadata: { return: -1 },
  });
  await assert.rejects(run(fake, ["true"]), /Failed to retrieve PID/);
});

Deno.test("ExecSession.prepare() throws when the instance does not run", async () => {
  await using fake = await start();
  fake.exit("c1");
  await assert.rejects(run(fake, ["true"]), {
    name: "IncusError",
    status: 400,
    message: "Instance is not running",
  });
});

Deno.test("ExecSession.run() closes every stream when one is refused", async () => {
  await using fake = await start();
  fake.fail("GET /1.0/operations/op1/websocket?secret=1", {
    status: 403,
    error: "Requestor mismatch",
  });
  await assert.rejects(run(fake, ["true"]), {
    status: 403,
    message: "Requestor mismatch",
  });
  const sockets = [...fake.operations.all[0]!.sockets];
  const open = sockets.filter(([name]) => name !== "1");
  // Reading gives the end, since the client has closed its side.
  for (const [, { promise }] of open) {
    assert.equal(await (await promise).read(), null);
  }
});

Deno.test("ExecSession.run() never cuts output short", async (t) => {
  const stdout = randomBytes(8 * MEGABYTE + 1);
  const stderr = randomBytes(MEGABYTE + 7);
  for (const size of [1000, 65535, 65536, 300_000, 8 * MEGABYTE + 1]) {
    await t.step(`in frames of ${size}`, async () => {
      await using fake = await start({
        onExec: async (exec) => {
          const pieces = size < 65535 ? 500 : Infinity;
          for (let at = 0, n = 0; at < stdout.length; at += size, n++) {
            const end = n >= pieces ? stdout.length : at + size;
            await exec.stdout(stdout.subarray(at, end));
            if (n >= pieces) break;
          }
          await exec.stderr(stderr);
          return 0;
        },
      });
      const sinks = [new Sink(), new Sink()];
      const code = await run(fake, ["x"], {
        stdout: sinks[0]!.write,
        stderr: sinks[1]!.write,
      });
      assert.equal(code, 0);
      assert.equal(await sum(await sinks[0]!.bytes()), await sum(stdout));
      assert.equal(await sum(await sinks[1]!.bytes()), await sum(stderr));
    });
  }
});

Deno.test("ExecSession.run() reads on after the operation has ended", async () => {
  const data = randomBytes(100_000);
  const released = Promise.withResolvers<void>();
  await using fake = await start({ onExec: () => ({ stdout: data, code: 3 }) });
  const sink = new Sink();
  const done = run(fake, ["x"], {
    stdout: async (piece) => {
      await released.promise;
      await sink.write(piece);
    },
  });
  await fake.received("GET /1.0/operations/op1/wait");
  await fake.operations.all[0]!.done.promise;
  assert.equal(sink.chunks.length, 0);
  released.resolve();
  assert.equal(await done, 3);
  assert.deepEqual(await sink.bytes(), data);
});

Deno.test("ExecSession.run() takes no more than a slow reader does", async () => {
  const total = 64 * MEGABYTE;
  const chunk = new Uint8Array(256 * 1024);
  await using fake = await start({
    onExec: async (exec) => {
      for (let at = 0; at < total; at += chunk.length) await exec.stdout(chunk);
      return 0;
    },
  });
  const stalled = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  let read = 0;
  const done = run(fake, ["x"], {
    stdout: async (data) => {
      read += data.length;
      stalled.resolve();
      await released.promise;
    },
  });
  await stalled.promise;
  const socket = await fake.operations.all[0]!.socket("1");
  await standstill(() => socket.written);
  assert.ok(
    socket.written < 2 * MEGABYTE,
    `${socket.written} bytes were taken while the reader stood still`,
  );
  released.resolve();
  assert.equal(await done, 0);
  assert.equal(read, total);
});

/** Resolves once a count has not changed for a while. */
async function standstill(count: () => number): Promise<void> {
  for (let same = 0, last = -1; same < 10;) {
    const now = count();
    same = now === last ? same + 1 : 0;
    last = now;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

Deno.test("ExecSession.run() sends input whole, and its end", async (t) => {
  const big = randomBytes(3 * MEGABYTE + 5);
  const cases: [string, (string | Uint8Array)[], Uint8Array][] = [
    ["nothing", [], new Uint8Array(0)],
    ["a line", ["a\n"], encoder.encode("a\n")],
    ["pieces", ["a", "b", "\n"], encoder.encode("ab\n")],
    ["much", [big], big],
  ];
  for (const [name, input, want] of cases) {
    await t.step(name, async () => {
      await using fake = await start();
      const sink = new Sink();
      const code = await run(fake, ["cat"], {
        read: reader(...input),
        stdout: sink.write,
      });
      assert.equal(code, 0);
      assert.equal(await sum(await sink.bytes()), await sum(want.slice()));
    });
  }
});

Deno.test("ExecSession.run() ends input at once when there is none", async () => {
  await using fake = await start({
    onExec: async (exec) => ({ stdout: `[${await exec.readText()}]` }),
  });
  const sink = new Sink();
  assert.equal(await run(fake, ["x"], { stdout: sink.write }), 0);
  assert.equal(await sink.text(), "[]");
});

Deno.test("ExecSession.run() ends though nobody reads the input", async () => {
  await using fake = await start();
  const endless = new Uint8Array(64 * 1024);
  const code = await run(fake, ["false"], {
    read: (buffer) => {
      buffer.set(endless);
      return Promise.resolve(endless.length);
    },
  });
  assert.equal(code, 1);
});

Deno.test("ExecSession.run() gives the error of a writer and ends the command", async () => {
  const killed = Promise.withResolvers<void>();
  await using fake = await start({
    onExec: async (exec) => {
      exec.killed.addEventListener("abort", () => killed.resolve());
      await exec.stdout("a");
      await killed.promise;
      return 0;
    },
  });
  const error = new Deno.errors.BrokenPipe("gone");
  await assert.rejects(
    run(fake, ["yes"], { stdout: () => Promise.reject(error) }),
    (thrown) => thrown === error,
  );
  await killed.promise;
});

Deno.test("ExecSession.signal() and resize() reach the command", async () => {
  await using fake = await start({
    onExec: async (exec) => {
      await exec.stdout("ready");
      const messages = [await exec.nextMessage(), await exec.nextMessage()];
      await exec.stdout(JSON.stringify(messages));
      return 143;
    },
  });
  using client = fake.client();
  const session = await ExecSession.prepare(client, "c1", {
    command: ["top"],
    interactive: true,
    width: 80,
    height: 24,
  });
  const sink = new Sink();
  const code = await session.run({
    stdout: async (data) => {
      await sink.write(data);
      if (await sink.text() !== "ready") return;
      await session.resize(120, 40);
      await session.signal(15);
    },
    stderr: sink.write,
  });
  assert.equal(code, 143);
  assert.deepEqual(JSON.parse((await sink.text()).slice("ready".length)), [
    { command: "window-resize", args: { width: "120", height: "40" } },
    { command: "signal", signal: 15 },
  ]);
  assertRequests(fake, [
    "POST /1.0/instances/c1/exec",
    "GET /1.0/operations/op1/websocket?secret=0",
    "GET /1.0/operations/op1/websocket?secret=control",
    "GET /1.0/operations/op1/wait?timeout=-1",
  ]);
});

Deno.test("ExecSession.run() carries a terminal in both directions", async () => {
  await using fake = await start({
    onExec: async (exec) => {
      const typed = decoder.decode(await exec.read() ?? new Uint8Array(0));
      await exec.stdout(`out:${typed}`);
      await exec.stderr("err");
      return 4;
    },
  });
  const sink = new Sink();
  const code = await run(fake, ["sh"], {
    read: reader("ls\r"),
    stdout: sink.write,
  }, { interactive: true });
  assert.equal(code, 4);
  assert.equal(await sink.text(), "out:ls\rerr");
});

Deno.test("ExecSession.run() throws when the server goes down meanwhile", async () => {
  await using fake = await start();
  const done = run(fake, ["sleep", "infinity"]);
  await fake.received("GET /1.0/operations/op1/wait");
  await Promise.all([
    assert.rejects(done, { name: "ConnectionError" }),
    fake.stop(),
  ]);
});

Deno.test("ExecSession.environment is what the server says", async () => {
  await using fake = await start();
  using client = fake.client();
  const session = await ExecSession.prepare(client, "c1", {
    command: ["env"],
    interactive: false,
    environment: { A: "b" },
  });
  assert.equal(session.environment.A, "b");
  assert.equal(session.environment.HOME, "/root");
  await session.run({
    stdout: () => Promise.resolve(),
    stderr: () => Promise.resolve(),
  });
});

Deno.test("execOutput() gives texts and code", async () => {
  await using fake = await start({
    onExec: () => ({ stdout: "ä€😀\n", stderr: "no\n", code: 2 }),
  });
  using client = fake.client();
  assert.deepEqual(await execOutput(client, "c1", ["x"]), {
    stdout: "ä€😀\n",
    stderr: "no\n",
    code: 2,
  });
});

Deno.test("execOutput() joins characters that frames cut in two", async () => {
  const bytes = encoder.encode("ä€😀\n");
  await using fake = await start({
    onExec: async (exec) => {
      for (const byte of bytes) await exec.stdout(Uint8Array.of(byte));
      return 0;
    },
  });
  using client = fake.client();
  assert.equal((await execOutput(client, "c1", ["x"])).stdout, "ä€😀\n");
});

Deno.test("execDetached() starts a command and does not wait", async () => {
  const ran = Promise.withResolvers<string[]>();
  await using fake = await start({
    onExec: (exec) => {
      ran.resolve(exec.command);
      return 0;
    },
  });
  using client = fake.client();
  await execDetached(client, "c1", { command: ["touch", "/x"], user: 5 });
  assert.deepEqual(await ran.promise, ["touch", "/x"]);
  assertRequests(fake, ["POST /1.0/instances/c1/exec"]);
});

/** A server that is done with a command before its control socket comes. */
class TooLateForControl extends IncusClient {
  override async websocket(
    path: string,
    query?: Record<string, string>,
  ): Promise<WebSocketConnection> {
    const socket = await super.websocket(path, query);
    if (query?.secret !== "control") return socket;
    throw new IncusError(400, path, "Only running operations can be connected");
  }
}

Deno.test("ExecSession.run() needs no control socket for a command that is over", async () => {
  await using fake = await start({
    onExec: () => ({ stdout: "out", code: 3 }),
  });
  using client = new TooLateForControl({ path: fake.socket });
  const session = await ExecSession.prepare(client, "c1", {
    command: ["x"],
    interactive: false,
  });
  const out = new Sink();
  const nowhere = () => Promise.resolve();
  assert.equal(await session.run({ stdout: out.write, stderr: nowhere }), 3);
  assert.equal(await out.text(), "out");
});
