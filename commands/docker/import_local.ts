/**
 * Images of the local store on their way to the server, for `run` and
 * `create`.
 *
 * @module
 */
import {
  familiarReference,
  type ImageReference,
} from "../../docker/image_reference.ts";
import { LayerError } from "../../images/layer_error.ts";
import { ImageStore, type StoredName, StoreError } from "../../images/store.ts";
import { imageOf, type StoredImageInfo } from "../../images/store_images.ts";
import type { IncusClient } from "../../incus/client.ts";
import type { ImageForm } from "../../modes/image_metadata.ts";
import type { StoredImage } from "../../modes/images.ts";
import { importImage } from "../../modes/import_image.ts";
import type { Context } from "../context.ts";
import { DaemonError } from "../errors.ts";
import { ProgressLine } from "./progress_line.ts";
import { checkPlatform, serverPlatform } from "./server_platform.ts";

/** Which image is sent, and as what. */
export interface LocalImport {
  /** The store's. */
  folder: string;
  local: StoredName;
  reference: ImageReference;
  form: ImageForm;
  /** As `--platform` has it, or empty. */
  platform: string;
}

/**
 * Sends an image to the server; `undefined` when the store has only parts of
 * it.
 *
 * @throws {DaemonError}
 */
export async function importLocal(
  ctx: Context,
  client: IncusClient,
  { folder, local, reference, form, platform }: LocalImport,
): Promise<StoredImage | undefined> {
  const store = await ImageStore.open(folder);
  const own = serverPlatform(await client.server());
  if (platform) checkPlatform(platform, own);
  const image = await imageOf(store, local.descriptor, own);
  if (!image?.complete) return undefined;
  image.names.push({ ...local, digest: local.descriptor.digest });
  return await send(ctx, client, { store, image, reference, form });
}

async function send(
  ctx: Context,
  client: IncusClient,
  request: {
    store: ImageStore;
    image: StoredImageInfo;
    reference: ImageReference;
    form: ImageForm;
  },
): Promise<StoredImage> {
  const progress = new ProgressLine(ctx.stderr);
  try {
    return await importImage(client, {
      ...request,
      signal: ctx.signal,
      onProgress: (text) => progress.show(text),
    });
  } catch (error) {
    const known = error instanceof LayerError || error instanceof StoreError ||
      error instanceof RangeError;
    if (!known) throw error;
    const name = familiarReference(request.reference);
    throw new DaemonError(`cannot import ${name}: ${error.message}`, {
      cause: error,
    });
  } finally {
    await progress.clear();
  }
}
