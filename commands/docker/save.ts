/**
 * `docker save -o /tmp/images-tar123/images.tar IMAGE...`, as kind calls it.
 *
 * @module
 */
import {
  type ImageReference,
  parseImageReference,
} from "../../docker/image_reference.ts";
import type { Platform } from "../../images/platform.ts";
import {
  type ImageToSave,
  saveArchive,
  type WriteBytes,
} from "../../images/save_archive.ts";
import type { ImageStore } from "../../images/store.ts";
import {
  findAmong,
  listPlacedImages,
  type PlacedImage,
} from "../../modes/docker_images.ts";
import { atLeast, defineCommand } from "../command.ts";
import { DaemonError } from "../errors.ts";
import type { FlagTable } from "../flags.ts";
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
    const chosen = choose(await listPlacedImages(await imagePlaces(ctx)), args);
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

/** An image, and which of its names were asked for. */
interface Chosen {
  placed: PlacedImage;
  names: ImageReference[];
}

/** The images behind the arguments, each once; a repository alone means all its tags. */
function choose(
  images: readonly PlacedImage[],
  args: readonly string[],
): Chosen[] {
  const chosen = new Map<PlacedImage, Map<string, ImageReference>>();
  const add = (placed: PlacedImage, reference?: ImageReference) => {
    const names = chosen.get(placed) ?? new Map<string, ImageReference>();
    chosen.set(placed, names);
    if (reference?.tag !== undefined && reference.digest === undefined) {
      names.set(
        `${reference.registry}/${reference.repository}:${reference.tag}`,
        reference,
      );
    }
  };
  for (const text of args) {
    const reference = referenceOf(text);
    const all = reference && nameOnly(reference)
      ? tagsOf(images, reference)
      : [];
    for (const one of all) add(one.placed, one.reference);
    if (all.length > 0) continue;
    const placed = find(images, text);
    if (!placed) {
      throw new DaemonError(
        reference && !nameOnly(reference)
          ? "reference does not exist"
          : `No such image: ${text}`,
      );
    }
    add(placed, reference);
  }
  return [...chosen].map(([placed, names]) => ({
    placed,
    names: [...names].sort(([a], [b]) => a < b ? -1 : 1)
      .map(([, reference]) => reference),
  }));
}

function find(
  images: readonly PlacedImage[],
  text: string,
): PlacedImage | undefined {
  try {
    return findAmong(images, text);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new DaemonError(cause.message, { cause });
  }
}

/** Undefined for what can only be an ID. */
function referenceOf(text: string): ImageReference | undefined {
  if (/^(?:sha256:[0-9a-f]*|[0-9a-f]{64})$/.test(text)) return undefined;
  try {
    return parseImageReference(text);
  } catch (cause) {
    throw new DaemonError((cause as Error).message, { cause });
  }
}

function nameOnly({ tag, digest }: ImageReference): boolean {
  return tag === undefined && digest === undefined;
}

function tagsOf(
  images: readonly PlacedImage[],
  { registry, repository }: ImageReference,
): { placed: PlacedImage; reference: ImageReference }[] {
  return images.flatMap((placed) =>
    placed.image.references.filter((one) =>
      one.tag !== undefined && one.registry === registry &&
      one.repository === repository
    ).map((reference) => ({ placed, reference }))
  );
}

function parsePlatform(text: string): Platform {
  const [os = "", architecture = "", variant, ...rest] = text.split("/");
  if (!os || !architecture || rest.length > 0) {
    throw new DaemonError(
      `"${text}" is an invalid platform: use "linux/amd64" and the like`,
    );
  }
  return { os, architecture, ...(variant && { variant }) };
}
