/**
 * Attaching to a container that `run` started: its streams and its exit code.
 *
 * @module
 */
import { LineEnds } from "../../docker/log_text.ts";
import { parseSignal } from "../../docker/signal.ts";
import type { IncusClient } from "../../incus/client.ts";
import { ConsoleInput } from "../../incus/console.ts";
import { readExit } from "../../modes/containers.ts";
import type { CreatedContainer } from "../../modes/create.ts";
import { removeOwn } from "../../modes/remove.ts";
import { ContainerLog } from "../../modes/logs.ts";
import { removeOnStop } from "../../modes/remove.ts";
import { killContainer } from "../../modes/stop.ts";
import type { Context } from "../context.ts";
import { ExitError } from "../errors.ts";

const SIGNALS: readonly Deno.Signal[] = [
  "SIGINT",
  "SIGTERM",
  "SIGHUP",
  "SIGQUIT",
];

/** Ctrl-D, by which a terminal's input ends. */
const END_OF_TRANSMISSION = new Uint8Array([4]);
const NEWLINE = 0x0a;

/**
 * Shows what a container prints until it stops, and ends with its exit code.
 *
 * The console of an instance is one terminal, so both output streams of the
 * container arrive on stdout.
 *
 * @throws {ExitError} with the container's exit code, or 128 + n after a signal
 * that is not forwarded.
 */
export async function attach(
  ctx: Context,
  client: IncusClient,
  created: CreatedContainer,
  options: {
    forwardSignals: boolean;
    /** Opened before the start, where what was printed earlier is not wanted. */
    log?: ContainerLog;
  },
): Promise<void> {
  const { name, plan } = created;
  const { record } = plan;
  const leaving = new AbortController();
  const stop = ctx.onSignals(SIGNALS, (signal) => {
    const number = parseSignal(signal);
    if (!options.forwardSignals) leaving.abort(new ExitError(128 + number));
    else killContainer(client, name, number).catch(() => {});
  });
  const raw = record.openStdin && record.tty && ctx.stdin.isTerminal();
  try {
    using input = record.openStdin
      ? await ConsoleInput.open(
        client,
        name,
        ctx.terminalSize() ?? { columns: 80, rows: 24 },
      )
      : undefined;
    if (raw) ctx.stdin.setRaw(true);
    if (input) void typeInput(ctx, input);
    const log = options.log ?? await ContainerLog.open(client, name);
    await show(ctx, log, record.tty, leaving.signal);
  } catch (error) {
    // Nobody waits for its end any more: the server has to.
    if (record.autoRemove) await removeOnStop(client, created);
    throw error;
  } finally {
    if (raw) ctx.stdin.setRaw(false);
    stop();
  }
  const exit = await readExit(client, name);
  if (record.autoRemove) await removeOwn(client, name, created.id);
  if (exit && exit.exitCode !== 0) throw new ExitError(exit.exitCode);
}

/** Copies a log to stdout until the container has stopped. */
async function show(
  ctx: Context,
  log: ContainerLog,
  tty: boolean,
  signal: AbortSignal,
): Promise<void> {
  const ends = tty ? undefined : new LineEnds();
  for await (const chunk of log.follow(signal)) {
    await ctx.stdout.write(ends ? ends.convert(chunk) : chunk);
    signal.throwIfAborted();
  }
  if (ends) await ctx.stdout.write(ends.end());
}

async function typeInput(ctx: Context, input: ConsoleInput): Promise<void> {
  const buffer = new Uint8Array(16 * 1024);
  let last = NEWLINE;
  try {
    for (
      let size = await ctx.stdin.read(buffer);
      size !== null;
      size = await ctx.stdin.read(buffer)
    ) {
      await input.type(buffer.subarray(0, size));
      last = buffer[size - 1]!;
    }
    await input.type(END_OF_TRANSMISSION);
    // The first one only hands on a line that has no end.
    if (last !== NEWLINE) await input.type(END_OF_TRANSMISSION);
  } catch {
    // The container has stopped: nobody reads this.
  }
}
