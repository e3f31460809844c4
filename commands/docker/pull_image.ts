/**
 * Fetching an image into the server's store.
 *
 * @module
 */
import {
  familiarReference,
  type ImageReference,
} from "../../docker/image_reference.ts";
import type { Platform } from "../../images/platform.ts";
import {
  type ResolvedImage,
  resolveImage,
} from "../../images/registry_client.ts";
import {
  dockerPullErrorText,
  RegistryError,
} from "../../images/registry_error.ts";
import { openUserRegistries } from "../../images/user_registries.ts";
import type { IncusClient } from "../../incus/client.ts";
import { IncusError } from "../../incus/errors.ts";
import type { Server } from "../../incus/types.ts";
import {
  findImage,
  findImageById,
  nameImage,
  type StoredImage,
  storedReference,
  storeImage,
} from "../../modes/images.ts";
import type { ImageFacts } from "../../modes/mode.ts";
import type { Context, Output } from "../context.ts";
import { DaemonError } from "../errors.ts";

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
  stored: StoredImage;
  /** False when the store had it already. */
  fresh: boolean;
}

/** How a pull goes about it. */
export interface PullOptions {
  /** `linux/arm64` and the like; empty: the server's own. */
  platform: string;
  /** Where the progress goes; absent: nowhere. */
  progress?: Output;
}

/**
 * Fetches an image: asks the registry what the name stands for, and has the
 * server fetch just that.
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
  const platform = platformOf(await client.server());
  checkPlatform(options.platform, platform);
  const { progress } = options;
  const resolved = await ask(ctx, reference, platform);
  await progress?.line(
    `${
      reference.digest ?? reference.tag
    }: Pulling from ${reference.repository}`,
  );
  const present = await findImage(client, reference);
  if (
    present && resolved && present.note.form !== "lxc" &&
    present.note.facts.id === resolved.configDigest
  ) {
    return { stored: present, fresh: false };
  }
  const known = resolved &&
    await findImageById(client, resolved.configDigest);
  if (known) {
    const { digest, created = "" } = resolved;
    const note = { digest, created, facts: known.note.facts };
    return {
      stored: await nameImage(client, reference, known.fingerprint, note),
      fresh: present !== undefined,
    };
  }
  const stored = await fetchByServer(
    ctx,
    client,
    reference,
    resolved,
    progress,
  );
  return { stored, fresh: true };
}

/** Prints what docker prints after a pull. */
export async function reportPull(
  out: Output,
  reference: ImageReference,
  { stored, fresh }: PullResult,
): Promise<void> {
  if (stored.note.digest) await out.line(`Digest: ${stored.note.digest}`);
  const name = familiarReference(reference);
  await out.line(
    fresh
      ? `Status: Downloaded newer image for ${name}`
      : `Status: Image is up to date for ${name}`,
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
  const [os, architecture] = wanted.split("/");
  if (os === have.os && (!architecture || architecture === have.architecture)) {
    return;
  }
  throw new DaemonError(
    `platform ${wanted} can't run on this server, which is ` +
      `${have.os}/${have.architecture}`,
  );
}

async function ask(
  ctx: Context,
  reference: ImageReference,
  platform: Platform,
): Promise<ResolvedImage | undefined> {
  // Closed by hand: the bundler's minifier drops a `using` that is read once.
  const registries = await openUserRegistries(
    (name) => ctx.env(name),
    ctx.signal,
  );
  try {
    return await resolveImage(reference, { ...registries, platform });
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    if (error.kind === "network") return undefined;
    throw new DaemonError(dockerPullErrorText(error, reference), {
      cause: error,
    });
  } finally {
    registries.close();
  }
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
  try {
    return await storeImage(client, {
      reference,
      source,
      note: {
        digest: resolved?.digest ?? reference.digest ?? "",
        created: resolved?.created ?? "",
        facts: factsOf(resolved),
      },
      signal: ctx.signal,
      ...(progress && { onProgress: showOnce(progress) }),
    });
  } catch (error) {
    if (!(error instanceof IncusError)) throw error;
    throw new DaemonError(
      `cannot fetch ${storedReference(reference)}: ${lastWords(error.message)}`,
      { cause: error },
    );
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

/** Progress as lines on a terminal, each state once; nothing elsewhere. */
function showOnce(out: Output): (text: string) => void {
  if (!out.isTerminal()) return () => {};
  let last = "";
  return (text) => {
    if (text === last) return;
    last = text;
    void out.text(`\r\x1b[K${text}`);
  };
}

/** The registry's own words out of the server's account of a failed skopeo. */
function lastWords(text: string): string {
  const messages = [...text.matchAll(/msg="((?:[^"\\]|\\.)*)"/g)];
  const inner = messages.at(-1)?.[1]?.replaceAll('\\"', '"');
  return inner ?? text;
}
