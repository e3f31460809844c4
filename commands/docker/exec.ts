/**
 * `docker exec --privileged [-i] [-e K=V]... NODE COMMAND [ARG...]`
 *
 * @module
 */
import {
  type EnvEntry,
  type EnvLookup,
  mergeEnv,
  parseEnv,
  parseEnvFile,
} from "../../docker/env.ts";
import { parseSignal } from "../../docker/signal.ts";
import type { IncusClient } from "../../incus/client.ts";
import type { ExecStreams } from "../../incus/exec.ts";
import {
  type PreparedExec,
  prepareExec,
  startDetached,
} from "../../modes/exec.ts";
import type { ExecRequest } from "../../modes/exec_body.ts";
import {
  explainEnd,
  explainStart,
  StartFailure,
} from "../../modes/exec_failure.ts";
import { atLeast, defineCommand } from "../command.ts";
import type { Context } from "../context.ts";
import { ExitError } from "../errors.ts";
import { flagValueError } from "../flags.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;

const flags = {
  detach: {
    type: "boolean",
    short: "d",
    usage: "Detached mode: run command in the background",
  },
  "detach-keys": {
    type: "string",
    usage: "Override the key sequence for detaching a container",
    ignored: "a command on Incus ends when its client leaves",
  },
  env: {
    type: "strings",
    short: "e",
    value: "list",
    usage: "Set environment variables",
  },
  "env-file": {
    type: "strings",
    value: "list",
    usage: "Read in a file of environment variables",
  },
  interactive: {
    type: "boolean",
    short: "i",
    usage: "Keep STDIN open even if not attached",
  },
  privileged: {
    type: "boolean",
    usage: "Give extended privileges to the command",
    ignored: "a command has what its container has",
  },
  tty: { type: "boolean", short: "t", usage: "Allocate a pseudo-TTY" },
  user: {
    type: "string",
    short: "u",
    usage: 'Username or UID (format: "<name|uid>[:<group|gid>]")',
  },
  workdir: {
    type: "string",
    short: "w",
    usage: "Working directory inside the container",
  },
} as const;

/** `docker exec`. */
export const command = defineCommand({
  usage: "[OPTIONS] CONTAINER COMMAND [ARG...]",
  flags,
  args: atLeast(2),
  stopAtFirstPositional: true,
  examples: ["exec -i kind-control-plane cp /dev/stdin /kind/kubeadm.conf"],
  async run(ctx, { values, args }) {
    const [container = "", ...words] = args;
    const env = await environment(ctx, values["env-file"], values.env);
    const request: ExecRequest = {
      container,
      command: words,
      env,
      user: values.user ?? "",
      workingDir: values.workdir ?? "",
    };
    try {
      if (values.detach) {
        return await startDetached(await ctx.incus(), request);
      }
      if (!values.tty) return await runPlain(ctx, request, values.interactive);
      await runOnTerminal(ctx, request, values.interactive);
    } catch (error) {
      if (!(error instanceof StartFailure)) throw error;
      await ctx.stderr.line(error.message);
      throw new ExitError(error.code, { cause: error });
    }
  },
});

async function environment(
  ctx: Context,
  files: readonly string[],
  given: readonly string[],
): Promise<Record<string, string>> {
  if (files.length === 0 && given.length === 0) return {};
  const lookUp: EnvLookup = (name) => ctx.env(name);
  const layers: EnvEntry[][] = [];
  for (const file of files) {
    layers.push(parseEnvFile(await readFile(file), file, lookUp));
  }
  layers.push(given.map((text) => {
    try {
      return parseEnv(text, lookUp);
    } catch (error) {
      throw flagValueError(flags, "env", text, error);
    }
  }));
  return Object.fromEntries(mergeEnv([], ...layers));
}

async function readFile(path: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(path);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new Error(`open ${path}: no such file or directory`, { cause });
  }
}

