/**
 * `docker rmi -f IMAGE [IMAGE...]`
 *
 * @module
 */
import { atLeast, defineCommand } from "../command.ts";
import type { FlagTable } from "../flags.ts";
import { ExitError } from "../errors.ts";
import { printError } from "./each_container.ts";
import { imagePlaces } from "./image_places.ts";
import { ImageRemover, NoSuchImage } from "./image_remover.ts";

const flags = {
  force: {
    type: "boolean",
    short: "f",
    usage: "Force removal of the image",
  },
  "no-prune": {
    type: "boolean",
    usage: "Do not delete untagged parents",
    ignored: "no image is another's parent",
  },
} satisfies FlagTable;

/** The command. */
export const command = defineCommand({
  usage: "[OPTIONS] IMAGE [IMAGE...]",
  flags,
  args: atLeast(1),
  examples: ["rmi app:1", "rmi -f app:1 app:2"],
  async run(ctx, { values, args }) {
    const remover = await ImageRemover.open(await imagePlaces(ctx));
    const errors: unknown[] = [];
    try {
      for (const text of args) {
        try {
          const { untagged, deleted } = await remover.remove(
            text,
            values.force,
          );
          for (const one of untagged) await ctx.stdout.line(`Untagged: ${one}`);
          for (const one of deleted) await ctx.stdout.line(`Deleted: ${one}`);
        } catch (error) {
          errors.push(error);
        }
      }
    } finally {
      await remover.finish();
    }
    for (const error of errors) await printError(ctx, error);
    const fatal = errors.some((error) =>
      !values.force || !(error instanceof NoSuchImage)
    );
    if (fatal) throw new ExitError(1);
  },
});
