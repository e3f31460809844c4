/**
 * `docker stop [-t SECONDS] NAME [NAME...]`
 *
 * @module
 */
import { stopContainer } from "../../modes/stop.ts";
import { atLeast, defineCommand } from "../command.ts";
import { forEachContainer } from "./each_container.ts";
import { stopFlags, stopOptions } from "./stop_flags.ts";

/** `docker stop`. */
export const command = defineCommand({
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  flags: stopFlags,
  args: atLeast(1),
  examples: ["stop kind-control-plane"],
  async run(ctx, { values, args }) {
    const client = await ctx.incus();
    await forEachContainer(
      ctx,
      args,
      (ref) => stopContainer(client, ref, stopOptions(ctx, values)),
    );
  },
});
