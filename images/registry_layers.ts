import type { Manifest } from "./manifest.ts";

/** What layers may be called that this program can unpack. */
const LAYER_MEDIA_TYPES: readonly string[] = [
  "application/vnd.oci.image.layer.v1.tar",
  "application/vnd.oci.image.layer.v1.tar+gzip",
  "application/vnd.oci.image.layer.v1.tar+zstd",
  "application/vnd.docker.image.rootfs.diff.tar",
  "application/vnd.docker.image.rootfs.diff.tar.gzip",
  "application/vnd.docker.image.rootfs.diff.tar.zstd",
];

/**
 * Why an image's layers can't be pulled, as one sentence; undefined when they
 * can. Foreign layers lie with their maker and not with the registry.
 */
export function layerProblem({ layers }: Manifest): string | undefined {
  for (const { mediaType, digest } of layers) {
    if (LAYER_MEDIA_TYPES.includes(mediaType)) continue;
    return /foreign|nondistributable/.test(mediaType)
      ? `layer ${digest} is a foreign layer (${mediaType}), which is not in ` +
        "the registry: such images, of Windows, are not supported"
      : `layer ${digest} has the unsupported media type ` +
        `${mediaType || "none"}: this is no image of a container`;
  }
  return undefined;
}

/** How docker shows a blob: the first twelve digits. */
export function shortDigest(digest: string): string {
  return digest.slice(digest.indexOf(":") + 1).slice(0, 12);
}
