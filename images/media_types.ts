/** An OCI image index, and docker's manifest list that it grew from. */
export const INDEX_MEDIA_TYPES: readonly string[] = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
];

/** The manifest of one image, as OCI and as docker's schema 2. */
export const MANIFEST_MEDIA_TYPES: readonly string[] = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];

/**
 * What a manifest may call its config when it is an image and no other
 * artifact. The last four are old registries' mistakes that docker accepts.
 *
 * @see https://github.com/distribution/distribution/issues/1621
 */
export const CONFIG_MEDIA_TYPES: readonly string[] = [
  "application/vnd.oci.image.config.v1+json",
  "application/vnd.docker.container.image.v1+json",
  "application/octet-stream",
  "application/json",
  "text/html",
  "",
];

/** The Accept header for a manifest: the answer's type follows from it. */
export const MANIFEST_ACCEPT: string = [
  ...INDEX_MEDIA_TYPES,
  ...MANIFEST_MEDIA_TYPES,
].join(", ");