/** Separate streams, bytes unchanged. */
async function runPlain(
  ctx: Context,
  request: ExecRequest,
  interactive: boolean,
): Promise<void> {
  const client = await ctx.incus();
  const openInput = () => inputFor(ctx, client, request);
  const prepared = await prepareExec(client, {
    ...request,
    stdin: interactive,
    ...(interactive && { openInput }),
  });
  const { removeInput } = prepared;
  let silent = true;
  const streams: ExecStreams = {
    ...(interactive && !removeInput && { read: await openInput() }),
    stdout: (data) => {
      silent = false;
      return ctx.stdout.write(data);
    },
    stderr: (data) => {
      silent = false;
      return ctx.stderr.write(data);
    },
  };
  let code: number;
  try {
    code = await untilSecondSignal(ctx, prepared, request, streams);
  } finally {
    await removeInput?.();
  }
  await finish(ctx, request, prepared, code, silent);
}

/**
 * The caller's input. Where others than the server reach what it publishes,
 * kubeadm must know its names.
 */
async function inputFor(
  ctx: Context,
  client: IncusClient,
  { command }: ExecRequest,
): Promise<NonNullable<ExecStreams["read"]>> {
  const read = (buffer: Uint8Array) => ctx.stdin.read(buffer);
  if (command[0] !== "cp") return read;
  const { takesKubeadmConfig, withCertificateName } = await import(
    "./kubeadm_names.ts"
  );
  if (!takesKubeadmConfig(command)) return read;
  const { publishedNames } = await import("./placement.ts");
  const names = await publishedNames(client);
  return names.length > 0 ? await withCertificateName(read, names) : read;
}

/** Ends with the command's code, and with docker's text where it never ran. */
async function finish(
  ctx: Context,
  request: ExecRequest,
  prepared: PreparedExec,
  code: number,
  silent: boolean,
): Promise<void> {
  if ((code === 126 || code === 127) && silent) {
    const client = await ctx.incus();
    const failure = await explainStart(client, prepared, request.command, code);
    if (failure) throw failure;
  }
  if (code !== 0) throw new ExitError(code);
}

async function runSession(
  ctx: Context,
  { session, name }: PreparedExec,
  request: ExecRequest,
  streams: ExecStreams,
): Promise<number> {
  try {
    return await session.run(streams);
  } catch (error) {
    const client = await ctx.incus();
    throw await explainEnd(client, request.container, name, error);
  }
}

/** Runs the command; the first signal is for it, the second for this program. */
async function untilSecondSignal(
  ctx: Context,
  prepared: PreparedExec,
  request: ExecRequest,
  streams: ExecStreams,
): Promise<number> {
  const { promise: leaving, reject } = Promise.withResolvers<never>();
  let signals = 0;
  const stop = ctx.onSignals(SIGNALS, (name) => {
    const number = parseSignal(name);
    if (++signals > 1) reject(new ExitError(128 + number));
    else void prepared.session.signal(number);
  });
  try {
    return await Promise.race([
      runSession(ctx, prepared, request, streams),
      leaving,
    ]);
  } finally {
    stop();
  }
}

/** One stream both ways, through a terminal in the container. */
async function runOnTerminal(
  ctx: Context,
  request: ExecRequest,
  interactive: boolean,
): Promise<void> {
  if (interactive && !ctx.stdin.isTerminal()) {
    throw new Error("the input device is not a TTY");
  }
  const client = await ctx.incus();
  const prepared = await prepareExec(client, {
    ...request,
    env: { TERM: ctx.env("TERM") || "xterm", ...request.env },
    terminal: ctx.terminalSize() ?? { columns: 80, rows: 24 },
  });
  let silent = true;
  const { promise: leaving, reject } = Promise.withResolvers<never>();
  const stops = [
    ctx.onSignals(["SIGWINCH"], () => {
      const size = ctx.terminalSize();
      if (size) void prepared.session.resize(size.columns, size.rows);
    }),
    ctx.onSignals(SIGNALS, (name) => {
      reject(new ExitError(128 + parseSignal(name)));
    }),
  ];
  if (interactive) ctx.stdin.setRaw(true);
  let code: number;
  try {
    code = await Promise.race([
      runSession(ctx, prepared, request, {
        ...(interactive && { read: (buffer) => ctx.stdin.read(buffer) }),
        stdout: (data) => {
          silent = false;
          return ctx.stdout.write(data);
        },
        stderr: (data) => ctx.stderr.write(data),
      }),
      leaving,
    ]);
  } finally {
    if (interactive) ctx.stdin.setRaw(false);
    stops.forEach((stop) => stop());
  }
  await finish(ctx, request, prepared, code, silent);
}
