/**
 * `docker pause NAME [NAME...]`
 *
 * @module
 */
import { pauseContainer } from "../../modes/pause.ts";
import { atLeast, defineCommand } from "../command.ts";
import { forEachContainer } from "./each_container.ts";

/** `docker pause`. */
export const command = defineCommand({
  usage: "CONTAINER [CONTAINER...]",
  flags: {},
  args: atLeast(1),
  examples: ["pause kind-worker"],
  async run(ctx, { args }) {
    const client = await ctx.incus();
    await forEachContainer(ctx, args, (ref) => pauseContainer(client, ref));
  },
});
