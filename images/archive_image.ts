/**
 * Images of an archive, checked: all that they need is in the session or in
 * the store.
 *
 * @module
 */
import { ArchiveError } from "./archive_error.ts";
import {
  type BlobReader,
  DOCUMENT_LIMIT,
  isManifestType,
  readManifest,
} from "./blob_references.ts";
import { type ConfigBlob, parseConfigBlob } from "./image_config.ts";
import type { Descriptor, Manifest } from "./manifest.ts";
import { CONFIG_MEDIA_TYPES } from "./media_types.ts";
import { choosePlatform, type Platform } from "./platform.ts";
import type { Ingest } from "./store.ts";
import { statIfThere } from "./store_files.ts";
import { diffIdsOf } from "./store_images.ts";

/** An image that an archive has, with what it will be called. */
export interface ArchiveImage {
  /** Of an index or a manifest. */
  descriptor: Descriptor;
  /** Docker's: the digest of the config. */
  id: string;
  /** Full names with tags. */
  names: string[];
  /** The digests of its blobs; those of platforms that aren't whole are not among them. */
  needed: ReadonlySet<string>;
}

/** The most that indexes are nested. */
const MAX_DEPTH = 4;

/** A config, read and checked. */
export async function readConfig(
  blobs: BlobReader,
  digest: string,
): Promise<ConfigBlob & { diffIds: string[] }> {
  const bytes = await blobs.readBlob(digest, DOCUMENT_LIMIT);
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const blob = parseConfigBlob(value);
    return { ...blob, diffIds: diffIdsOf(value) };
  } catch (cause) {
    throw new ArchiveError(
      `the config ${digest} of an image is not valid: ` +
        (cause as Error).message,
      { cause },
    );
  }
}

/**
 * Finds the ID of what a descriptor leads to, for the platform if it has that,
 * and checks it. Of an index one platform must be there, of those that are
 * everything.
 *
 * @throws {ArchiveError} when something is missing or wrong.
 */
export async function checkImage(
  ingest: Ingest,
  descriptor: Descriptor,
  platform: Platform,
): Promise<Pick<ArchiveImage, "id" | "needed">> {
  const needed = new Set<string>();
  const images = await imagesOf(ingest, descriptor, needed, 0);
  const whole = images.filter(({ missing }) => missing === undefined);
  const best = choosePlatform(whole, platform) ?? whole[0];
  if (best) return { id: best.id, needed };
  const missing = images[0]?.missing ?? descriptor.digest;
  throw new ArchiveError(`the archive lacks the blob ${missing}`);
}

/** As {@linkcode checkImage}, but undefined when something is missing or wrong. */
export async function checkedImage(
  ingest: Ingest,
  descriptor: Descriptor,
  platform: Platform,
): Promise<Pick<ArchiveImage, "id" | "needed"> | undefined> {
  try {
    return await checkImage(ingest, descriptor, platform);
  } catch (error) {
    if (error instanceof ArchiveError) return undefined;
    throw error;
  }
}

/** An image for one platform. */
interface PlatformImage {
  id: string;
  platform?: Platform | undefined;
  /** The digest of what is not there. */
  missing?: string | undefined;
}

async function imagesOf(
  ingest: Ingest,
  descriptor: Descriptor,
  needed: Set<string>,
  depth: number,
): Promise<PlatformImage[]> {
  const { digest, platform } = descriptor;
  if (depth > MAX_DEPTH) {
    throw new ArchiveError("the archive's indexes are nested too deep");
  }
  if (!await isThere(ingest, descriptor)) {
    return [{ id: "", platform, missing: digest }];
  }
  const manifest = await readManifest(ingest, descriptor);
  if (manifest.kind === "manifest") {
    const missing = await firstMissing(ingest, manifest);
    if (missing === undefined) {
      needed.add(digest).add(manifest.config.digest);
      for (const layer of manifest.layers) needed.add(layer.digest);
    }
    // What builders add to an index to tell of its images is no image.
    if (platform?.os === "unknown") return [];
    return [await imageOf(ingest, digest, manifest, missing)];
  }
  needed.add(digest);
  const images: PlatformImage[] = [];
  for (const child of manifest.manifests) {
    if (!isManifestType(child.mediaType)) continue;
    images.push(...await imagesOf(ingest, child, needed, depth + 1));
  }
  return images;
}

async function imageOf(
  ingest: Ingest,
  digest: string,
  { config, layers }: Manifest,
  missing: string | undefined,
): Promise<PlatformImage> {
  if (!CONFIG_MEDIA_TYPES.includes(config.mediaType)) {
    throw new ArchiveError(
      `${digest} is no image of containers but ${config.mediaType}`,
    );
  }
  if (missing === config.digest) return { id: config.digest, missing };
  const { platform, diffIds } = await readConfig(ingest, config.digest);
  if (diffIds.length !== layers.length) {
    throw new ArchiveError(
      `invalid manifest, layers length mismatch: expected ${layers.length}, ` +
        `got ${diffIds.length}`,
    );
  }
  return { id: config.digest, platform, missing };
}

async function firstMissing(
  ingest: Ingest,
  { config, layers }: Manifest,
): Promise<string | undefined> {
  for (const part of [config, ...layers]) {
    if (!await isThere(ingest, part)) return part.digest;
  }
  return undefined;
}

async function isThere(
  ingest: Ingest,
  { digest, size }: Descriptor,
): Promise<boolean> {
  const info = await statIfThere(ingest.path(digest));
  if (info?.isFile !== true) return false;
  if (info.size === size) return true;
  throw new ArchiveError(
    `the archive's blob ${digest} has ${info.size} bytes, not ${size}`,
  );
}
