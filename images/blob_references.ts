import {
  type Descriptor,
  type Index,
  type Manifest,
  parseManifest,
} from "./manifest.ts";
import { INDEX_MEDIA_TYPES, MANIFEST_MEDIA_TYPES } from "./media_types.ts";
import { BlobMissingError, StoreError } from "./store_error.ts";

/** Manifests and configs are text; those of real images have some kilobytes. */
export const DOCUMENT_LIMIT = 8 * 1024 * 1024;

/** What documents are read from: a store, or a session of one. */
export interface BlobReader {
  readBlob(digest: string, limit: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** Whether a descriptor is one of an index or a manifest. */
export function isManifestType(mediaType: string): boolean {
  return INDEX_MEDIA_TYPES.includes(mediaType) ||
    MANIFEST_MEDIA_TYPES.includes(mediaType);
}

/** Reads an index or a manifest. */
export async function readManifest(
  blobs: BlobReader,
  { digest, mediaType }: Descriptor,
): Promise<Index | Manifest> {
  const bytes = await blobs.readBlob(digest, DOCUMENT_LIMIT);
  try {
    return parseManifest(
      JSON.parse(new TextDecoder().decode(bytes)),
      mediaType,
    );
  } catch (cause) {
    throw new StoreError(
      `Blob ${digest} is no manifest: ${(cause as Error).message}`,
      { cause },
    );
  }
}

/**
 * Adds a descriptor's digest to `found`, and those of all that it leads to.
 * Parts of an index that are not there lead to nothing.
 */
export async function referencesOf(
  blobs: BlobReader,
  descriptor: Descriptor,
  found: Set<string>,
): Promise<void> {
  if (found.has(descriptor.digest)) return;
  found.add(descriptor.digest);
  if (!isManifestType(descriptor.mediaType)) return;
  let manifest: Index | Manifest;
  try {
    manifest = await readManifest(blobs, descriptor);
  } catch (error) {
    if (error instanceof BlobMissingError) return;
    throw error;
  }
  const parts = manifest.kind === "index"
    ? manifest.manifests
    : [manifest.config, ...manifest.layers];
  for (const part of parts) await referencesOf(blobs, part, found);
}
