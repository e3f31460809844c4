/**
 * The bytes of an image, for commands that hand them on.
 *
 * @module
 */
import {
  familiarReference,
  type ImageReference,
} from "../../docker/image_reference.ts";
import { formatPlatform, type Platform } from "../../images/platform.ts";
import { pullToStore } from "../../images/pull_to_store.ts";
import {
  dockerPullErrorText,
  RegistryError,
} from "../../images/registry_error.ts";
import { ImageStore, storeFolder } from "../../images/store.ts";
import { imageOf, type StoredImageInfo } from "../../images/store_images.ts";
import { openUserRegistries } from "../../images/user_registries.ts";
import type { PlacedImage } from "../../modes/docker_images.ts";
import { machinePlatform } from "../../modes/local_images.ts";
import type { Context } from "../context.ts";
import { DaemonError } from "../errors.ts";

/** An image that is wholly in the local store. */
export interface StoredBytes {
  store: ImageStore;
  info: StoredImageInfo;
}

/**
 * Finds an image in the local store; one that only the server has is fetched
 * into it from its registry, by its digest.
 *
 * @param platform another one than the image's own: for images of several.
 * @throws {DaemonError} when it can't be had.
 */
export async function ensureInStore(
  ctx: Context,
  placed: PlacedImage,
  platform?: Platform,
): Promise<StoredBytes> {
  const folder = storeFolder((name) => ctx.env(name));
  const [title = placed.image.id] = placed.image.references
    .map(familiarReference);
  if (placed.aliases.some(({ note }) => note.form === "kubeadm")) {
    throw new DaemonError(
      `${title} is a kubeadm image of LXC mode, which has no layers to save ` +
        "or push: docker commit makes an image of a container of it, and " +
        "KINI_LXC_IMAGES=kindest has kind's own image pulled",
    );
  }
  if (folder === undefined) {
    throw new DaemonError(
      `the layers of ${title} are not on this machine, and KINI_CACHE allows ` +
        "no image store: unset it",
    );
  }
  const store = await ImageStore.open(folder);
  const there = await findComplete(store, placed, platform);
  if (there) return { store, info: there };
  const reference = registryNameOf(placed);
  if (!reference) {
    throw new DaemonError(
      `the layers of ${title} are not on this machine, and no registry is ` +
        "known that has them: load or pull the image again",
    );
  }
  const info = await fetch(ctx, store, reference, platform);
  if (!fits(info, placed, platform)) {
    throw new DaemonError(
      platform
        ? `image with reference ${title} was found but does not provide the ` +
          `specified platform (${formatPlatform(platform)})`
        : `the registry has another image by now under the digest of ${title}`,
    );
  }
  return { store, info };
}

async function findComplete(
  store: ImageStore,
  placed: PlacedImage,
  platform: Platform | undefined,
): Promise<StoredImageInfo | undefined> {
  const digests = placed.names.map(({ digest }) => digest);
  for (const { descriptor } of await store.list()) {
    if (!digests.includes(descriptor.digest)) continue;
    const info = await imageOf(
      store,
      descriptor,
      platform ?? machinePlatform(),
    );
    if (info?.complete && fits(info, placed, platform)) return info;
  }
  return undefined;
}

function fits(
  info: StoredImageInfo,
  { image }: PlacedImage,
  platform: Platform | undefined,
): boolean {
  if (!platform) return info.id === image.id;
  const { os, architecture, variant } = info.platform;
  return os === platform.os && architecture === platform.architecture &&
    (!platform.variant || platform.variant === variant);
}

/** A digest stands for the same image for ever, where a tag need not. */
function registryNameOf({ image }: PlacedImage): ImageReference | undefined {
  return image.references.find(({ digest }) => digest !== undefined);
}

async function fetch(
  ctx: Context,
  store: ImageStore,
  reference: ImageReference,
  platform: Platform = machinePlatform(),
): Promise<StoredImageInfo> {
  const registries = await openUserRegistries(
    (name) => ctx.env(name),
    ctx.signal,
  );
  try {
    const { descriptor } = await pullToStore(store, reference, {
      ...registries,
      platform,
    });
    const info = await imageOf(store, descriptor, platform);
    if (!info?.complete) {
      throw new Error("what was fetched is not in the store");
    }
    return info;
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    throw new DaemonError(dockerPullErrorText(error, reference), {
      cause: error,
    });
  } finally {
    registries.close();
  }
}
