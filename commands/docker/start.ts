/**
 * `docker start NAME [NAME...]`
 *
 * @module
 */
import type { IncusClient } from "../../incus/client.ts";
import { requireInstance } from "../../modes/container_errors.ts";
import { atLeast, defineCommand } from "../command.ts";
import type { Context } from "../context.ts";
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
    if (values.attach || values.interactive) {
      if (args.length > 1) {
        throw new Error(
          "you cannot start and attach multiple containers at once",
        );
      }
      return await startAttached(ctx, client, args[0]!, values.interactive);
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
  interactive: boolean,
): Promise<void> {
  const [{ ContainerLog }, { createdFrom }, { attach }] = await Promise.all([
    import("../../modes/logs.ts"),
    import("../../modes/start.ts"),
    import("./attach.ts"),
  ]);
  const instance = await requireInstance(client, ref);
  const log = await ContainerLog.open(client, instance.name);
  await log.skip();
  await startOne(ctx, client, ref, true);
  const created = createdFrom(instance);
  created.plan.record.openStdin &&= interactive;
  await attach(ctx, client, created, { forwardSignals: true, log });
}
