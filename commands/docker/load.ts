/**
 * `docker load -i images.tar`, and the archives that users make by hand.
 *
 * @module
 */
import {
  familiarReference,
  parseImageReference,
} from "../../docker/image_reference.ts";
import { readAhead } from "../../images/archive_input.ts";
import { loadArchive, type LoadedImage } from "../../images/load_archive.ts";
import { ImageStore, storeFolder } from "../../images/store.ts";
import { machinePlatform } from "../../modes/local_images.ts";
import { defineCommand, exactly } from "../command.ts";
import type { Context } from "../context.ts";
import type { FlagTable } from "../flags.ts";
import { openInput } from "./input_file.ts";

const flags = {
  input: {
    type: "string",
    short: "i",
    default: "",
    usage: "Read from tar archive file, instead of STDIN",
  },
  // There is no progress to suppress.
  quiet: { type: "boolean", short: "q", usage: "Suppress the load output" },
} satisfies FlagTable;

/** The command. The server is not asked: images go to it when they are run. */
export const command = defineCommand({
  usage: "[OPTIONS]",
  flags,
  args: exactly(0),
  examples: ["load -i busybox.tar"],
  async run(ctx, { values: { input } }) {
    if (input === "" && ctx.stdin.isTerminal()) {
      throw new Error("requested load from stdin, but stdin is empty");
    }
    const file = input === "" ? undefined : await openInput(input);
    try {
      const folder = storeFolder((name) => ctx.env(name));
      if (folder === undefined) {
        throw new Error(
          "Cannot load images: there is no folder for them; set KINI_CACHE " +
            "to one, or unset it and set HOME",
        );
      }
      const images = await loadArchive(
        await ImageStore.open(folder),
        readAhead(
          (buffer) => (file ?? ctx.stdin).read(buffer),
          ctx.signal,
        ),
        { platform: machinePlatform(), now: () => ctx.now() },
      );
      for (const image of images) await report(ctx, image);
      // Docker's answer to an empty list.
      if (images.length === 0) await ctx.stdout.line("");
    } finally {
      file?.close();
    }
  },
});

async function report(ctx: Context, { id, names }: LoadedImage): Promise<void> {
  if (names.length === 0) {
    return await ctx.stdout.line(`Loaded image ID: ${id}`);
  }
  for (const { name, previous } of names) {
    const shown = familiarReference(parseImageReference(name));
    if (previous !== undefined) {
      await ctx.stdout.line(
        `The image ${shown} already exists, renaming the old one with ID ${previous} to empty string`,
      );
    }
    await ctx.stdout.line(`Loaded image: ${shown}`);
  }
}
