/**
 * `docker start NAME [NAME...]`
 *
 * @module
 */
import type { IncusClient } from "../../incus/client.ts";
import { requireInstance } from "../../modes/container_errors.ts";
import { waitForExit } from "../../modes/lifecycle.ts";
import { atLeast, defineCommand } from "../command.ts";
import type { Context } from "../context.ts";
import { ExitError } from "../errors.ts";
import { printError } from "./each_container.ts";
import { startOne } from "./start_container.ts";

/** `docker start`. */
export const command = defineCommand({
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  flags: {
    attach: {
      type: "boolean",
      short: "a",
      usage: "Attach STDOUT/STDERR and forward signals",
    },
    "detach-keys": {
      type: "string",
      usage: "Override the key sequence for detaching a container",
      ignored: "Ctrl-C ends the attachment",
    },
    interactive: {
      type: "boolean",
      short: "i",
      usage: "Attach container's STDIN",
    },
  },
  args: atLeast(1),
  examples: ["start kind-control-plane kind-worker"],
  async run(ctx, { values, args }) {
    const client = await ctx.incus();
    if (values.interactive) {
      throw new Error(
        "start can't attach to a container's stdin: use docker exec -i, or " +
          "docker run -i",
      );
    }
    if (values.attach) {
      if (args.length > 1) {
        throw new Error(
          "you cannot start and attach multiple containers at once",
        );
      }
      return await startAttached(ctx, client, args[0]!);
    }
    const failed: string[] = [];
    for (const ref of args) {
      try {
        await startOne(ctx, client, ref);
        await ctx.stdout.line(ref);
      } catch (error) {
        await printError(ctx, error);
        failed.push(ref);
      }
    }
    if (failed.length > 0) {
      throw new Error(
        `Error: failed to start containers: ${failed.join(", ")}`,
      );
    }
  },
});

/** Prints what the container prints from its start on; ends with its code. */
async function startAttached(
  ctx: Context,
  client: IncusClient,
  ref: string,
): Promise<void> {
  const { ContainerLog } = await import("../../modes/logs.ts");
  const { LineEnds } = await import("../../docker/log_text.ts");
  const { containerFrom } = await import("../../modes/containers.ts");
  const instance = await requireInstance(client, ref);
  const log = await ContainerLog.open(client, instance.name);
  await log.skip();
  await startOne(ctx, client, ref);
  const ends = containerFrom(instance).record.tty ? undefined : new LineEnds();
  for await (const chunk of log.follow(ctx.signal)) {
    await ctx.stdout.write(ends?.convert(chunk) ?? chunk);
  }
  if (ends) await ctx.stdout.write(ends.end());
  const code = await waitForExit(client, instance.name, ctx.signal);
  if (code !== 0) throw new ExitError(code);
}
