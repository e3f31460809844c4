/**
 * Archives of images into the local store.
 *
 * @module
 */
import { ArchiveContent } from "./archive_content.ts";
import { dockerImages } from "./archive_docker.ts";
import { ArchiveError } from "./archive_error.ts";
import { type ArchiveImage, checkedImage } from "./archive_image.ts";
import { ociImages } from "./archive_oci.ts";
import { CompressionError, decompressed } from "./compression.ts";
import { LayerEndError, LayerError } from "./layer_error.ts";
import type { Platform } from "./platform.ts";
import type { ImageStore, Ingest } from "./store.ts";
import { imageOf } from "./store_images.ts";
import { withName } from "./store_names.ts";

export { ArchiveError } from "./archive_error.ts";

/** What {@linkcode loadArchive} needs besides the archive. */
export interface LoadOptions {
  /** Of an image for several, the one whose ID counts. */
  platform: Platform;
  now?: () => Date;
}

/** An image that was loaded. */
export interface LoadedImage {
  id: string;
  /** Full names; none when the archive has none for it. */
  names: LoadedName[];
}

/** A name that an archive gave. */
export interface LoadedName {
  name: string;
  /** The ID of another image that had the name until now. */
  previous?: string;
}

/**
 * Loads all images of an archive, compressed or not: all of them, or none.
 *
 * The archive is read once and to its end. While it is read the names of the
 * store stay as they are.
 *
 * @param archive its pieces; one keeps its content until the third after it.
 * @throws {ArchiveError} when it can't be loaded.
 * @throws {StoreError} when the store is the reason.
 */
export async function loadArchive(
  store: ImageStore,
  archive: AsyncIterable<Uint8Array>,
  { platform, now = () => new Date() }: LoadOptions,
): Promise<LoadedImage[]> {
  const ingest = await store.ingest();
  try {
    const images = await readImages(ingest, archive, platform);
    await ingest.commit(new Set(images.flatMap(({ needed }) => [...needed])));
    return await giveNames(store, images, platform, now().toISOString());
  } finally {
    await ingest.close();
  }
}

async function readImages(
  ingest: Ingest,
  archive: AsyncIterable<Uint8Array>,
  platform: Platform,
): Promise<ArchiveImage[]> {
  try {
    const content = await ArchiveContent.read(ingest, decompressed(archive));
    return await imagesOf(ingest, content, platform);
  } catch (error) {
    if (error instanceof LayerEndError) {
      throw new ArchiveError("unexpected EOF", { cause: error });
    }
    if (error instanceof LayerError || error instanceof CompressionError) {
      throw new ArchiveError(error.message, { cause: error });
    }
    throw error;
  }
}

async function imagesOf(
  ingest: Ingest,
  content: ArchiveContent,
  platform: Platform,
): Promise<ArchiveImage[]> {
  if (content.document("manifest.json") !== undefined) {
    const images = await dockerImages(ingest, content, platform);
    // Images beside those that docker's list knows.
    const known = new Set(images.map(({ descriptor }) => descriptor.digest));
    const ids = new Set(images.map(({ id }) => id));
    const more = await ociImages(ingest, content, platform, checkedImage);
    return [
      ...images,
      ...more.filter(({ descriptor: { digest }, id }) =>
        !known.has(digest) && !ids.has(id)
      ),
    ];
  }
  if (content.document("index.json") !== undefined) {
    return await ociImages(ingest, content, platform);
  }
  if (content.document("repositories") !== undefined) {
    throw new ArchiveError(
      "the archive is of docker before 1.10, which has no manifest.json: " +
        "load it with such a docker, and save the image with a newer one",
    );
  }
  throw new ArchiveError(
    'the archive is none of images: it has neither "manifest.json" nor ' +
      '"index.json"',
  );
}

async function giveNames(
  store: ImageStore,
  images: readonly ArchiveImage[],
  platform: Platform,
  tagged: string,
): Promise<LoadedImage[]> {
  const loaded: LoadedImage[] = [];
  await store.change(async (entries) => {
    let result = entries;
    loaded.length = 0;
    for (const { id, descriptor, names } of images) {
      const given: LoadedName[] = [];
      for (const name of names.length > 0 ? names : [""]) {
        const entry = { name, descriptor, tagged, pulled: false };
        const before = name === ""
          ? undefined
          : result.find((one) => one.name === name);
        const previous = before &&
          (await imageOf(store, before.descriptor, platform))?.id;
        result = withName(result, entry, () => previous === id);
        if (name === "") continue;
        const differs = previous !== undefined && previous !== id;
        given.push({ name, ...(differs && { previous }) });
      }
      loaded.push({ id, names: given });
    }
    return result;
  });
  return loaded;
}
