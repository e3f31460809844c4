/**
 * `kini version`
 *
 * @module
 */
import { defineCommand, exactly } from "../command.ts";
import { VERSION } from "../version.ts";

/** Prints kini's version. */
export const command = defineCommand({
  usage: "",
  args: exactly(0),
  flags: {},
  async run(ctx) {
    await ctx.stdout.line(`kini ${VERSION}`);
  },
});
