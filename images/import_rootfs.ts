/**
 * Root file systems as images of one layer.
 *
 * @module
 */
import { checkedLayer } from "./checked_layer.ts";
import { CompressionError, decompressed } from "./compression.ts";
import { LayerEndError, LayerError } from "./layer_error.ts";
import type { ImageStore } from "./store.ts";
import { withName } from "./store_names.ts";

const MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";
const CONFIG_TYPE = "application/vnd.oci.image.config.v1+json";
const LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar";

/** An archive that is no root file system. */
export class RootfsError extends Error {
  override readonly name = "RootfsError";
}

/** What becomes of the archive. */
export interface RootfsImport {
  /** The image's full name; empty for none. */
  name: string;
  /** RFC 3339. */
  tagged: string;
  /** The configuration's JSON, for a layer of this digest. */
  config: (layer: string) => string;
}

/**
 * Makes an image of a tar archive, compressed or not. Without a whole archive
 * nothing of it stays in the store.
 *
 * @param archive its pieces; one keeps its content until the third after it.
 * @returns docker's id of the image.
 * @throws {RootfsError}
 * @throws {StoreError} when the store is the reason.
 */
export async function importRootfs(
  store: ImageStore,
  archive: AsyncIterable<Uint8Array>,
  { name, tagged, config }: RootfsImport,
): Promise<string> {
  const ingest = await store.ingest();
  try {
    const layer = await ingest.writeBlob(
      withTexts(checkedLayer(decompressed(archive))),
    );
    const described = await ingest.writeBlob(encode(config(layer.digest)));
    const manifest = await ingest.writeBlob(encode(JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST_TYPE,
      config: { mediaType: CONFIG_TYPE, ...described },
      layers: [{ mediaType: LAYER_TYPE, ...layer }],
    })));
    await ingest.commit();
    const descriptor = { mediaType: MANIFEST_TYPE, ...manifest };
    await store.change((entries) =>
      withName(entries, { name, descriptor, tagged, pulled: false })
    );
    return described.digest;
  } finally {
    await ingest.close();
  }
}

async function* withTexts(
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* pieces;
  } catch (error) {
    if (error instanceof LayerEndError) {
      throw new RootfsError("unexpected EOF", { cause: error });
    }
    if (error instanceof LayerError || error instanceof CompressionError) {
      throw new RootfsError(error.message, { cause: error });
    }
    throw error;
  }
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
