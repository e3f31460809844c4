/**
 * Nodes in LXC mode: the pre-built kubeadm image of a version in place of
 * kind's own, as `KINI_LXC_IMAGES` has it.
 *
 * @module
 */
import {
  familiarReference,
  type ImageReference,
} from "../../docker/image_reference.ts";
import type { DockerImage } from "../../docker/image_view.ts";
import type { IncusClient } from "../../incus/client.ts";
import { dockerImageFrom } from "../../modes/docker_images.ts";
import {
  fetchKubeadmImage,
  findKubeadmImage,
  kubeadmImageAs,
  NoKubeadmImage,
  ownKubeadmImage,
} from "../../modes/kubeadm_image.ts";
import {
  type KubeadmSettings,
  kubeadmSettings,
} from "../../modes/kubeadm_settings.ts";
import { chooseMode } from "../../modes/mode.ts";
import { nodeVersionOf } from "../../modes/node_reference.ts";
import type { StoredImage } from "../../modes/images.ts";
import type { Context } from "../context.ts";
import { DaemonError } from "../errors.ts";
import { ProgressLine } from "./progress_line.ts";
import type { PullOptions } from "./pull_image.ts";
import { serverPlatform } from "./server_platform.ts";

const KINDEST_HINT = "KINI_LXC_IMAGES=kindest makes nodes of kindest/node";

/** What is there for a node. */
export interface NodeImage {
  stored?: StoredImage;
  /** Only a kubeadm image will do. */
  only: boolean;
}

/**
 * The kubeadm image that the server has for a node's reference; without an
 * image server.
 *
 * @throws {DaemonError} when there can be none and nothing else is allowed.
 */
export async function findNodeImage(
  ctx: Context,
  client: IncusClient,
  reference: ImageReference,
): Promise<NodeImage> {
  const { images } = settingsOf(ctx);
  if (images === "kindest") return { only: false };
  const only = images === "kubeadm";
  const version = nodeVersionOf(reference);
  if (version === undefined) {
    if (only) throw versionMissing(reference);
    return { only };
  }
  const stored = await findKubeadmImage(client, reference, version);
  return { only, ...(stored && { stored }) };
}

/**
 * The image for which the user has made an alias `kubeadm/VERSION`: docker's
 * name for it is there from the first use on.
 */
export async function namedKubeadmImage(
  ctx: Context,
  reference: ImageReference,
): Promise<DockerImage | undefined> {
  const version = nodeVersionOf(reference);
  if (version === undefined || settingsOf(ctx).images === "kindest") {
    return undefined;
  }
  const client = await ctx.incus();
  const image = await ownKubeadmImage(client, version);
  if (!image) return undefined;
  const { name } = await chooseMode(client, ctx.env("KINI_MODE"));
  return name === "lxc"
    ? dockerImageFrom(kubeadmImageAs(reference, image, version), image)
    : undefined;
}

/** A kubeadm image that was pulled. */
export interface PulledNodeImage {
  stored: StoredImage;
  /** False when the server had it already. */
  fresh: boolean;
}

/**
 * Has the server fetch the kubeadm image for a node's reference; undefined
 * where kind's own image is to be fetched, for which there may be a reason on
 * stderr.
 *
 * @throws {DaemonError} when there is none and nothing else is allowed.
 */
export async function pullNodeImage(
  ctx: Context,
  client: IncusClient,
  reference: ImageReference,
  { progress }: PullOptions,
): Promise<PulledNodeImage | undefined> {
  const { images, server } = settingsOf(ctx);
  if (images === "kindest") return undefined;
  const version = nodeVersionOf(reference);
  if (version === undefined) {
    if (images === "kubeadm") throw versionMissing(reference);
    return undefined;
  }
  const before = await findKubeadmImage(client, reference, version);
  // What the user has put there is not to be replaced.
  if (before && await ownKubeadmImage(client, version)) {
    return { stored: before, fresh: false };
  }
  const line = progress && new ProgressLine(progress);
  try {
    await progress?.line(
      `${version}: Pulling kubeadm/${version} from ${server}`,
    );
    const stored = await fetchKubeadmImage(client, reference, version, {
      server,
      architecture: serverPlatform(await client.server()).architecture,
      env: ctx.env,
      signal: ctx.signal,
      ...(line && { onProgress: (text) => line.show(text) }),
    });
    return { stored, fresh: before?.fingerprint !== stored.fingerprint };
  } catch (error) {
    if (!(error instanceof NoKubeadmImage)) throw error;
    if (images === "kubeadm" || before) {
      throw new DaemonError(`${error.message}: ${KINDEST_HINT}`, {
        cause: error,
      });
    }
    await line?.clear();
    await ctx.stderr.line(
      `kini: ${error.message}: using ${familiarReference(reference)} itself`,
    );
    return undefined;
  } finally {
    await line?.clear();
  }
}

function settingsOf(ctx: Context): KubeadmSettings {
  return kubeadmSettings((name) => ctx.env(name));
}

function versionMissing(reference: ImageReference): DaemonError {
  return new DaemonError(
    `${familiarReference(reference)} names no version of Kubernetes, which a ` +
      `kubeadm image needs: use kindest/node:vX.Y.Z, or unset KINI_LXC_IMAGES`,
  );
}
