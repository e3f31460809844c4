import { parseDigest } from "./digest.ts";
import { INDEX_MEDIA_TYPES, MANIFEST_MEDIA_TYPES } from "./media_types.ts";
import type { Platform } from "./platform.ts";

/** How a manifest points at other content. */
export interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  platform?: Platform;
}

/** The manifests of one image for several platforms. */
export interface Index {
  kind: "index";
  mediaType: string;
  manifests: Descriptor[];
}

/** The parts of one image. */
export interface Manifest {
  kind: "manifest";
  mediaType: string;
  config: Descriptor;
  layers: Descriptor[];
}

/**
 * Checks a manifest's or an index's JSON; throws a SyntaxError. What the body
 * calls itself wins over the Content-Type, since only it has a digest; content
 * that could be read both ways is refused.
 *
 * @see https://github.com/advisories/GHSA-qq97-vm5h-rrhg
 */
export function parseManifest(
  value: unknown,
  contentType: string,
): Index | Manifest {
  const body = object(value, "manifest");
  const mediaType = typeof body.mediaType === "string" && body.mediaType
    ? body.mediaType
    : contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  const isIndex = INDEX_MEDIA_TYPES.includes(mediaType);
  if (!isIndex && !MANIFEST_MEDIA_TYPES.includes(mediaType)) {
    throw new SyntaxError(`unsupported media type ${mediaType || "none"}`);
  }
  const hasImage = body.config !== undefined || body.layers !== undefined;
  const hasIndex = body.manifests !== undefined;
  if (hasImage === hasIndex || hasIndex !== isIndex) {
    throw new SyntaxError(`Manifest: content is no ${mediaType}`);
  }
  if (isIndex) {
    const manifests = descriptors(body.manifests, "manifests");
    return { kind: "index", mediaType, manifests };
  }
  return {
    kind: "manifest",
    mediaType,
    config: descriptor(body.config, "config"),
    layers: descriptors(body.layers, "layers"),
  };
}

function descriptors(value: unknown, field: string): Descriptor[] {
  if (!Array.isArray(value)) {
    throw new SyntaxError(`Manifest: ${field} is not a list`);
  }
  return value.map((item, i) => descriptor(item, `${field}[${i}]`));
}

function descriptor(value: unknown, field: string): Descriptor {
  const { mediaType, digest, size, platform } = object(value, field);
  if (!Number.isSafeInteger(size) || Number(size) < 0) {
    throw new SyntaxError(`Manifest: ${field} has no size`);
  }
  return {
    mediaType: text(mediaType),
    digest: parseDigest(digest),
    size: Number(size),
    ...(platform === undefined || platform === null
      ? {}
      : { platform: platformOf(object(platform, `${field}.platform`)) }),
  };
}

function platformOf(value: Record<string, unknown>): Platform {
  return {
    os: text(value.os),
    architecture: text(value.architecture),
    variant: text(value.variant),
  };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function object(value: unknown, field: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SyntaxError(`Manifest: ${field} is not an object`);
  }
  return value as Record<string, unknown>;
}
