/**
 * `docker restart [-t SECONDS] NAME [NAME...]`
 *
 * @module
 */
import { stopContainer } from "../../modes/stop.ts";
import { atLeast, defineCommand } from "../command.ts";
import { forEachContainer } from "./each_container.ts";
import { startOne } from "./start_container.ts";
import { stopFlags, stopOptions } from "./stop_flags.ts";

/** `docker restart`. */
export const command = defineCommand({
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  flags: stopFlags,
  args: atLeast(1),
  examples: ["restart kind-control-plane"],
  async run(ctx, { values, args }) {
    const client = await ctx.incus();
    const options = { ...stopOptions(ctx, values), keep: true };
    await forEachContainer(ctx, args, async (ref) => {
      await stopContainer(client, ref, options);
      await startOne(ctx, client, ref);
    }, { sequential: true });
  },
});
