/**
 * `docker unpause NAME [NAME...]`
 *
 * @module
 */
import { unpauseContainer } from "../../modes/pause.ts";
import { atLeast, defineCommand } from "../command.ts";
import { forEachContainer } from "./each_container.ts";

/** `docker unpause`. */
export const command = defineCommand({
  usage: "CONTAINER [CONTAINER...]",
  flags: {},
  args: atLeast(1),
  examples: ["unpause kind-worker"],
  async run(ctx, { args }) {
    const client = await ctx.incus();
    await forEachContainer(ctx, args, (ref) => unpauseContainer(client, ref));
  },
});
