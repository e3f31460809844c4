/**
 * The store's images as data.
 *
 * @module
 */
import {
  type ImageReference,
  parseImageReference,
} from "../docker/image_reference.ts";
import {
  DOCUMENT_LIMIT,
  isManifestType,
  readManifest,
} from "./blob_references.ts";
import {
  type ConfigBlob,
  type ImageConfig,
  parseConfigBlob,
} from "./image_config.ts";
import {
  diffIdsOf,
  type HistoryEntry,
  historyOf,
  remarksOf,
} from "./image_history.ts";
import type { Descriptor, Manifest } from "./manifest.ts";
import { choosePlatform, type Platform } from "./platform.ts";
import { BlobMissingError, type ImageStore } from "./store.ts";

export { diffIdsOf, type HistoryEntry } from "./image_history.ts";

/** A name of an image in the store. */
export interface StoreImageName {
  /** The full form; empty when the image has no name. */
  name: string;
  /** Of the index or the manifest that the name stands for. */
  digest: string;
  pulled: boolean;
  tagged: string;
}

/** An image of the store, for one platform. */
export interface StoredImageInfo {
  /** Docker's: the config's digest. */
  id: string;
  manifestDigest: string;
  manifest: Manifest;
  /** The newest last. */
  names: StoreImageName[];
  config: ImageConfig;
  platform: Platform;
  /** RFC 3339, as the image has it. */
  created: string | undefined;
  history: HistoryEntry[];
  author: string;
  comment: string;
  diffIds: string[];
  layers: Descriptor[];
  /** The layers as they are in the store, bytes. */
  size: number;
  /** All layers are there. */
  complete: boolean;
}

/**
 * All images: of an index the one for `platform`, else its first that is
 * complete. Images of one ID are one, with all their names.
 */
export async function listStoreImages(
  store: ImageStore,
  platform: Platform,
): Promise<StoredImageInfo[]> {
  const images = new Map<string, StoredImageInfo>();
  for (const { name, descriptor, pulled, tagged } of await store.list()) {
    const found = await imageOf(store, descriptor, platform);
    if (!found) continue;
    const known = images.get(found.id);
    const image = known?.complete || !found.complete ? known ?? found : found;
    image.names = known?.names ?? [];
    image.names.push({ name, digest: descriptor.digest, pulled, tagged });
    images.set(found.id, image);
  }
  for (const { names } of images.values()) {
    names.sort((a, b) => a.tagged < b.tagged ? -1 : 1);
  }
  return [...images.values()];
}

/**
 * The image that a full reference with tag or digest names.
 *
 * With a digest the tag doesn't count, as with docker.
 */
export async function findStoreImage(
  store: ImageStore,
  reference: ImageReference,
  platform: Platform,
): Promise<StoredImageInfo | undefined> {
  const images = await listStoreImages(store, platform);
  return images.find(({ names }) =>
    names.some((one) => one.name !== "" && isNamed(one, reference))
  );
}

/**
 * The image with an ID.
 *
 * @param digits the first of its hexadecimal digits, or all; undefined is
 * returned when several images have them.
 */
export async function findStoreImageById(
  store: ImageStore,
  digits: string,
  platform: Platform,
): Promise<StoredImageInfo | undefined> {
  const found = (await listStoreImages(store, platform))
    .filter(({ id }) => id.startsWith(`sha256:${digits}`));
  return found.length === 1 ? found[0] : undefined;
}

/**
 * The image of an index or a manifest for a platform; undefined when it has
 * none of which manifest and config are there.
 */
export async function imageOf(
  store: ImageStore,
  descriptor: Descriptor,
  platform: Platform,
): Promise<StoredImageInfo | undefined> {
  const manifest = await readIfThere(store, descriptor);
  if (!manifest) return undefined;
  if (manifest.kind === "manifest") {
    return await describe(store, descriptor, manifest);
  }
  const children = manifest.manifests.filter(({ mediaType, platform }) =>
    isManifestType(mediaType) && platform?.os !== "unknown"
  );
  const best = choosePlatform(children, platform);
  let incomplete: StoredImageInfo | undefined;
  for (const child of best ? [best, ...children] : children) {
    const image = await imageOf(store, child, platform);
    if (image?.complete) return image;
    incomplete ??= image;
  }
  return incomplete;
}

async function describe(
  store: ImageStore,
  { digest }: Descriptor,
  manifest: Manifest,
): Promise<StoredImageInfo | undefined> {
  let blob: unknown;
  try {
    const bytes = await store.readBlob(manifest.config.digest, DOCUMENT_LIMIT);
    blob = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    if (error instanceof BlobMissingError) return undefined;
    throw error;
  }
  const facts: ConfigBlob = parseConfigBlob(blob);
  const there = await Promise.all(
    manifest.layers.map((layer) => store.hasBlob(layer.digest)),
  );
  return {
    id: manifest.config.digest,
    manifestDigest: digest,
    manifest,
    names: [],
    ...facts,
    history: historyOf(blob),
    ...remarksOf(blob),
    diffIds: diffIdsOf(blob),
    layers: manifest.layers,
    size: manifest.layers.reduce((sum, { size }) => sum + size, 0),
    complete: there.every(Boolean),
  };
}

async function readIfThere(store: ImageStore, descriptor: Descriptor) {
  try {
    return await readManifest(store, descriptor);
  } catch (error) {
    if (error instanceof BlobMissingError) return undefined;
    throw error;
  }
}

function isNamed(stored: StoreImageName, wanted: ImageReference): boolean {
  const one = parseImageReference(stored.name);
  if (
    one.registry !== wanted.registry || one.repository !== wanted.repository
  ) return false;
  if (wanted.digest === undefined) return one.tag === wanted.tag;
  return one.digest === wanted.digest ||
    (stored.pulled && stored.digest === wanted.digest);
}
