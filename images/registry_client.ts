import { digestOf, hasDigest, parseDigest } from "./digest.ts";
import {
  type ConfigBlob,
  type ImageConfig,
  parseConfigBlob,
} from "./image_config.ts";
import {
  type Descriptor,
  type Index,
  type Manifest,
  parseManifest,
} from "./manifest.ts";
import { CONFIG_MEDIA_TYPES, MANIFEST_ACCEPT } from "./media_types.ts";
import { choosePlatform, formatPlatform, type Platform } from "./platform.ts";
import type { Answer } from "./registry_answer.ts";
import type { CredentialsSource } from "./registry_auth.ts";
import { RegistryError, type RegistryErrorKind } from "./registry_error.ts";
import { Exchange, type ExchangeOptions } from "./registry_exchange.ts";
import {
  checkReference,
  type RegistryReference,
} from "./registry_reference.ts";
import { RegistryTransport } from "./registry_transport.ts";

/** How {@linkcode resolveImage} reaches the registry, and what it looks for. */
export interface ResolveOptions extends ExchangeOptions {
  platform: Platform;
  credentials?: CredentialsSource | undefined;
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
  const { registry, repository, name } = checkReference(reference);
  const transport = await RegistryTransport.open({
    registry,
    repository,
    exchange: new Exchange(options),
    credentials: options.credentials,
  });
  const top = await getManifest(transport, name);
  let current = top;
  for (let depth = 0; current.content.kind === "index"; depth++) {
    const entry = chooseEntry(current.content, options.platform, current);
    if (depth === MAX_INDEXES) {
      throw invalid(current.answer, "too many indexes in one another");
    }
    current = await getManifest(transport, entry.digest);
  }
  const { blob, configDigest } = await getConfig(
    transport,
    current.content,
    current.answer,
  );
  return {
    digest: top.digest,
    mediaType: top.content.mediaType,
    manifestDigest: current.digest,
    configDigest,
    config: blob.config,
    platform: blob.platform,
    size: current.content.layers.reduce((sum, { size }) => sum + size, 0),
    created: blob.created,
  };
}

interface Fetched {
  answer: Answer;
  digest: string;
  content: Index | Manifest;
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

async function getConfig(
  transport: RegistryTransport,
  { config: descriptor }: Manifest,
  from: Answer,
): Promise<{ blob: ConfigBlob; configDigest: string }> {
  if (!CONFIG_MEDIA_TYPES.includes(descriptor.mediaType)) {
    throw invalid(from, `unsupported media type ${descriptor.mediaType}`);
  }
  const answer = await transport.get(`blobs/${descriptor.digest}`, {
    limit: CONFIG_LIMIT,
  });
  await verify(answer, descriptor.digest, "config");
  const blob = checked(answer, () => parseConfigBlob(answer.json()));
  return { blob, configDigest: descriptor.digest };
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
