/**
 * `docker kill [-s SIGNAL] NAME [NAME...]`
 *
 * @module
 */
import { killContainer } from "../../modes/stop.ts";
import { atLeast, defineCommand } from "../command.ts";
import { DaemonError } from "../errors.ts";
import { forEachContainer, withPrefix } from "./each_container.ts";
import { readSignal } from "./stop_flags.ts";

/** `docker kill`. */
export const command = defineCommand({
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  flags: {
    signal: {
      type: "string",
      short: "s",
      default: "",
      usage: "Signal to send to the container",
    },
  },
  args: atLeast(1),
  examples: ["kill -s HUP web"],
  async run(ctx, { values, args }) {
    const client = await ctx.incus();
    await forEachContainer(ctx, args, async (ref) => {
      const prefix = `cannot kill container: ${ref}: `;
      try {
        const number = readSignal(values.signal || "KILL");
        await killContainer(client, ref, number, ctx.signal);
      } catch (error) {
        if (error instanceof DaemonError) {
          throw new DaemonError(`${prefix}${error.message}`, { cause: error });
        }
        throw withPrefix(prefix, error);
      }
    });
  },
});
