/**
 * Fetching an image into the local store: for a server that can't fetch it, or
 * can't run it as it is.
 *
 * @module
 */
import {
  familiarReference,
  type ImageReference,
} from "../../docker/image_reference.ts";
import { type PulledImage, pullToStore } from "../../images/pull_to_store.ts";
import {
  dockerPullErrorText,
  RegistryError,
} from "../../images/registry_error.ts";
import { ImageStore } from "../../images/store.ts";
import { storeFolder } from "../../images/store_folder.ts";
import { openUserRegistries } from "../../images/user_registries.ts";
import type { IncusClient } from "../../incus/client.ts";
import type { Context, Output } from "../context.ts";
import { DaemonError } from "../errors.ts";
import { ProgressLine } from "./progress_line.ts";
import { checkPlatform, platformOf } from "./pull_image.ts";

/** How an image is fetched. */
export interface LocalPullOptions {
  /** `linux/amd64` and the like; empty: the server's own. */
  platform: string;
  /** Where the progress goes; absent: nowhere. */
  progress?: Output;
}

/**
 * Fetches an image into the local store.
 *
 * @throws {DaemonError}
 */
export async function pullLocal(
  ctx: Context,
  client: IncusClient,
  reference: ImageReference,
  options: LocalPullOptions,
): Promise<PulledImage> {
  const env = (variable: string) => ctx.env(variable);
  const folder = storeFolder(env);
  if (folder === undefined) {
    throw new DaemonError(
      `${familiarReference(reference)} must be prepared for this server, and ` +
        "KINI_CACHE allows no image store: unset it",
    );
  }
  const own = platformOf(await client.server());
  checkPlatform(options.platform, own);
  const store = await ImageStore.open(folder);
  const progress = options.progress && new ProgressLine(options.progress);
  const registries = await openUserRegistries(env, ctx.signal);
  try {
    return await pullToStore(store, reference, {
      ...registries,
      platform: own,
      now: () => ctx.now(),
      onProgress: (step) => {
        if (step.kind === "layer") {
          progress?.show(`${step.layer}: ${step.status}`);
        }
      },
    });
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    throw new DaemonError(dockerPullErrorText(error, reference), {
      cause: error,
    });
  } finally {
    registries.close();
    await progress?.clear();
  }
}

/** Fetches an image for `docker pull`, and prints what docker prints. */
export async function pullAndReport(
  ctx: Context,
  client: IncusClient,
  reference: ImageReference,
  options: LocalPullOptions,
): Promise<void> {
  const { progress } = options;
  const { descriptor, fresh } = await pullLocal(
    ctx,
    client,
    reference,
    options,
  );
  await progress?.line(
    `${
      reference.digest ?? reference.tag
    }: Pulling from ${reference.repository}`,
  );
  await progress?.line(`Digest: ${descriptor.digest}`);
  await progress?.line(statusLine(reference, fresh));
}

/** Docker's last line on a pull. */
export function statusLine(reference: ImageReference, fresh: boolean): string {
  const name = familiarReference(reference);
  return fresh
    ? `Status: Downloaded newer image for ${name}`
    : `Status: Image is up to date for ${name}`;
}
