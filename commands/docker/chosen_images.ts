/**
 * The images that a command line names, as `docker save` understands it.
 *
 * @module
 */
import {
  type ImageReference,
  parseImageReference,
} from "../../docker/image_reference.ts";
import { findAmong, type PlacedImage } from "../../modes/docker_images.ts";
import { DaemonError } from "../errors.ts";

/** An image, and which of its names were asked for. */
export interface ChosenImage {
  placed: PlacedImage;
  names: ImageReference[];
}

/**
 * The images behind the arguments, each once; a repository alone means all its
 * tags.
 *
 * @throws {DaemonError} With docker's text, for one that isn't there.
 */
export function chooseImages(
  images: readonly PlacedImage[],
  args: readonly string[],
): ChosenImage[] {
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
