/**
 * Archives of an OCI image layout, as `skopeo copy oci-archive:`, `ctr images
 * export` and `docker buildx build --output type=oci` write them.
 *
 * @see https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 * @module
 */
import {
  formatImageReference,
  parseImageReference,
} from "../docker/image_reference.ts";
import type { ArchiveContent } from "./archive_content.ts";
import { ArchiveError } from "./archive_error.ts";
import {
  type ArchiveImage,
  type checkedImage,
  checkImage,
} from "./archive_image.ts";
import { isManifestType } from "./blob_references.ts";
import { type Descriptor, parseManifest } from "./manifest.ts";
import { INDEX_MEDIA_TYPES } from "./media_types.ts";
import type { Platform } from "./platform.ts";
import type { Ingest } from "./store.ts";

/** An entry of index.json. */
export interface IndexEntry {
  descriptor: Descriptor;
  /** The full name, if the archive has one for it. */
  name: string | undefined;
}

/**
 * The images that index.json lists.
 *
 * @param check those that it has nothing for are left out.
 */
export async function ociImages(
  ingest: Ingest,
  content: ArchiveContent,
  platform: Platform,
  check: typeof checkedImage = checkImage,
): Promise<ArchiveImage[]> {
  const images = new Map<string, ArchiveImage>();
  for (const { descriptor, name } of indexEntries(content)) {
    let image = images.get(descriptor.digest);
    if (!image) {
      const checked = await check(ingest, descriptor, platform);
      if (!checked) continue;
      image = { descriptor, ...checked, names: [] };
      images.set(descriptor.digest, image);
    }
    if (name !== undefined) image.names.push(name);
  }
  return [...images.values()];
}

/** The entries of index.json; none when there is no such file. */
export function indexEntries(content: ArchiveContent): IndexEntry[] {
  const text = content.document("index.json");
  if (text === undefined) return [];
  checkLayout(content.document("oci-layout"));
  let value: unknown;
  try {
    value = JSON.parse(text);
    const index = parseManifest(value, INDEX_MEDIA_TYPES[0]!);
    if (index.kind !== "index") throw new SyntaxError("it is no index");
    const raw = (value as { manifests: unknown[] }).manifests;
    return index.manifests
      .map((descriptor, i) => ({ descriptor, name: nameOf(raw[i]) }))
      .filter(({ descriptor }) => isManifestType(descriptor.mediaType));
  } catch (cause) {
    throw new ArchiveError(
      `the archive's "index.json" is not valid: ${(cause as Error).message}`,
      { cause },
    );
  }
}

function checkLayout(text: string | undefined): void {
  if (text === undefined) return;
  let version: unknown;
  try {
    version = Object(JSON.parse(text)).imageLayoutVersion;
  } catch {
    version = undefined;
  }
  if (version === "1.0.0") return;
  throw new ArchiveError(
    `the archive's "oci-layout" has a version that kini does not know`,
  );
}

/** containerd writes the whole name; others have one place for name or tag. */
function nameOf(entry: unknown): string | undefined {
  const annotations = Object(Object(entry).annotations);
  const full = annotations["io.containerd.image.name"];
  if (typeof full === "string") return parsedName(full);
  const text = annotations["org.opencontainers.image.ref.name"];
  // A bare word is a tag, and of what image is not said.
  return typeof text === "string" && /[:/]/.test(text)
    ? parsedName(text)
    : undefined;
}

function parsedName(text: string): string | undefined {
  try {
    const { digest, ...reference } = parseImageReference(text);
    if (digest !== undefined && reference.tag === undefined) return undefined;
    return formatImageReference({
      ...reference,
      tag: reference.tag ?? "latest",
    });
  } catch {
    // The layout's rules for this field allow what docker's don't.
    return undefined;
  }
}
