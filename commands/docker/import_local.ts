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
import { storeFolder } from "../../images/store_folder.ts";
import { imageOf, type StoredImageInfo } from "../../images/store_images.ts";
import type { IncusClient } from "../../incus/client.ts";
import type { ImageForm } from "../../modes/image_metadata.ts";
import type { StoredImage } from "../../modes/images.ts";
import { importImage } from "../../modes/import_image.ts";
import type { Context } from "../context.ts";
import { DaemonError } from "../errors.ts";
import { ProgressLine } from "./progress_line.ts";
import { checkPlatform, platformOf } from "./pull_image.ts";
import { pullLocal, statusLine } from "./pull_local.ts";

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
  const own = platformOf(await client.server());
  if (platform) checkPlatform(platform, own);
  const image = await imageOf(store, local.descriptor, own);
  if (!image?.complete) return undefined;
  image.names.push({ ...local, digest: local.descriptor.digest });
  return await send(ctx, client, { store, image, reference, form });
}

/**
 * Fetches an image for a server that can't run it as it is: into the local
 * store, and from there to the server.
 *
 * @throws {DaemonError}
 */
export async function pullForSystemContainer(
  ctx: Context,
  client: IncusClient,
  { reference, platform, quiet }: {
    reference: ImageReference;
    platform: string;
    quiet: boolean;
  },
): Promise<StoredImage> {
  const { fresh } = await pullLocal(ctx, client, reference, {
    platform,
    ...(!quiet && { progress: ctx.stderr }),
  });
  const folder = storeFolder((variable) => ctx.env(variable))!;
  const { findLocalName } = await import("../../modes/image_places.ts");
  const local = await findLocalName(folder, reference);
  const stored = local &&
    await importLocal(ctx, client, {
      folder,
      local,
      reference,
      form: "lxc",
      platform,
    });
  if (!stored) {
    throw new DaemonError(`No such image: ${familiarReference(reference)}`);
  }
  if (!quiet) await ctx.stderr.line(statusLine(reference, fresh));
  return stored;
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
