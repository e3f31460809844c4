import { parseImageReference } from "../docker/image_reference.ts";
import { DOCUMENT_LIMIT, referencesOf } from "./blob_references.ts";
import type { Descriptor } from "./manifest.ts";
import { inParallel } from "./parallel.ts";
import type { Platform } from "./platform.ts";
import { type BlobFate, pushBlob } from "./push_blob.ts";
import { partsOf, type PushParts } from "./push_parts.ts";
import { openForPush, type RegistryAccess } from "./registry_endpoints.ts";
import type { RegistryReference } from "./registry_reference.ts";
import { retrying, type RetryOptions } from "./registry_retry.ts";
import type { RegistryTransport } from "./registry_transport.ts";
import type { ImageStore } from "./store.ts";

/** Blobs at a time, as docker's daemon has it. */
const PARALLEL = 5;
/** A token names each repository that is mounted from. */
const MAX_MOUNTS = 3;

/** What a push tells of itself, in docker's words. */
export interface PushProgress {
  /** The first digits of the layer's digest as a plain archive. */
  layer: string;
  status: string;
  bytes?: { there: number; all: number };
}

/** How {@linkcode pushFromStore} goes about it. */
export interface PushOptions extends RegistryAccess, RetryOptions {
  /** Which image of an index counts that is not all there. */
  platform: Platform;
  onProgress?: (progress: PushProgress) => void;
}

/** What the tag stands for in the registry now. */
export interface PushedImage {
  digest: string;
  /** Bytes of the manifest or index. */
  size: number;
}

/**
 * Sends an image of the store to a registry, under a tag. Of an index all
 * images go if all of them are there; else only the one for the platform goes,
 * and the tag stands for its manifest.
 *
 * Rejects with a RegistryError, a StoreError, or the signal's reason.
 */
export async function pushFromStore(
  store: ImageStore,
  descriptor: Descriptor,
  reference: RegistryReference,
  options: PushOptions,
): Promise<PushedImage> {
  const parts = await partsOf(store, descriptor, options.platform);
  const mounts = await mountsFor(store, reference, parts);
  const { transport, name } = await openForPush(
    reference,
    options,
    [...new Set(mounts.values())].slice(0, MAX_MOUNTS),
  );
  await pushBlobs(store, transport, { parts, mounts, options });
  // What others refer to has to be there before them.
  const top = parts.manifests.at(-1)!;
  for (const one of parts.manifests) {
    const target = one === top ? name : one.digest;
    await putManifest(store, transport, one, target, options);
  }
  return { digest: top.digest, size: top.size };
}

async function pushBlobs(
  store: ImageStore,
  transport: RegistryTransport,
  { parts, mounts, options }: {
    parts: PushParts;
    mounts: Map<string, string>;
    options: PushOptions;
  },
): Promise<void> {
  const { labels } = parts;
  // Docker begins with the uppermost layer.
  const layers = parts.layers.toReversed();
  const tell = (
    { digest }: Descriptor,
    status: string,
    bytes?: { there: number; all: number },
  ) => {
    const layer = labels.get(digest);
    if (layer === undefined) return;
    options.onProgress?.({ layer, status, ...(bytes && { bytes }) });
  };
  for (const layer of layers) tell(layer, "Preparing");
  for (const layer of layers.slice(PARALLEL)) tell(layer, "Waiting");
  await inParallel(
    [...layers, ...parts.configs],
    PARALLEL,
    options.signal,
    async (blob, signal) => {
      const mountFrom = mounts.get(blob.digest);
      const fate = await pushBlob(store, transport, blob, {
        ...options,
        signal,
        mountFrom,
        onBytes: (there) => tell(blob, "Pushing", { there, all: blob.size }),
      });
      tell(blob, fateText(fate, mountFrom));
    },
  );
}

function fateText(fate: BlobFate, mountFrom = ""): string {
  switch (fate) {
    case "present":
      return "Layer already exists";
    case "mounted":
      return `Mounted from ${mountFrom}`;
    case "pushed":
      return "Pushed";
  }
}

async function putManifest(
  store: ImageStore,
  transport: RegistryTransport,
  { digest, mediaType }: Descriptor,
  name: string,
  options: RetryOptions,
): Promise<void> {
  const bytes = await store.readBlob(digest, DOCUMENT_LIMIT);
  await retrying(options, () =>
    transport.send({
      method: "PUT",
      to: `manifests/${name}`,
      headers: { "content-type": mediaType },
      body: () => bytes,
      expect: [200, 201, 202],
    }));
}

/** Repositories of the same registry that have a blob, by its digest. */
async function mountsFor(
  store: ImageStore,
  { registry, repository }: RegistryReference,
  { layers }: PushParts,
): Promise<Map<string, string>> {
  const mounts = new Map<string, string>();
  for (const { name, descriptor, pulled } of await store.list()) {
    if (!pulled || name === "") continue;
    const other = parseImageReference(name);
    if (other.registry !== registry || other.repository === repository) {
      continue;
    }
    const digests = new Set<string>();
    await referencesOf(store, descriptor, digests);
    for (const { digest } of layers) {
      if (digests.has(digest)) mounts.set(digest, other.repository);
    }
  }
  return mounts;
}
