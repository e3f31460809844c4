/**
 * `kini version`
 *
 * @module
 */
import { defineCommand, exactly } from "../command.ts";
import type { FlagTable } from "../flags.ts";
import { COMMIT, DOCKER_CLI_VERSION, VERSION } from "../version.ts";

const flags = {
  json: { type: "boolean", usage: "Print it as JSON" },
} satisfies FlagTable;

/** Prints kini's version; no server is asked. */
export const command = defineCommand({
  usage: "[OPTIONS]",
  args: exactly(0),
  flags,
  details:
    "The JSON has the commit it was built from, and the docker that it " +
    "answers as.",
  examples: ["version", "version --json"],
  async run(ctx, { values: { json } }) {
    if (!json) return await ctx.stdout.line(`kini ${VERSION}`);
    await ctx.stdout.line(JSON.stringify({
      kini: VERSION,
      commit: COMMIT || null,
      // What `docker --version` says, and kind reads.
      docker: DOCKER_CLI_VERSION,
      os: Deno.build.os,
      arch: Deno.build.arch,
      deno: Deno.version.deno,
    }));
  },
});
