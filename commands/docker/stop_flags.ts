/**
 * What `stop` and `restart` are told about the way of stopping.
 *
 * @module
 */
import { parseSignal } from "../../docker/signal.ts";
import type { StopOptions } from "../../modes/stop.ts";
import type { Context } from "../context.ts";
import { DaemonError } from "../errors.ts";
import type { FlagTable, FlagValues } from "../flags.ts";

/** The flags that `stop` and `restart` have in common. */
export const stopFlags = {
  signal: {
    type: "string",
    short: "s",
    usage: "Signal to send to the container",
  },
  timeout: {
    type: "number",
    short: "t",
    aliases: ["time"],
    value: "int",
    usage: "Seconds to wait before killing the container",
  },
} as const satisfies FlagTable;

/** Flags → options; a signal that isn't one is refused as by docker's daemon. */
export function stopOptions(
  ctx: Context,
  values: FlagValues<typeof stopFlags>,
): StopOptions {
  return {
    signal: ctx.signal,
    ...(values.timeout !== undefined && { timeout: values.timeout }),
    ...(values.signal && { stopSignal: readSignal(values.signal) }),
  };
}

/** Reads a signal by name or number. */
export function readSignal(text: string): number {
  if (/^\d+$/.test(text) && Number(text) > 64) {
    throw new DaemonError(
      `the linux daemon does not support signal ${Number(text)}`,
    );
  }
  try {
    return parseSignal(text);
  } catch (cause) {
    throw new DaemonError((cause as Error).message, { cause });
  }
}
