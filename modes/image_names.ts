/**
 * Which image a name means that both places know.
 *
 * @module
 */
import {
  formatImageReference,
  type ImageReference,
  parseImageReference,
} from "../docker/image_reference.ts";
import type { DockerImage } from "../docker/image_view.ts";
import type { StoreImageName } from "../images/store_images.ts";
import type { AliasedImage } from "./images.ts";

/** An image, and under which names each place has it. */
export interface PlacedImage {
  image: DockerImage;
  /** Also those whose name means another image by now. */
  aliases: AliasedImage[];
  /** Those of the local store, likewise. */
  names: StoreImageName[];
  /** Sizes of what it takes in both places; what images share has one key. */
  bytes: Map<string, number>;
}

/** One name of an image, with or without the digest that it stood for. */
interface GivenName {
  to: PlacedImage;
  reference: ImageReference;
  tagged: string;
  byRegistry: boolean;
}

/** Gives each image its references: a tag belongs to the image that got it last. */
export function giveNames(images: readonly PlacedImage[]): void {
  const owners = new Map<string, GivenName>();
  const digests: GivenName[] = [];
  for (const to of images) {
    to.image.references = [];
    for (const given of namesGiven(to)) {
      const text = formatImageReference(given.reference);
      const owner = owners.get(text);
      if (given.reference.digest !== undefined) digests.push(given);
      else if (!owner || owner.tagged < given.tagged) owners.set(text, given);
    }
  }
  for (const { to, reference, tagged, byRegistry } of owners.values()) {
    to.image.references.push(reference);
    if (!byRegistry && tagged > to.image.lastTagged) {
      to.image.lastTagged = tagged;
    }
  }
  for (const { to, reference } of digests) to.image.references.push(reference);
  for (const { image } of images) {
    image.references = sortedReferences(image.references);
  }
}

function namesGiven(placed: PlacedImage): GivenName[] {
  const server = placed.aliases.flatMap(({ note }) =>
    referencesFrom(note.reference, note.digest !== "", note.digest)
      .map((reference) => ({
        to: placed,
        reference,
        tagged: note.tagged ?? "",
        byRegistry: note.digest !== "",
      }))
  );
  const local = placed.names.flatMap(({ name, pulled, digest, tagged }) =>
    referencesFrom(name, pulled, digest)
      .map((reference) => ({
        to: placed,
        reference,
        tagged,
        byRegistry: pulled,
      }))
  );
  return [...server, ...local];
}

/** A name with a tag, and the same with the digest that it stood for. */
export function referencesFrom(
  name: string,
  byRegistry: boolean,
  digest: string,
): ImageReference[] {
  if (name === "") return [];
  const { registry, repository, tag, digest: own } = parseImageReference(name);
  const names: ImageReference[] = [];
  if (tag !== undefined) names.push({ registry, repository, tag });
  const sum = own ?? (byRegistry ? digest : undefined);
  if (sum) names.push({ registry, repository, digest: sum });
  return names;
}

/** In the order of their text, each once, as docker keeps them. */
function sortedReferences(
  references: readonly ImageReference[],
): ImageReference[] {
  const byText = new Map(
    references.map((one) => [formatImageReference(one), one]),
  );
  return [...byText].sort(([a], [b]) => a < b ? -1 : 1).map(([, one]) => one);
}
