/**
 * `docker image inspect -f {{ .Id }} IMAGE`
 *
 * @module
 */
import { atLeast, defineCommand } from "../command.ts";
import type { FlagTable } from "../flags.ts";
import { inspectType } from "./inspect.ts";
import { FORMAT_USAGE } from "./list_flags.ts";

const flags = {
  format: { type: "string", short: "f", default: "", usage: FORMAT_USAGE },
} satisfies FlagTable;

/** The command. */
export const command = defineCommand({
  usage: "[OPTIONS] IMAGE [IMAGE...]",
  flags,
  args: atLeast(1),
  examples: ['image inspect -f "{{.Id}}" nginx'],
  run: (ctx, { values, args }) =>
    inspectType(ctx, args, values.format, "image"),
});
