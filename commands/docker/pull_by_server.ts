/**
 * Fetching an image into the server's store, by the server itself.
 *
 * @module
 */
import type { ImageReference } from "../../docker/image_reference.ts";
import type { Platform } from "../../images/platform.ts";
import {
  type ResolvedImage,
  resolveImage,
} from "../../images/registry_client.ts";
import { RegistryError } from "../../images/registry_error.ts";
import { retrying } from "../../images/registry_retry.ts";
import { storeFolder } from "../../images/store_folder.ts";
import type { UserRegistries } from "../../images/user_registries.ts";
import type { IncusClient } from "../../incus/client.ts";
import { IncusError } from "../../incus/errors.ts";
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
import type { ImageFacts } from "../../modes/mode.ts";
import type { Context, Output } from "../context.ts";
import { DaemonError } from "../errors.ts";
import { ProgressLine } from "./progress_line.ts";
import type { Pull } from "./pull_locally.ts";
import type { FoundImage } from "./pull_result.ts";

/**
 * Has the server fetch an image, unless it has it already; into the local store
 * where the server can't.
 *
 * @throws {DaemonError} when neither can.
 */
export async function pullByServer(
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

async function pullToThisMachine(
  ctx: Context,
  reference: ImageReference,
  pull: Pull,
): Promise<FoundImage> {
  const { pullLocally } = await import("./pull_locally.ts");
  return await pullLocally(ctx, reference, pull);
}
