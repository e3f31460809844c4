import { formatImageReference } from "../docker/image_reference.ts";
import type { Descriptor, Index, Manifest } from "./manifest.ts";
import { inParallel } from "./parallel.ts";
import { pullBlob } from "./pull_blob.ts";
import {
  type Fetched,
  getConfig,
  getImage,
  type ResolveOptions,
} from "./registry_client.ts";
import { atEndpoints, type OpenRepository } from "./registry_endpoints.ts";
import { RegistryError } from "./registry_error.ts";
import type { Platform } from "./platform.ts";
import { layerProblem, shortDigest } from "./registry_layers.ts";
import {
  checkReference,
  type RegistryReference,
} from "./registry_reference.ts";
import { retrying, type RetryOptions } from "./registry_retry.ts";
import type { ImageStore, Ingest, StoredName } from "./store.ts";

/** Layers at a time, as docker's daemon has it. */
const PARALLEL = 3;

/** What a pull tells of itself while it goes on. */
export type PullProgress =
  /** The registry has answered: there is such an image. */
  | { kind: "found"; digest: string }
  /** In docker's words; bytes only while they come. */
  | {
    kind: "layer";
    /** The first digits of its digest. */
    layer: string;
    status: string;
    bytes?: { there: number; all: number };
  };

/** How {@linkcode pullToStore} goes about it. */
export interface PullOptions extends ResolveOptions, RetryOptions {
  onProgress?: (progress: PullProgress) => void;
  now?: () => Date;
}

/** What came of a pull. */
export interface PulledImage {
  /** What the name stands for now: an index, or the manifest. */
  descriptor: Descriptor;
  /** Docker's id of the image for the platform. */
  id: string;
  /** What the image says it is for. */
  platform: Platform;
  /** False when the name stood for the same image before. */
  fresh: boolean;
}

/**
 * Fetches an image into the local store and gives it its name there. All of it
 * is checked against its digests; blobs that the store has are not fetched.
 * What had come when a pull fails is there for the next one.
 *
 * Rejects with a {@linkcode RegistryError}, a StoreError, or the signal's
 * reason.
 */
export async function pullToStore(
  store: ImageStore,
  reference: RegistryReference,
  options: PullOptions,
): Promise<PulledImage> {
  return await atEndpoints(reference, options, async (repository) => {
    const ingest = await store.ingest();
    try {
      const image = await fetchImage(ingest, repository, options);
      await ingest.commit();
      const fresh = await nameImage(
        store,
        reference,
        image.descriptor,
        options,
      );
      return { ...image, fresh };
    } catch (error) {
      // What came whole need not come again; why it failed counts for more.
      await ingest.commit().catch(() => {});
      throw error;
    } finally {
      await ingest.close();
    }
  });
}

async function fetchImage(
  ingest: Ingest,
  { transport, name }: OpenRepository,
  options: PullOptions,
): Promise<Omit<PulledImage, "fresh">> {
  const { top, indexes, image } = await retrying(
    options,
    () => getImage(transport, name, options.platform),
  );
  const problem = layerProblem(image.content);
  if (problem) {
    throw new RegistryError({
      kind: "invalid-content",
      method: "GET",
      url: image.answer.url,
      status: image.answer.status,
      text: problem,
    });
  }
  options.onProgress?.({ kind: "found", digest: top.digest });
  const config = await retrying(options, () => getConfig(transport, image));
  const known = await ingest.has(image.content.config.digest);
  await fetchLayers(ingest, {
    transport,
    image: image.content,
    known,
    options,
  });
  await keep(ingest, config.bytes, image.content.config.digest);
  const documents: Fetched<Index | Manifest>[] = [image, ...indexes];
  for (const { answer, digest } of documents) {
    await keep(ingest, answer.bytes, digest);
  }
  return {
    descriptor: {
      mediaType: top.content.mediaType,
      digest: top.digest,
      size: top.answer.bytes.length,
    },
    id: image.content.config.digest,
    platform: config.blob.platform,
  };
}

async function keep(
  ingest: Ingest,
  bytes: Uint8Array,
  digest: string,
): Promise<void> {
  if (!await ingest.has(digest)) await ingest.writeBlob(bytes, { digest });
}

async function fetchLayers(
  ingest: Ingest,
  { transport, image, known, options }: {
    transport: OpenRepository["transport"];
    image: Manifest;
    /** The image was there before: what is there of it needs no line. */
    known: boolean;
    options: PullOptions;
  },
): Promise<void> {
  const layers = [
    ...new Map(image.layers.map((one) => [one.digest, one])).values(),
  ];
  const there = new Set<string>();
  for (const { digest } of layers) {
    if (await ingest.has(digest)) there.add(digest);
  }
  const tell = (
    { digest }: Descriptor,
    status: string,
    bytes?: { there: number; all: number },
  ) =>
    options.onProgress?.({
      kind: "layer",
      layer: shortDigest(digest),
      status,
      ...(bytes && { bytes }),
    });
  if (there.size < layers.length || !known) {
    for (const layer of layers) {
      tell(
        layer,
        there.has(layer.digest) ? "Already exists" : "Pulling fs layer",
      );
    }
  }
  const missing = layers.filter(({ digest }) => !there.has(digest));
  for (const layer of missing.slice(PARALLEL)) tell(layer, "Waiting");
  const done = new Set<string>();
  let shown = 0;
  await inParallel(missing, PARALLEL, options.signal, async (layer, signal) => {
    await pullBlob(ingest, transport, layer, {
      ...options,
      signal,
      onBytes: (count) => {
        const bytes = { there: count, all: layer.size };
        tell(layer, "Downloading", bytes);
        if (count === layer.size) tell(layer, "Verifying Checksum");
      },
    });
    tell(layer, "Download complete");
    done.add(layer.digest);
    // Docker unpacks from the lowest layer up.
    for (let next; (next = missing[shown]) && done.has(next.digest); shown++) {
      tell(next, "Pull complete");
    }
  });
}

/** Gives the image its name; false when it had it. */
async function nameImage(
  store: ImageStore,
  reference: RegistryReference,
  descriptor: Descriptor,
  { now = () => new Date() }: PullOptions,
): Promise<boolean> {
  const { registry, repository, name: last } = checkReference(reference);
  const name = formatImageReference({
    registry,
    repository,
    ...(reference.digest ? { digest: last } : { tag: last }),
  });
  let fresh = true;
  await store.change((entries) => {
    const before = entries.find((one) => one.name === name);
    fresh = before?.descriptor.digest !== descriptor.digest;
    const others = entries.filter((one) =>
      one.name !== name &&
      (one.name !== "" || one.descriptor.digest !== descriptor.digest)
    );
    return [...others, ...dangling(before, descriptor, others), {
      name,
      descriptor,
      tagged: now().toISOString(),
      pulled: true,
    }];
  });
  return fresh;
}

/** An image that loses its last name stays, without one, as with docker. */
function dangling(
  before: StoredName | undefined,
  descriptor: Descriptor,
  others: readonly StoredName[],
): StoredName[] {
  if (!before || before.descriptor.digest === descriptor.digest) return [];
  const { digest } = before.descriptor;
  return others.some((one) => one.descriptor.digest === digest)
    ? []
    : [{ ...before, name: "", pulled: false }];
}
