/**
 * Fetching an image from its registry, into the server's store or the local
 * one.
 *
 * @module
 */
import {
  familiarReference,
  type ImageReference,
} from "../../docker/image_reference.ts";
import { formatPlatform, type Platform } from "../../images/platform.ts";
import {
  type ResolvedImage,
  resolveImage,
} from "../../images/registry_client.ts";
import {
  dockerPullErrorText,
  RegistryError,
} from "../../images/registry_error.ts";
import { retrying } from "../../images/registry_retry.ts";
import { storeFolder } from "../../images/store_folder.ts";
import {
  openUserRegistries,
  type UserRegistries,
} from "../../images/user_registries.ts";
import type { IncusClient } from "../../incus/client.ts";
import { IncusError } from "../../incus/errors.ts";
import type { Server } from "../../incus/types.ts";
import { findLocalName } from "../../modes/image_places.ts";
import {
  findImage,
  findImageById,
  modeOf,
  nameImage,
  type StoredImage,
  storedReference,
  storeImage,
} from "../../modes/images.ts";
import { chooseMode, type ImageFacts } from "../../modes/mode.ts";
import { isNodeReference } from "../../modes/node_reference.ts";
import type { Context, Output } from "../context.ts";
import { DaemonError } from "../errors.ts";
import { fitsPlatform, parsePlatformFlag } from "./platform_flag.ts";
import { ProgressLine } from "./progress_line.ts";

/** What the kernel calls a processor, and what images do. */
const ARCHITECTURES: Readonly<Record<string, Platform>> = {
  x86_64: { os: "linux", architecture: "amd64" },
  aarch64: { os: "linux", architecture: "arm64" },
  armv7l: { os: "linux", architecture: "arm", variant: "v7" },
  i686: { os: "linux", architecture: "386" },
  ppc64le: { os: "linux", architecture: "ppc64le" },
  riscv64: { os: "linux", architecture: "riscv64" },
  s390x: { os: "linux", architecture: "s390x" },
};

/** What came of a pull. */
export interface PullResult {
  /** Absent when the image is in the local store, and not on the server. */
  stored?: StoredImage;
  /** The registry's; empty when only the server has asked it. */
  digest: string;
  /** False when the store had it already. */
  fresh: boolean;
  /** What it is for, where that is not what was asked for. */
  otherPlatform?: Platform;
}

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
  const own = platformOf(await client.server());
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

/** A result, with the platform that the image says it is for. */
export type FoundImage = PullResult & { found: Platform | undefined };

/** One pull, under way. */
export interface Pull {
  registries: UserRegistries;
  platform: Platform;
  progress: Output | undefined;
  /** Prints the line that docker begins with, once. */
  announce: () => Promise<void>;
}

/** Prints what docker prints after a pull. */
export async function reportPull(
  out: Output,
  reference: ImageReference,
  { digest, fresh }: PullResult,
): Promise<void> {
  if (digest) await out.line(`Digest: ${digest}`);
  const name = familiarReference(reference);
  await out.line(
    fresh
      ? `Status: Downloaded newer image for ${name}`
      : `Status: Image is up to date for ${name}`,
  );
}

/**
 * Refuses an image that is for another platform than was asked for; docker has
 * fetched it by then, too.
 */
export function checkPulledPlatform(
  name: string,
  wanted: string,
  { otherPlatform }: PullResult,
): void {
  if (!otherPlatform) return;
  throw new Error(
    `image with reference ${name} was found but does not match the specified ` +
      `platform: wanted ${wanted}, actual: ${formatPlatform(otherPlatform)}`,
  );
}

/** The platform of a server, in the words of image indexes. */
export function platformOf(server: Server): Platform {
  const kernel = server.environment.kernel_architecture;
  return ARCHITECTURES[kernel] ?? { os: "linux", architecture: kernel };
}

/**
 * Refuses what the server's machine can't run.
 *
 * @throws {DaemonError}
 */
export function checkPlatform(wanted: string, have: Platform): void {
  if (!wanted) return;
  const { os, architecture } = parsePlatformFlag(wanted, have);
  if (os === have.os && architecture === have.architecture) return;
  throw new DaemonError(
    `platform ${wanted} can't run on this server, which is ` +
      `${have.os}/${have.architecture}`,
  );
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
  const before = await findImage(client, reference);
  const pulled = await pullToThisMachine(ctx, reference, pull);
  const { digest } = pulled;
  return before?.note.digest === digest ? { ...pulled, fresh: false } : pulled;
}

