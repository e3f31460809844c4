import { digestOf, hasDigest, parseDigest } from "./digest.ts";
import {
  type ConfigBlob,
  type ImageConfig,
  parseConfigBlob,
} from "./image_config.ts";
import {
  diffIdsOf,
  historyOf,
  type SizedStep,
  sizedSteps,
} from "./image_history.ts";
import {
  type Descriptor,
  type Index,
  type Manifest,
  parseManifest,
} from "./manifest.ts";
import { CONFIG_MEDIA_TYPES, MANIFEST_ACCEPT } from "./media_types.ts";
import { choosePlatform, formatPlatform, type Platform } from "./platform.ts";
import type { Answer } from "./registry_answer.ts";
import { atEndpoints, type RegistryAccess } from "./registry_endpoints.ts";
import { RegistryError, type RegistryErrorKind } from "./registry_error.ts";
import type { RegistryReference } from "./registry_reference.ts";
import type { RegistryTransport } from "./registry_transport.ts";

/** How {@linkcode resolveImage} reaches the registry, and what it looks for. */
export interface ResolveOptions extends RegistryAccess {
  platform: Platform;
}

/** What a registry knows of an image without its layers. */
export interface ResolvedImage {
  /** Of what the name resolves to: an index, or the manifest itself. */
  digest: string;
  /** The media type of what `digest` names. */
  mediaType: string;
  /** Of the one image for the platform; equal to `digest` without an index. */
  manifestDigest: string;
  /** What docker calls the image's id. */
  configDigest: string;
  config: ImageConfig;
  /** What the image says it is for; without an index, maybe not what was asked. */
  platform: Platform;
  /** Bytes of all layers, compressed. */
  size: number;
  created: string | undefined;
  /** Digests of the layers as tar archives, the lowest first. */
  diffIds: string[];
  /** The oldest step first; sizes are those of the layers as the registry has them. */
  history: SizedStep[];
  /** Whoever asks without a name and a password may not get the same. */
  usedCredentials: boolean;
  /** It came from the registry itself and by HTTPS that can be verified. */
  direct: boolean;
}

const MANIFEST_LIMIT = 4 * 1024 * 1024;
const CONFIG_LIMIT = 8 * 1024 * 1024;
/** An index may hold another; no image needs more levels than these. */
const MAX_INDEXES = 3;

/**
 * Finds out what an image's name stands for and what the image is configured
 * to do. All that is read is checked against its digest. Rejects with a
 * {@linkcode RegistryError}, with the signal's reason, or for a reference that
 * is none with a SyntaxError.
 */
export async function resolveImage(
  reference: RegistryReference,
  options: ResolveOptions,
): Promise<ResolvedImage> {
  return await atEndpoints(reference, options, async (repository) => {
    const { transport, endpoint, name } = repository;
    const found = await getImage(transport, name, options.platform);
    const { blob, bytes } = await getConfig(transport, found.image);
    const { content } = found.image;
    const facts: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return {
      digest: found.top.digest,
      mediaType: found.top.content.mediaType,
      manifestDigest: found.image.digest,
      configDigest: content.config.digest,
      config: blob.config,
      platform: blob.platform,
      size: content.layers.reduce((sum, { size }) => sum + size, 0),
      created: blob.created,
      diffIds: diffIdsOf(facts),
      history: sizedSteps(historyOf(facts), content.layers),
      usedCredentials: transport.usedCredentials,
      direct: !endpoint.mirror && !endpoint.insecure &&
        transport.base.protocol === "https:",
    };
  });
}

/** A manifest or an index that was got and checked. */
export interface Fetched<T = Index | Manifest> {
  answer: Answer;
  digest: string;
  content: T;
}

/** Gets the manifest of one image, and the indexes that lead to it. */
export async function getImage(
  transport: RegistryTransport,
  name: string,
  platform: Platform,
): Promise<
  { top: Fetched; indexes: Fetched<Index>[]; image: Fetched<Manifest> }
> {
  const top = await getManifest(transport, name);
  const indexes: Fetched<Index>[] = [];
  let current = top;
  while (current.content.kind === "index") {
    const index = current as Fetched<Index>;
    const entry = chooseEntry(index.content, platform, index);
    if (indexes.push(index) > MAX_INDEXES) {
      throw invalid(current.answer, "too many indexes in one another");
    }
    current = await getManifest(transport, entry.digest);
  }
  return { top, indexes, image: current as Fetched<Manifest> };
}

async function getManifest(
  transport: RegistryTransport,
  name: string,
): Promise<Fetched> {
  const answer = await transport.get(`manifests/${name}`, {
    limit: MANIFEST_LIMIT,
    accept: MANIFEST_ACCEPT,
  });
  // A tag has no digest of its own to hold the registry to, but most
  // registries say which they mean.
  const claimed = name.includes(":")
    ? name
    : answer.headers.get("docker-content-digest");
  if (claimed !== null) await verify(answer, claimed, "manifest");
  const content = checked(answer, () =>
    parseManifest(
      answer.json(),
      answer.headers.get("content-type") ?? "",
    ));
  return { answer, content, digest: claimed ?? await digestOf(answer.bytes) };
}

function chooseEntry(
  index: Index,
  platform: Platform,
  { answer }: Fetched,
): Descriptor {
  const entry = choosePlatform(index.manifests, platform);
  if (entry !== undefined) return entry;
  throw invalid(
    answer,
    `no matching manifest for ${
      formatPlatform(platform)
    } in the manifest list entries`,
    "no-platform",
  );
}

/** Gets an image's config. */
export async function getConfig(
  transport: RegistryTransport,
  { content, answer: from }: Fetched<Manifest>,
): Promise<{ blob: ConfigBlob; bytes: Uint8Array<ArrayBuffer> }> {
  const { mediaType, digest } = content.config;
  if (!CONFIG_MEDIA_TYPES.includes(mediaType)) {
    throw invalid(from, `unsupported media type ${mediaType}`);
  }
  const answer = await transport.get(`blobs/${digest}`, {
    limit: CONFIG_LIMIT,
  });
  await verify(answer, digest, "config");
  const blob = checked(answer, () => parseConfigBlob(answer.json()));
  return { blob, bytes: answer.bytes };
}

async function verify(
  answer: Answer,
  digest: string,
  what: string,
): Promise<void> {
  checked(answer, () => parseDigest(digest));
  if (await hasDigest(answer.bytes, digest)) return;
  throw invalid(answer, `${what} verification failed for digest ${digest}`);
}

/** Reads content, with its place added to what is wrong with it. */
function checked<T>(answer: Answer, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof SyntaxError) throw invalid(answer, error.message);
    throw error;
  }
}

function invalid(
  { url, status }: Answer,
  text: string,
  kind: RegistryErrorKind = "invalid-content",
): RegistryError {
  return new RegistryError({ kind, method: "GET", url, status, text });
}
