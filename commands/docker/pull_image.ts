/**
 * Fetching an image from its registry, into the server's store or the local
 * one.
 *
 * @module
 */
import type { ImageReference } from "../../docker/image_reference.ts";
import {
  dockerPullErrorText,
  RegistryError,
} from "../../images/registry_error.ts";
import { openUserRegistries } from "../../images/user_registries.ts";
import type { IncusClient } from "../../incus/client.ts";
import { findImage } from "../../modes/images.ts";
import { chooseMode } from "../../modes/mode.ts";
import { isNodeReference } from "../../modes/node_reference.ts";
import type { Context, Output } from "../context.ts";
import { DaemonError } from "../errors.ts";
import { fitsPlatform, parsePlatformFlag } from "./platform_flag.ts";
import { pullByServer } from "./pull_by_server.ts";
import type { Pull } from "./pull_locally.ts";
import type { FoundImage, PullResult } from "./pull_result.ts";
import { serverPlatform } from "./server_platform.ts";

/** How a pull goes about it. */
export interface PullOptions {
  /** `linux/arm64` and the like; empty: the server's own. */
  platform: string;
  /** Where the progress goes; absent: nowhere. */
  progress?: Output;
}

/**
 * Fetches an image. The server does it where it can: it asks nobody for a name
 * and speaks HTTPS with the registry itself. What it can't get, or could not
 * run, goes into the local store.
 *
 * Where this machine can't reach the registry but the server can, the server
 * fetches by name, and nothing is known of the image's configuration.
 */
export async function pullImage(
  ctx: Context,
  client: IncusClient,
  reference: ImageReference,
  options: PullOptions,
): Promise<PullResult> {
  const own = serverPlatform(await client.server());
  const wanted = options.platform
    ? parsePlatformFlag(options.platform, own)
    : undefined;
  const platform = wanted ?? own;
  const mode = await chooseMode(client, ctx.env("KINI_MODE"));
  if (
    mode.name === "lxc" && isNodeReference(reference) &&
    fitsPlatform(platform, own)
  ) {
    const node = await pullNode(ctx, client, reference, options);
    if (node) return { ...node, digest: "" };
  }
  const registries = await openUserRegistries(
    (name) => ctx.env(name),
    ctx.signal,
  );
  const { progress } = options;
  let announced: Promise<void> | undefined;
  const pull: Pull = {
    registries,
    platform,
    progress,
    announce: async () =>
      await (announced ??= progress?.line(pullingLine(reference))),
  };
  try {
    const pulled = mode.name === "oci" && fitsPlatform(platform, own)
      ? await pullByServer(ctx, client, reference, pull)
      : await pullOtherwise(ctx, client, reference, pull);
    const { found, ...result } = pulled;
    return wanted && found && !fitsPlatform(found, wanted)
      ? { ...result, otherPlatform: found }
      : result;
  } catch (error) {
    throw refusalOf(error, reference);
  } finally {
    // By hand: the bundler's minifier drops a `using` that is read once.
    registries.close();
  }
}

async function pullNode(
  ctx: Context,
  client: IncusClient,
  reference: ImageReference,
  options: PullOptions,
) {
  const { pullNodeImage } = await import("./node_image.ts");
  try {
    return await pullNodeImage(ctx, client, reference, options);
  } catch (error) {
    throw refusalOf(error, reference);
  }
}

function pullingLine(reference: ImageReference): string {
  const { digest, tag, repository } = reference;
  return `${digest ?? tag}: Pulling from ${repository}`;
}

/** What the server can't run; it may have the name with the same digest yet. */
async function pullOtherwise(
  ctx: Context,
  client: IncusClient,
  reference: ImageReference,
  pull: Pull,
): Promise<FoundImage> {
  const { pullLocally } = await import("./pull_locally.ts");
  const before = await findImage(client, reference);
  const pulled = await pullLocally(ctx, reference, pull);
  const { digest } = pulled;
  return before?.note.digest === digest ? { ...pulled, fresh: false } : pulled;
}

/** Docker's text for what a registry, or the user's settings, said. */
function refusalOf(error: unknown, reference: ImageReference): unknown {
  if (error instanceof RegistryError) {
    return new DaemonError(dockerPullErrorText(error, reference), {
      cause: error,
    });
  }
  return error instanceof RangeError
    ? new DaemonError(error.message, { cause: error })
    : error;
}
