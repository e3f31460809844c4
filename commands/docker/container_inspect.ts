/**
 * `docker container inspect --format {{.State.Status}} kind-control-plane`
 *
 * @module
 */
import { atLeast, defineCommand } from "../command.ts";
import type { FlagTable } from "../flags.ts";
import { inspectType } from "./inspect.ts";
import { FORMAT_USAGE } from "./list_flags.ts";

const flags = {
  format: { type: "string", short: "f", default: "", usage: FORMAT_USAGE },
  size: {
    type: "boolean",
    short: "s",
    usage: "Display total file sizes",
    ignored: "measuring sizes would read every disk",
  },
} satisfies FlagTable;

/** The command. */
export const command = defineCommand({
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  flags,
  args: atLeast(1),
  examples: ["container inspect kind-control-plane"],
  run: (ctx, { values, args }) =>
    inspectType(ctx, args, values.format, "container"),
});
