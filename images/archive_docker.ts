/**
 * Archives with a manifest.json: what `docker save`, podman and skopeo write.
 *
 * The layers lie in a folder each, beside each other, or as blobs of an OCI
 * layout whose own manifests are kept then. Else the image gets a manifest
 * here; its config stays as it is, and so does its ID.
 *
 * @module
 */
import { createHash } from "node:crypto";
import {
  formatImageReference,
  parseImageReference,
} from "../docker/image_reference.ts";
import type { ArchiveContent } from "./archive_content.ts";
import { ArchiveError } from "./archive_error.ts";
import { readAhead } from "./archive_input.ts";
import {
  type ArchiveImage,
  checkedImage,
  readConfig,
} from "./archive_image.ts";
import { indexEntries } from "./archive_oci.ts";
import { referencesOf } from "./blob_references.ts";
import {
  type Compression,
  decompressed,
  detectCompression,
  MAGIC_LENGTH,
} from "./compression.ts";
import { MANIFEST_MEDIA_TYPES } from "./media_types.ts";
import type { Platform } from "./platform.ts";
import type { Ingest, WrittenBlob } from "./store.ts";
import { statIfThere } from "./store_files.ts";

const LAYER = "application/vnd.oci.image.layer.v1.tar";
const CONFIG = "application/vnd.oci.image.config.v1+json";

/** One image of manifest.json. */
interface Item {
  config: string;
  tags: string[];
  layers: string[];
}

/** The images that manifest.json lists. */
export async function dockerImages(
  ingest: Ingest,
  content: ArchiveContent,
  platform: Platform,
): Promise<ArchiveImage[]> {
  const images: ArchiveImage[] = [];
  for (const item of parseItems(content.document("manifest.json") ?? "")) {
    const names = item.tags.map(checkedTag);
    images.push({
      ...await dockerImage(ingest, content, item, platform),
      names,
    });
  }
  return images;
}

async function dockerImage(
  ingest: Ingest,
  content: ArchiveContent,
  { config, layers }: Item,
  platform: Platform,
): Promise<Omit<ArchiveImage, "names">> {
  const configBlob = content.file(config);
  if (!configBlob) throw lacks(config, "the config");
  const { platform: { os }, diffIds } = await readConfig(
    ingest,
    configBlob.digest,
  );
  if (os !== "" && os !== "linux") {
    throw new ArchiveError(`cannot load ${os} image on linux`);
  }
  if (diffIds.length !== layers.length) {
    throw new ArchiveError(
      `invalid manifest, layers length mismatch: expected ${layers.length}, ` +
        `got ${diffIds.length}`,
    );
  }
  const id = configBlob.digest;
  const described = await fromIndex(ingest, content, id, platform);
  if (described) return described;
  const descriptors = [];
  for (const [i, path] of layers.entries()) {
    descriptors.push(await layerOf(ingest, content, path, i, diffIds[i]!));
  }
  const manifest = {
    schemaVersion: 2,
    mediaType: MANIFEST_MEDIA_TYPES[0]!,
    config: { mediaType: CONFIG, ...configBlob },
    layers: descriptors,
  };
  const written = await ingest.writeBlob(
    new TextEncoder().encode(JSON.stringify(manifest)),
  );
  const parts = [written, configBlob, ...descriptors];
  return {
    descriptor: { mediaType: manifest.mediaType, ...written },
    id,
    needed: new Set(parts.map(({ digest }) => digest)),
  };
}

/**
 * The entry of the archive's own index that has this config, when it is whole.
 * It may be for more platforms than docker's list tells of.
 */
async function fromIndex(
  ingest: Ingest,
  content: ArchiveContent,
  id: string,
  platform: Platform,
): Promise<Omit<ArchiveImage, "names"> | undefined> {
  for (const { descriptor } of indexEntries(content)) {
    const found = new Set<string>();
    await referencesOf(ingest, descriptor, found);
    if (!found.has(id)) continue;
    const image = await checkedImage(ingest, descriptor, platform);
    if (image) return { descriptor, ...image };
  }
  return undefined;
}

async function layerOf(
  ingest: Ingest,
  content: ArchiveContent,
  path: string,
  index: number,
  diffId: string,
) {
  // As with docker, a layer that is there already need not come again.
  const blob = content.file(path) ?? await storedLayer(ingest, diffId);
  if (!blob) throw lacks(path, "a layer");
  const { compression, actual } = await uncompressedDigest(ingest, blob);
  if (actual !== diffId) {
    throw new ArchiveError(
      `invalid diffID for layer ${index}: expected "${diffId}", got "${actual}"`,
    );
  }
  const suffix = compression === "none" ? "" : `+${compression}`;
  return { mediaType: LAYER + suffix, ...blob };
}

async function storedLayer(
  ingest: Ingest,
  diffId: string,
): Promise<WrittenBlob | undefined> {
  if (!/^sha256:[0-9a-f]{64}$/.test(diffId)) return undefined;
  const info = await statIfThere(ingest.path(diffId));
  return info?.isFile ? { digest: diffId, size: info.size } : undefined;
}

async function uncompressedDigest(
  ingest: Ingest,
  { digest }: WrittenBlob,
): Promise<{ compression: Compression; actual: string }> {
  const path = ingest.path(digest);
  const compression = await compressionOf(path);
  if (compression === "none") return { compression, actual: digest };
  const hash = createHash("sha256");
  const file = await Deno.open(path);
  try {
    // Its few buffers are used again, which a stream's are not.
    const stored = readAhead((buffer) => file.read(buffer));
    for await (const chunk of decompressed(stored)) hash.update(chunk);
  } finally {
    file.close();
  }
  return { compression, actual: `sha256:${hash.digest("hex")}` };
}

async function compressionOf(path: string): Promise<Compression> {
  const file = await Deno.open(path);
  try {
    const head = new Uint8Array(MAGIC_LENGTH);
    const count = await file.read(head);
    return detectCompression(head.subarray(0, count ?? 0));
  } finally {
    file.close();
  }
}

function parseItems(text: string): Item[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ArchiveError(`the archive's "manifest.json" is not JSON`, {
      cause,
    });
  }
  if (value === null) {
    throw new ArchiveError(
      "invalid manifest, manifest cannot be null (but can be [])",
    );
  }
  if (!Array.isArray(value)) throw invalid("it is no list");
  return value.map((item) => {
    const { Config: config, RepoTags: tags, Layers: layers } = Object(item);
    if (typeof config !== "string") throw invalid("an image has no config");
    return {
      config,
      tags: texts(tags, "RepoTags"),
      layers: texts(layers, "Layers"),
    };
  });
}

function texts(value: unknown, field: string): string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.some((one) => typeof one !== "string")) {
    throw invalid(`${field} is no list of texts`);
  }
  return value;
}

function checkedTag(tag: string): string {
  let reference;
  try {
    reference = parseImageReference(tag);
  } catch (cause) {
    throw new ArchiveError((cause as Error).message, { cause });
  }
  if (reference.tag === undefined || reference.digest !== undefined) {
    throw new ArchiveError(`invalid tag ${JSON.stringify(tag)}`);
  }
  return formatImageReference(reference);
}

function lacks(path: string, what: string): ArchiveError {
  return new ArchiveError(
    `the archive lacks "${path}", ${what} of one of its images`,
  );
}

function invalid(reason: string): ArchiveError {
  return new ArchiveError(
    `the archive's "manifest.json" is not valid: ${reason}`,
  );
}