async function pullToThisMachine(
  ctx: Context,
  reference: ImageReference,
  pull: Pull,
): Promise<FoundImage> {
  const { pullLocally } = await import("./pull_locally.ts");
  return await pullLocally(ctx, reference, pull);
}

async function pullByServer(
  ctx: Context,
  client: IncusClient,
  reference: ImageReference,
  pull: Pull,
): Promise<FoundImage> {
  const resolved = await ask(reference, pull.registries, pull.platform);
  await pull.announce();
  const found = resolved?.platform;
  const digest = resolved?.digest ?? "";
  const present = await findImage(client, reference);
  if (
    present?.note.layers && resolved && modeOf(present.note) === "oci" &&
    present.note.facts.id === resolved.configDigest &&
    !await isRenamed(ctx, reference, present)
  ) {
    return { stored: present, digest, fresh: false, found };
  }
  const known = resolved &&
    await findImageById(client, resolved.configDigest);
  if (known) {
    const { created = "" } = resolved;
    const note = {
      digest,
      created,
      facts: known.note.facts,
      layers: resolved.diffIds,
      history: resolved.history,
    };
    return {
      stored: await nameImage(client, reference, known.fingerprint, note),
      digest,
      fresh: true,
      found,
    };
  }
  if (resolved && !resolved.direct) {
    return await pullToThisMachine(ctx, reference, pull);
  }
  try {
    const stored = await fetchByServer(
      ctx,
      client,
      reference,
      resolved,
      pull.progress,
    );
    return { stored, digest: stored.note.digest, fresh: true, found };
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (!(error instanceof IncusError)) throw error;
    // It may lack a password, skopeo, or the way to the registry, and it
    // refuses an image that has the layers of another.
    if (resolved && storeFolder((name) => ctx.env(name))) {
      return await pullToThisMachine(ctx, reference, pull);
    }
    throw new DaemonError(
      `cannot fetch ${storedReference(reference)}: ${lastWords(error.message)}`,
      { cause: error },
    );
  }
}

/** Whether the name means another image since, one of the local store. */
async function isRenamed(
  ctx: Context,
  reference: ImageReference,
  { note }: StoredImage,
): Promise<boolean> {
  const folder = storeFolder((name) => ctx.env(name));
  const local = await findLocalName(folder, reference);
  return local !== undefined && local.tagged > (note.tagged ?? "");
}

async function ask(
  reference: ImageReference,
  registries: UserRegistries,
  platform: Platform,
): Promise<ResolvedImage | undefined> {
  try {
    return await retrying(
      registries,
      () => resolveImage(reference, { ...registries, platform }),
    );
  } catch (error) {
    // Only this machine may lack the way to the registry.
    if (error instanceof RegistryError && error.kind === "network") {
      return undefined;
    }
    throw error;
  }
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

async function fetchByServer(
  ctx: Context,
  client: IncusClient,
  reference: ImageReference,
  resolved: ResolvedImage | undefined,
  progress: Output | undefined,
): Promise<StoredImage> {
  const { repository } = reference;
  const source = resolved
    ? `${repository}@${resolved.manifestDigest}`
    : reference.digest
    ? `${repository}@${reference.digest}`
    : `${repository}:${reference.tag}`;
  const line = progress && new ProgressLine(progress);
  try {
    return await storeImage(client, {
      reference,
      source,
      note: {
        digest: resolved?.digest ?? reference.digest ?? "",
        created: resolved?.created ?? "",
        facts: factsOf(resolved),
        ...(resolved && {
          layers: resolved.diffIds,
          history: resolved.history,
        }),
      },
      signal: ctx.signal,
      ...(line && { onProgress: (text) => line.show(text) }),
    });
  } finally {
    await line?.clear();
  }
}

function factsOf(resolved: ResolvedImage | undefined): ImageFacts {
  const config = resolved?.config;
  return {
    fingerprint: "",
    id: resolved?.configDigest ?? "",
    env: config?.env ?? [],
    entrypoint: config?.entrypoint ?? [],
    cmd: config?.cmd ?? [],
    labels: config?.labels ?? {},
    user: config?.user ?? "",
    workingDir: config?.workingDir ?? "",
    exposedPorts: config?.exposedPorts ?? [],
    volumes: config?.volumes ?? [],
    stopSignal: config?.stopSignal ?? "",
    known: resolved !== undefined,
  };
}

/** The registry's own words out of the server's account of a failed skopeo. */
function lastWords(text: string): string {
  const messages = [...text.matchAll(/msg="((?:[^"\\]|\\.)*)"/g)];
  const inner = messages.at(-1)?.[1]?.replaceAll('\\"', '"');
  return inner ?? text;
}
