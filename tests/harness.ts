/**
 * Runs whole programs in this process, against a fake server.
 *
 * ```ts
 * await using fake = await FakeIncus.start();
 * const { stdout, stderr, code } = await runKini(["docker", "ps"], { fake });
 * ```
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Context, TerminalSize } from "../commands/context.ts";
import { runMain } from "../commands/programs.ts";
import { IncusClient } from "../incus/client.ts";
import { findRemote } from "../incus/remote.ts";
import { SOME_TIME } from "./builders.ts";
import { describeDifference } from "./difference.ts";
import type { FakeIncus } from "./fake_incus.ts";
import {
  MemoryInput,
  MemoryOutput,
  type StdinSource,
} from "./memory_streams.ts";

/** The outside world of a run. */
export interface RunOptions {
  fake?: FakeIncus;
  env?: Record<string, string>;
  stdin?: StdinSource;
  /** Whether stdin, stdout and stderr are a terminal. */
  terminal?: boolean;
  terminalSize?: TerminalSize;
  now?: Date;
  /** Called before a piece of stdout is taken: a slow reader is one that waits. */
  onStdout?: (data: Uint8Array) => void | Promise<void>;
}

/** What came of a run. */
export interface RunResult {
  stdout: string;
  stderr: string;
  code: number;
  stdoutBytes: Uint8Array;
}

/** A program that runs. */
export interface Running {
  readonly done: Promise<RunResult>;
  /** What it printed so far. */
  readonly stdout: string;
  readonly stderr: string;
  /** Whether the terminal is in raw mode now. */
  readonly raw: boolean;
  /** Sends a signal: to the command's handlers, or it aborts `ctx.signal`, as Ctrl-C does. */
  signal(name: Deno.Signal): void;
  /** Resolves once stdout has this in it. */
  printed(text: string | RegExp): Promise<void>;
}

/**
 * Runs a program to its end.
 *
 * @param argv the program's name, `docker`, `kini` or `kind`, and its arguments.
 */
export function runKini(
  argv: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  return startKini(argv, options).done;
}

/** Runs a program that the test watches, and sends signals to. */
export function startKini(
  argv: readonly string[],
  options: RunOptions = {},
): Running {
  const world = new TestWorld(argv[0] ?? "", options);
  const done = runMain(world.context, argv[0] ?? "", argv.slice(1)).then(
    (code) => ({
      stdout: world.stdout.toString(),
      stderr: world.stderr.toString(),
      stdoutBytes: world.stdout.bytes(),
      code,
    }),
  ).finally(() => world.close());
  return {
    done,
    get stdout() {
      return world.stdout.toString();
    },
    get stderr() {
      return world.stderr.toString();
    },
    get raw() {
      return world.stdin.raw;
    },
    signal: (name) => world.signal(name),
    printed: (text) => world.stdout.until(text, done),
  };
}

/** Fails with a readable difference unless these requests came, and no others. */
export function assertRequests(
  fake: FakeIncus,
  expected: readonly string[],
  options: {
    /** Index of the first request that counts. */
    from?: number;
    /** Requests that don't count. */
    ignore?: RegExp;
    /** Only which requests came counts, not their order. */
    anyOrder?: boolean;
  } = {},
): void {
  const { from = 0, ignore, anyOrder = false } = options;
  const actual = fake.requestLines(from).filter((line) => !ignore?.test(line));
  const left = arrange(expected, anyOrder);
  const right = arrange(actual, anyOrder);
  const difference = describeDifference(left, right);
  if (difference !== undefined) {
    assert.fail(
      "requests differ (- never came, + not expected):\n" + difference,
    );
  }
}

/** WebSockets of one command are opened at the same time, in no order. */
function arrange(lines: readonly string[], sort: boolean): string[] {
  const arranged = [...lines];
  if (sort) return arranged.sort();
  const isSocket = (line = "") => /\/websocket\?/.test(line);
  for (let start = 0; start < arranged.length; start++) {
    let end = start;
    while (isSocket(arranged[end])) end++;
    if (end - start < 2) continue;
    arranged.splice(start, end - start, ...arranged.slice(start, end).sort());
    start = end;
  }
  return arranged;
}

class TestWorld {
  readonly stdout: MemoryOutput;
  readonly stderr: MemoryOutput;
  readonly stdin: MemoryInput;
  readonly context: Context;
  readonly #abort = new AbortController();
  readonly #handlers = new Set<
    { names: readonly Deno.Signal[]; call: (name: Deno.Signal) => void }
  >();
  #client: Promise<IncusClient> | undefined;

  constructor(program: string, options: RunOptions) {
    const { fake, terminal = false } = options;
    const env: Record<string, string> = {
      HOME: "/nonexistent",
      KINI_CACHE: "no",
      PATH: "/usr/bin:/bin",
      ...(fake && { KINI_SOCKET: fake.socket }),
      ...options.env,
    };
    const now = options.now ?? new Date(SOME_TIME);
    const size = options.terminalSize ?? { columns: 80, rows: 24 };
    const dumb = env.TERM === "dumb";
    this.stdout = new MemoryOutput(terminal, dumb, options.onStdout);
    this.stderr = new MemoryOutput(terminal, dumb);
    this.stdin = new MemoryInput(terminal, options.stdin);
    this.context = {
      program,
      stdin: this.stdin,
      stdout: this.stdout,
      stderr: this.stderr,
      env: (name) => env[name],
      now: () => new Date(now),
      signal: this.#abort.signal,
      onSignals: (names, call) => {
        const handler = { names, call };
        this.#handlers.add(handler);
        return () => this.#handlers.delete(handler);
      },
      terminalSize: () => terminal ? size : undefined,
      incus: () =>
        this.#client ??= findRemote((name) => env[name]).then((remote) =>
          new IncusClient(remote)
        ),
    };
  }

  signal(name: Deno.Signal): void {
    const handlers = [...this.#handlers].filter(({ names }) =>
      names.includes(name)
    );
    for (const { call } of handlers) call(name);
    if (handlers.length === 0 && /^SIG(INT|TERM|HUP)$/.test(name)) {
      this.#abort.abort(new DOMException(name, "AbortError"));
    }
  }

  async close(): Promise<void> {
    await this.#client?.then((client) => client[Symbol.dispose](), () => {});
    await this.stdin.cancel();
  }
}
