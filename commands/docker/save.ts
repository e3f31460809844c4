/**
 * `docker save -o /tmp/images-tar123/images.tar IMAGE...`, as kind calls it.
 *
 * @module
 */
import type { Platform } from "../../images/platform.ts";
import {
  type ImageToSave,
  saveArchive,
  type WriteBytes,
} from "../../images/save_archive.ts";
import type { ImageStore } from "../../images/store.ts";
import { listPlacedImages } from "../../modes/docker_images.ts";
import { atLeast, defineCommand } from "../command.ts";
import { DaemonError } from "../errors.ts";
import type { FlagTable } from "../flags.ts";
import { chooseImages } from "./chosen_images.ts";
import { ensureInStore } from "./image_bytes.ts";
import { imagePlaces } from "./image_places.ts";
import { checkOutputPath, writeOutput } from "./output_file.ts";

const flags = {
  output: {
    type: "string",
    short: "o",
    default: "",
    usage: "Write to a file, instead of STDOUT",
  },
  platform: {
    type: "string",
    default: "",
    usage:
      'Save only the given platform variant. Formatted as "os[/arch[/variant]]" (e.g., "linux/amd64")',
  },
} satisfies FlagTable;

/** The command. */
export const command = defineCommand({
  usage: "[OPTIONS] IMAGE [IMAGE...]",
  flags,
  args: atLeast(1),
  examples: ["save -o busybox.tar busybox:1.37"],
  async run(ctx, { values, args }) {
    const { output } = values;
    const platform = values.platform === ""
      ? undefined
      : parsePlatform(values.platform);
    if (output === "" && ctx.stdout.isTerminal()) {
      throw new Error(
        "cowardly refusing to save to a terminal. Use the -o flag or redirect",
      );
    }
    if (output !== "") {
      try {
        await checkOutputPath(output);
      } catch (cause) {
        const { message } = cause as Error;
        throw new Error(`failed to save image: ${message}`, { cause });
      }
    }
    const chosen = chooseImages(
      await listPlacedImages(await imagePlaces(ctx)),
      args,
    );
    let store: ImageStore | undefined;
    const images: ImageToSave[] = [];
    for (const { placed, names } of chosen) {
      const bytes = await ensureInStore(ctx, placed, platform);
      store = bytes.store;
      const { manifest, manifestDigest, layers } = bytes.info;
      const { size } = await Deno.stat(store.blobPath(manifestDigest));
      images.push({
        manifest: {
          mediaType: manifest.mediaType,
          digest: manifestDigest,
          size,
        },
        config: manifest.config,
        layers,
        platform: bytes.info.platform,
        names,
      });
    }
    const save = (write: WriteBytes) =>
      saveArchive(store!, images, write, ctx.signal);
    if (output === "") await save((bytes) => ctx.stdout.write(bytes));
    else await writeOutput(output, save);
  },
});

function parsePlatform(text: string): Platform {
  const [os = "", architecture = "", variant, ...rest] = text.split("/");
  if (!os || !architecture || rest.length > 0) {
    throw new DaemonError(
      `"${text}" is an invalid platform: use "linux/amd64" and the like`,
    );
  }
  return { os, architecture, ...(variant && { variant }) };
}
