/**
 * Names of images, and images, that go from both places.
 *
 * @module
 */
import {
  formatImageReference,
  parseImageReference,
} from "../docker/image_reference.ts";
import type { RemovalPlan } from "../docker/image_removal.ts";
import type { StoredName } from "../images/store.ts";
import type { IncusClient } from "../incus/client.ts";
import { isNotFound } from "../incus/errors.ts";
import {
  deleteImage,
  deleteImageAlias,
  getImage,
  putImageAlias,
} from "../incus/images.ts";
import type { Image } from "../incus/types.ts";
import type { PlacedImage } from "./docker_images.ts";
import type { ImagePlaces } from "./image_places.ts";
import { type AliasedImage, keepUnnamed } from "./images.ts";

/**
 * Takes the names of a plan from an image, and removes the image if that is
 * planned. An older image that has one of these names in one place, where it
 * does not count any more, loses it too: or else it would have it back.
 *
 * The local store keeps the bytes until it is collected.
 *
 * @returns bytes that the server has got back.
 */
export async function removeFromPlaces(
  { client, folder }: ImagePlaces,
  placed: PlacedImage,
  plan: RemovalPlan,
  all: readonly PlacedImage[],
): Promise<number> {
  const gone = new Set(plan.untagged.map(formatImageReference));
  for (const other of all) {
    if (other !== placed) await loseTags(client, other.aliases, gone);
  }
  if (folder !== undefined) await removeLocally(folder, placed, gone, plan);
  if (plan.deleted) return await removeAliases(client, placed.aliases);
  for (const alias of placed.aliases) await takeNames(client, alias, gone);
  const [alias] = placed.aliases;
  if (alias) {
    await keepUnnamed(client, alias, {
      asDigest: false,
      orRemove: placed.image.stored.local !== undefined,
    });
  }
  return 0;
}

async function loseTags(
  client: IncusClient,
  aliases: readonly AliasedImage[],
  gone: ReadonlySet<string>,
): Promise<void> {
  for (const alias of aliases) {
    const { reference } = alias.note;
    if (reference.includes("@") || !gone.has(reference)) continue;
    await deleteImageAlias(client, alias.alias);
    await keepUnnamed(client, alias);
  }
}

async function takeNames(
  client: IncusClient,
  { alias, fingerprint, note }: AliasedImage,
  gone: ReadonlySet<string>,
): Promise<void> {
  if (gone.has(note.reference)) return await deleteImageAlias(client, alias);
  if (!note.digest || !gone.has(byDigest(note.reference, note.digest))) return;
  await putImageAlias(client, {
    name: alias,
    target: fingerprint,
    description: JSON.stringify({ ...note, digest: "" }),
  });
}

/** Removes all that has no alias of somebody else. */
async function removeAliases(
  client: IncusClient,
  aliases: readonly AliasedImage[],
): Promise<number> {
  let bytes = 0;
  for (const { alias } of aliases) await deleteImageAlias(client, alias);
  for (const fingerprint of new Set(aliases.map((one) => one.fingerprint))) {
    const image = await imageOrNothing(client, fingerprint);
    if (!image || (image.aliases ?? []).length > 0) continue;
    await deleteImage(client, fingerprint);
    bytes += image.size;
  }
  return bytes;
}

async function imageOrNothing(
  client: IncusClient,
  fingerprint: string,
): Promise<Image | undefined> {
  try {
    return await getImage(client, fingerprint);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

async function removeLocally(
  folder: string,
  { names }: PlacedImage,
  gone: ReadonlySet<string>,
  { deleted }: RemovalPlan,
): Promise<void> {
  const { ImageStore } = await import("../images/store.ts");
  const store = await ImageStore.find(folder);
  if (!store) return;
  const { withoutNames } = await import("../images/store_untag.ts");
  const isOwn = ({ name, descriptor }: StoredName) =>
    names.some((one) => one.name === name && one.digest === descriptor.digest);
  await store.change((entries) => {
    const kept = deleted ? entries.filter((one) => !isOwn(one)) : entries;
    return withoutNames(kept, ({ name }) => name !== "" && gone.has(name))
      .map((one) =>
        one.pulled && one.name !== "" &&
          gone.has(byDigest(one.name, one.descriptor.digest))
          ? { ...one, pulled: false }
          : one
      );
  });
}

/** Gives the local store's bytes back that no name leads to any more. */
export async function collectLocally(
  { folder }: ImagePlaces,
): Promise<number> {
  if (folder === undefined) return 0;
  const { ImageStore } = await import("../images/store.ts");
  const store = await ImageStore.find(folder);
  return store ? (await store.collect()).bytes : 0;
}

/** The same name with a digest for its tag. */
function byDigest(name: string, digest: string): string {
  if (name === "") return "";
  const { registry, repository } = parseImageReference(name);
  return formatImageReference({ registry, repository, digest });
}
