import type { Descriptor } from "./manifest.ts";
import { INDEX_MEDIA_TYPES, MANIFEST_MEDIA_TYPES } from "./media_types.ts";
import { parseDigest } from "./digest.ts";

/** A name in the store, and the image that it stands for. */
export interface StoredName {
  /** `docker.io/library/node:22`, or with a digest; empty when the image has none. */
  name: string;
  /** Of an image index or a manifest. */
  descriptor: Descriptor;
  /** When the image got the name; RFC 3339 in UTC with milliseconds. */
  tagged: string;
  /** The descriptor's digest is the registry's own for this name. */
  pulled: boolean;
}

/** The name's full form, where containerd looks for it too. */
const NAME = "io.containerd.image.name";
/** The layout's own word for what a manifest is called. */
const REF = "org.opencontainers.image.ref.name";
const TAGGED = "kini.image.tagged";
const PULLED = "kini.image.pulled";

/**
 * Reads the names out of the layout's index.json.
 *
 * @throws {SyntaxError} for what is no index.
 */
export function parseStoreIndex(text: string): StoredName[] {
  const body: unknown = JSON.parse(text);
  const manifests = Object(body).manifests;
  if (!Array.isArray(manifests)) throw new SyntaxError("no list of manifests");
  return manifests.map(parseEntry);
}

function parseEntry(value: unknown): StoredName {
  const { annotations, mediaType, digest, size, platform } = Object(value);
  if (
    !INDEX_MEDIA_TYPES.includes(mediaType) &&
    !MANIFEST_MEDIA_TYPES.includes(mediaType)
  ) {
    throw new SyntaxError(`unsupported media type ${String(mediaType)}`);
  }
  if (!Number.isSafeInteger(size) || size < 0) {
    throw new SyntaxError("an entry has no size");
  }
  const notes = Object(annotations);
  const name = notes[NAME] ?? "";
  const tagged = notes[TAGGED] ?? "";
  if (typeof name !== "string" || typeof tagged !== "string") {
    throw new SyntaxError("an entry's annotations are not texts");
  }
  return {
    name,
    descriptor: {
      mediaType,
      digest: parseDigest(digest),
      size,
      ...(platform && { platform }),
    },
    tagged,
    pulled: notes[PULLED] === "true",
  };
}

/** The layout's index.json for these names. */
export function formatStoreIndex(names: readonly StoredName[]): string {
  const manifests = names.map(({ name, descriptor, tagged, pulled }) => ({
    ...descriptor,
    annotations: {
      ...(name && { [NAME]: name, [REF]: name }),
      ...(tagged && { [TAGGED]: tagged }),
      ...(pulled && { [PULLED]: "true" }),
    },
  }));
  const index = {
    schemaVersion: 2,
    mediaType: INDEX_MEDIA_TYPES[0],
    manifests,
  };
  return JSON.stringify(index, null, 1) + "\n";
}
