/**
 * `docker wait NAME [NAME...]`
 *
 * @module
 */
import { waitForExit } from "../../modes/wait.ts";
import { atLeast, defineCommand } from "../command.ts";
import { forEachContainer } from "./each_container.ts";

/** `docker wait`. */
export const command = defineCommand({
  usage: "CONTAINER [CONTAINER...]",
  flags: {},
  args: atLeast(1),
  examples: ["wait job"],
  async run(ctx, { args }) {
    const client = await ctx.incus();
    await forEachContainer(
      ctx,
      args,
      async (ref) => String(await waitForExit(client, ref, ctx.signal)),
      { sequential: true },
    );
  },
});
