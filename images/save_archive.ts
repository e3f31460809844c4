/**
 * Images as one archive: an OCI image layout, with docker's manifest.json for
 * those that look for that.
 *
 * @see https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 * @module
 */
import {
  familiarReference,
  formatImageReference,
  type ImageReference,
} from "../docker/image_reference.ts";
import type { Descriptor } from "./manifest.ts";
import { INDEX_MEDIA_TYPES } from "./media_types.ts";
import type { Platform } from "./platform.ts";
import { BlobMissingError, StoreError } from "./store_error.ts";
import { TAR_END, tarHeader, tarPadding } from "./tar_header.ts";

/** Bytes that are read and written at once. */
const CHUNK = 1024 * 1024;

/** An image on its way into an archive. */
export interface ImageToSave {
  /** Of the image for one platform. */
  manifest: Descriptor;
  config: Descriptor;
  layers: readonly Descriptor[];
  platform: Platform;
  /** Each with a tag; an image may have none. */
  names: readonly ImageReference[];
}

/** Where blobs are files, as in the image store. */
export interface BlobFiles {
  blobPath(digest: string): string;
}

/** Takes bytes in order; the buffer is used again once it has. */
export type WriteBytes = (bytes: Uint8Array) => Promise<void>;

/**
 * Writes an archive that `docker load`, `ctr images import`, skopeo and podman
 * read. Equal images and names give equal bytes. The lists come before the
 * blobs, so that a reader knows at once what will be there.
 *
 * Blobs are taken as they are: who put them into the store has checked them.
 *
 * @throws {BlobMissingError} before anything is written.
 */
export async function saveArchive(
  store: BlobFiles,
  images: readonly ImageToSave[],
  write: WriteBytes,
  signal?: AbortSignal,
): Promise<void> {
  const blobs = blobsOf(images);
  for (const blob of blobs) await checkBlob(store, blob);
  await write(tarHeader("blobs/", 0));
  await write(tarHeader("blobs/sha256/", 0));
  await writeText(write, "oci-layout", `{"imageLayoutVersion":"1.0.0"}`);
  await writeText(write, "index.json", indexOf(images));
  await writeText(write, "manifest.json", dockerManifestOf(images));
  const buffers = [new Uint8Array(CHUNK), new Uint8Array(CHUNK)] as const;
  for (const blob of blobs) {
    await write(tarHeader(blobName(blob), blob.size));
    await copyBlob(store.blobPath(blob.digest), blob, buffers, write, signal);
    await write(tarPadding(blob.size));
  }
  await write(TAR_END);
}

/** Each blob once, the small ones of an image before its layers. */
function blobsOf(images: readonly ImageToSave[]): Descriptor[] {
  const all = images.flatMap(({ manifest, config, layers }) => [
    manifest,
    config,
    ...layers,
  ]);
  return [...new Map(all.map((one) => [one.digest, one])).values()];
}

function blobName({ digest }: Descriptor): string {
  return `blobs/${digest.replace(":", "/")}`;
}

function indexOf(images: readonly ImageToSave[]): string {
  const manifests = images.flatMap(({ manifest, platform, names }) => {
    const { mediaType, digest, size } = manifest;
    const { os, architecture, variant } = platform;
    const entry = {
      mediaType,
      digest,
      size,
      platform: { architecture, os, ...(variant && { variant }) },
    };
    if (names.length === 0) return [entry];
    return names.map((name) => ({
      ...entry,
      annotations: {
        "io.containerd.image.name": formatImageReference(name),
        "org.opencontainers.image.ref.name": name.tag,
      },
    }));
  });
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: INDEX_MEDIA_TYPES[0],
    manifests,
  });
}

function dockerManifestOf(images: readonly ImageToSave[]): string {
  return JSON.stringify(images.map(({ config, layers, names }) => ({
    Config: blobName(config),
    RepoTags: names.length > 0 ? names.map(familiarReference) : null,
    Layers: layers.map(blobName),
  })));
}

async function writeText(
  write: WriteBytes,
  name: string,
  text: string,
): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  await write(tarHeader(name, bytes.length));
  await write(bytes);
  await write(tarPadding(bytes.length));
}

async function checkBlob(
  store: BlobFiles,
  { digest, size }: Descriptor,
): Promise<void> {
  let info: Deno.FileInfo;
  try {
    info = await Deno.stat(store.blobPath(digest));
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new BlobMissingError(digest, { cause });
  }
  if (info.size !== size) throw damaged(digest);
}

/** Reads the next piece while the last one is written. */
async function copyBlob(
  path: string,
  { digest, size }: Descriptor,
  buffers: readonly [Uint8Array, Uint8Array],
  write: WriteBytes,
  signal: AbortSignal | undefined,
): Promise<void> {
  const file = await Deno.open(path);
  try {
    let left = size;
    let turn = 0;
    const read = () => file.read(buffers[turn % 2]!.subarray(0, left));
    let reading = left > 0 ? read() : undefined;
    while (reading) {
      const count = await reading;
      if (count === null) throw damaged(digest);
      signal?.throwIfAborted();
      const bytes = buffers[turn % 2]!.subarray(0, count);
      left -= count;
      turn++;
      reading = left > 0 ? read() : undefined;
      // Its failure is met above, after that of the write.
      reading?.catch(() => {});
      await write(bytes);
    }
  } finally {
    file.close();
  }
}

function damaged(digest: string): StoreError {
  return new StoreError(
    `Blob ${digest} in the image store is damaged: load or pull its image again`,
  );
}
