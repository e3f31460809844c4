/**
 * `docker network inspect bridge -f {{ index .Options "com.docker.network.driver.mtu" }}`
 *
 * @module
 */
import { atLeast, defineCommand } from "../command.ts";
import type { FlagTable } from "../flags.ts";
import { inspectType } from "./inspect.ts";
import { FORMAT_USAGE } from "./list_flags.ts";

const flags = {
  format: { type: "string", short: "f", default: "", usage: FORMAT_USAGE },
  verbose: {
    type: "boolean",
    short: "v",
    usage: "Verbose output for diagnostics",
    ignored: "it adds facts about swarm services",
  },
} satisfies FlagTable;

/** The command. */
export const command = defineCommand({
  usage: "[OPTIONS] NETWORK [NETWORK...]",
  flags,
  args: atLeast(1),
  examples: ["network inspect kind"],
  run: (ctx, { values, args }) =>
    inspectType(ctx, args, values.format, "network"),
});
