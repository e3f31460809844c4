import { formatPlatform, type Platform } from "./platform.ts";
import {
  DOCUMENT_LIMIT,
  isManifestType,
  readManifest,
} from "./blob_references.ts";
import type { Descriptor } from "./manifest.ts";
import { shortDigest } from "./registry_layers.ts";
import { type ImageStore, StoreError } from "./store.ts";
import { imageOf, type StoredImageInfo } from "./store_images.ts";

/** All that goes to a registry with an image. */
export interface PushParts {
  /** What is referred to comes before what refers to it; the last is the image. */
  manifests: Descriptor[];
  configs: Descriptor[];
  /** The lowest first, each once. */
  layers: Descriptor[];
  /** How docker shows a layer, by its digest: by the archive that it unpacks to. */
  labels: Map<string, string>;
}

/**
 * What to send for an image: an index with all that it names, if all of it is
 * there, and else the one image for the platform.
 *
 * @throws {StoreError} when that one is not all there either.
 */
export async function partsOf(
  store: ImageStore,
  descriptor: Descriptor,
  platform: Platform,
): Promise<PushParts> {
  const whole = emptyParts();
  if (await addAll(store, descriptor, platform, whole)) return whole;
  const image = await imageOf(store, descriptor, platform);
  if (!image?.complete) {
    throw new StoreError(
      `The image is not complete for ${formatPlatform(platform)} in the ` +
        "store: pull or load it again",
    );
  }
  const parts = emptyParts();
  addImage(image, parts);
  const { manifestDigest: digest, manifest: { mediaType } } = image;
  const { length: size } = await store.readBlob(digest, DOCUMENT_LIMIT);
  parts.manifests.push({ mediaType, digest, size });
  return parts;
}

function emptyParts(): PushParts {
  return { manifests: [], configs: [], layers: [], labels: new Map() };
}

/** Adds what a descriptor leads to; false when something of it is not there. */
async function addAll(
  store: ImageStore,
  descriptor: Descriptor,
  platform: Platform,
  parts: PushParts,
): Promise<boolean> {
  if (!isManifestType(descriptor.mediaType)) return false;
  if (!await store.hasBlob(descriptor.digest)) return false;
  const manifest = await readManifest(store, descriptor);
  if (manifest.kind === "index") {
    for (const child of manifest.manifests) {
      if (!await addAll(store, child, platform, parts)) return false;
    }
  } else {
    const image = await imageOf(store, descriptor, platform);
    if (!image?.complete) return false;
    addImage(image, parts);
  }
  const { mediaType, digest, size } = descriptor;
  if (!parts.manifests.some((one) => one.digest === digest)) {
    parts.manifests.push({ mediaType, digest, size });
  }
  return true;
}

function addImage(
  { manifest, layers, diffIds }: StoredImageInfo,
  parts: PushParts,
) {
  const add = (list: Descriptor[], one: Descriptor) => {
    if (!list.some(({ digest }) => digest === one.digest)) list.push(one);
  };
  add(parts.configs, manifest.config);
  layers.forEach((layer, i) => {
    add(parts.layers, layer);
    parts.labels.set(layer.digest, shortDigest(diffIds[i] ?? layer.digest));
  });
}
