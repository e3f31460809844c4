/**
 * Sending one image to its registry.
 *
 * @module
 */
import {
  formatImageReference,
  type ImageReference,
} from "../../docker/image_reference.ts";
import type { Descriptor } from "../../images/manifest.ts";
import { pushFromStore } from "../../images/push.ts";
import {
  dockerPushErrorText,
  RegistryError,
} from "../../images/registry_error.ts";
import { type ImageStore, StoreError } from "../../images/store.ts";
import { imageOf } from "../../images/store_images.ts";
import { openUserRegistries } from "../../images/user_registries.ts";
import type { PlacedImage } from "../../modes/docker_images.ts";
import type { ImagePlaces } from "../../modes/image_places.ts";
import { findImage, nameImage } from "../../modes/images.ts";
import { machinePlatform } from "../../modes/local_images.ts";
import type { Context, Output } from "../context.ts";
import { ensureInStore } from "./image_bytes.ts";
import { LayerProgress } from "./layer_progress.ts";

/**
 * Sends an image under one of its names; what only the server has is fetched
 * into the local store first.
 *
 * @param out where docker's lines go; undefined: nowhere.
 * @throws {Error} with docker's text, which has no prefix.
 */
export async function pushImage(
  ctx: Context,
  places: ImagePlaces,
  { placed, reference }: { placed: PlacedImage; reference: ImageReference },
  out: Output | undefined,
): Promise<void> {
  const { store, info } = await ensureInStore(ctx, placed);
  const descriptor = await descriptorOf(store, info.id, reference);
  const registries = await openUserRegistries(
    (name) => ctx.env(name),
    ctx.signal,
  );
  const layers = out && new LayerProgress(ctx, out);
  let pushed: { digest: string; size: number };
  try {
    pushed = await pushFromStore(store, descriptor, reference, {
      ...registries,
      platform: info.platform,
      onProgress: (step) => layers?.show(step),
    });
  } catch (error) {
    if (error instanceof RegistryError) {
      throw new Error(dockerPushErrorText(error), { cause: error });
    }
    if (!(error instanceof RangeError)) throw error;
    throw new Error(error.message, { cause: error });
  } finally {
    registries.close();
    await layers?.end();
  }
  const { digest, size } = pushed;
  await noteDigest(places, store, reference, digest);
  await out?.line(`${reference.tag}: digest: ${digest} size: ${size}`);
}

/** What the store has of an image: as it is named, or in whatever form. */
async function descriptorOf(
  store: ImageStore,
  id: string,
  reference: ImageReference,
): Promise<Descriptor> {
  const wanted = formatImageReference(reference);
  const entries = await store.list();
  entries.sort((a, b) => Number(b.name === wanted) - Number(a.name === wanted));
  for (const { descriptor } of entries) {
    const image = await imageOf(store, descriptor, machinePlatform());
    if (image?.complete && image.id === id) return descriptor;
  }
  throw new StoreError(`The image ${id} was removed from the store meanwhile`);
}

/** From now on the registry has this digest for the name, and docker shows it. */
async function noteDigest(
  { client }: ImagePlaces,
  store: ImageStore,
  reference: ImageReference,
  digest: string,
): Promise<void> {
  const name = formatImageReference(reference);
  await store.change((entries) =>
    entries.map((one) =>
      one.name === name && one.descriptor.digest === digest
        ? { ...one, pulled: true }
        : one
    )
  );
  const stored = await findImage(client, reference);
  if (!stored || stored.note.digest === digest) return;
  // An image of the same name that is no longer meant keeps what it has.
  const local = (await store.list()).find((one) => one.name === name);
  if (local && local.tagged > (stored.note.tagged ?? "")) return;
  const { tagged = "" } = stored.note;
  await nameImage(client, reference, stored.fingerprint, {
    ...stored.note,
    digest,
    tagged,
  });
}
