/**
 * `docker logs -f NODE`
 *
 * @module
 */
import {
  concat,
  LineEnds,
  LineTimes,
  parseTail,
  startOfLastLines,
} from "../../docker/log_text.ts";
import { parseTimestamp } from "../../docker/timestamp.ts";
import type { IncusClient } from "../../incus/client.ts";
import { isNotFound } from "../../incus/errors.ts";
import { instancePath } from "../../incus/instances.ts";
import type { Instance } from "../../incus/types.ts";
import { noSuchContainer } from "../../modes/container_errors.ts";
import {
  containerFrom,
  findInstance,
  isContainer,
  isInstanceName,
} from "../../modes/containers.ts";
import { ContainerLog } from "../../modes/logs.ts";
import { defineCommand, exactly } from "../command.ts";
import type { Context } from "../context.ts";

/** The server keeps the bytes alone, and when the last of them came. */
const NO_TIMES =
  "the log has no times in it, so --since and --until can't cut it: all of it is shown";

const flags = {
  details: {
    type: "boolean",
    usage: "Show extra details provided to logs",
    ignored: "there are none",
  },
  follow: { type: "boolean", short: "f", usage: "Follow log output" },
  since: {
    type: "string",
    usage:
      'Show logs since timestamp (e.g. "2013-01-02T13:23:37Z") or relative (e.g. "42m" for 42 minutes); ' +
      "all or nothing, since the log keeps no times",
  },
  tail: {
    type: "string",
    short: "n",
    default: "all",
    usage: "Number of lines to show from the end of the logs",
  },
  timestamps: {
    type: "boolean",
    short: "t",
    usage:
      "Show timestamps: of arrival for followed lines, else when the container was started",
  },
  until: {
    type: "string",
    usage:
      'Show logs before a timestamp (e.g. "2013-01-02T13:23:37Z") or relative (e.g. "42m" for 42 minutes); ' +
      "all or nothing, since the log keeps no times",
  },
} as const;

/** `docker logs`. */
export const command = defineCommand({
  usage: "[OPTIONS] CONTAINER",
  flags,
  args: exactly(1),
  examples: ["logs -f kind-control-plane"],
  async run(ctx, { values, args }) {
    const since = time(ctx, "since", values.since);
    const until = time(ctx, "until", values.until);
    const client = await ctx.incus();
    const { instance, log } = await openLog(client, args[0] ?? "");
    const { record, state, created } = containerFrom(instance);
    const started = state.startedAt || created;
    const printer = new Printer(ctx, record.tty ?? false, values.timestamps);

    const tail = parseTail(values.tail);
    const outside =
      (since !== undefined && (log.lastWritten?.getTime() ?? 0) < since) ||
      (until !== undefined && Date.parse(created) > until);
    if (outside) await log.skip();
    else if ((since !== undefined || until !== undefined) && log.lastWritten) {
      await ctx.stderr.line(`kini: ${NO_TIMES}`);
    }
    if (tail === undefined) {
      for await (const chunk of log.rest()) await printer.print(chunk, started);
    } else {
      await printer.print(await lastLines(log, tail), started);
    }
    const over = until !== undefined && until <= ctx.now().getTime();
    if (values.follow && !over) {
      const signal = until === undefined
        ? undefined
        : AbortSignal.timeout(Math.max(until - ctx.now().getTime(), 0));
      await follow(ctx, log, printer, signal);
    }
    await printer.end();
  },
});

async function follow(
  ctx: Context,
  log: ContainerLog,
  printer: Printer,
  until: AbortSignal | undefined,
): Promise<void> {
  try {
    for await (const chunk of log.follow(until)) {
      await printer.print(chunk, ctx.now().toISOString());
    }
  } catch (error) {
    if (!until?.aborted) throw error;
  }
}

/** What is there now, from the start of its last `count` lines. */
async function lastLines(
  log: ContainerLog,
  count: number,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const chunk of log.rest()) pieces.push(chunk);
  const text = concat(pieces);
  return text.subarray(startOfLastLines(text, count));
}

/** Log and instance of a container: both at once when a name is given. */
async function openLog(
  client: IncusClient,
  ref: string,
): Promise<{ instance: Instance; log: ContainerLog }> {
  const name = ref.replace(/^\//, "");
  if (isInstanceName(name)) {
    const [instance, log] = await Promise.all([
      // Without run-time state, which costs the server much more.
      client.get<Instance>(instancePath(name)).catch((error) => {
        if (isNotFound(error)) return undefined;
        throw error;
      }),
      ContainerLog.open(client, name),
    ]);
    if (instance && isContainer(instance)) return { instance, log };
    await log.close();
  }
  const instance = await findInstance(client, ref);
  if (!instance) throw noSuchContainer(ref);
  return { instance, log: await ContainerLog.open(client, instance.name) };
}

function time(
  ctx: Context,
  flag: string,
  text: string | undefined,
): number | undefined {
  if (!text) return undefined;
  try {
    return parseTimestamp(text, ctx.now());
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`invalid value for "${flag}": ${reason}`, { cause });
  }
}

/** Log bytes → stdout. */
class Printer {
  readonly #ctx: Context;
  /** With a terminal, docker hands its line ends out as they are. */
  readonly #ends: LineEnds | undefined;
  readonly #times: LineTimes | undefined;

  constructor(ctx: Context, tty: boolean, times: boolean) {
    this.#ctx = ctx;
    this.#ends = tty ? undefined : new LineEnds();
    this.#times = times ? new LineTimes() : undefined;
  }

  async print(chunk: Uint8Array, time: string): Promise<void> {
    await this.#write(this.#ends?.convert(chunk) ?? chunk, time);
  }

  async end(): Promise<void> {
    if (this.#ends) await this.#write(this.#ends.end(), "");
  }

  async #write(data: Uint8Array, time: string): Promise<void> {
    if (data.length === 0) return;
    await this.#ctx.stdout.write(this.#times?.push(data, time) ?? data);
  }
}
