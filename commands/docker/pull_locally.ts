/**
 * Fetching an image into the local store.
 *
 * @module
 */
import {
  familiarReference,
  type ImageReference,
} from "../../docker/image_reference.ts";
import { pullToStore } from "../../images/pull_to_store.ts";
import type { Platform } from "../../images/platform.ts";
import { ImageStore, storeFolder } from "../../images/store.ts";
import type { UserRegistries } from "../../images/user_registries.ts";
import type { Context, Output } from "../context.ts";
import { DaemonError } from "../errors.ts";
import { LayerProgress } from "./layer_progress.ts";
import type { FoundImage } from "./pull_result.ts";

/** One pull, under way. */
export interface Pull {
  registries: UserRegistries;
  platform: Platform;
  progress: Output | undefined;
  /** Prints the line that docker begins with, once. */
  announce: () => Promise<void>;
}

/**
 * Fetches an image into the local store, and shows its layers as docker does.
 *
 * @throws {DaemonError} where there is to be no store.
 */
export async function pullLocally(
  ctx: Context,
  reference: ImageReference,
  { registries, platform, progress, announce }: Pull,
): Promise<FoundImage> {
  const folder = storeFolder((name) => ctx.env(name));
  if (folder === undefined) {
    throw new DaemonError(
      `the server can't fetch ${familiarReference(reference)} by itself, and ` +
        "KINI_CACHE allows no image store: unset it",
    );
  }
  const store = await ImageStore.open(folder);
  const layers = progress && new LayerProgress(ctx, progress);
  try {
    const pulled = await pullToStore(store, reference, {
      ...registries,
      platform,
      now: () => ctx.now(),
      onProgress: (step) => {
        if (step.kind === "layer") layers?.show(step);
        else layers?.after(announce);
      },
    });
    const { descriptor: { digest }, fresh, platform: found } = pulled;
    return { digest, fresh, found };
  } finally {
    await layers?.end();
  }
}
