/**
 * The name that an image is about to get.
 *
 * @module
 */
import {
  DEFAULT_REGISTRY,
  type ImageReference,
  withDefaultTag,
} from "../../docker/image_reference.ts";
import { DaemonError } from "../errors.ts";

/**
 * Refuses what docker gives no image for a name, and adds the tag `latest`.
 *
 * @param digestError what to throw for a name with a digest; by default what
 * `docker tag` says.
 * @throws {DaemonError} for a tag that would read as a digest, `sha256:abc`.
 */
export function newImageName(
  reference: ImageReference,
  digestError?: Error,
): ImageReference {
  const { registry, repository, digest } = reference;
  if (digest !== undefined) {
    throw digestError ??
      new Error("refusing to create a tag with a digest reference");
  }
  if (registry === DEFAULT_REGISTRY && repository === "library/sha256") {
    throw new DaemonError(
      "refusing to create an ambiguous tag using digest algorithm as name",
    );
  }
  return withDefaultTag(reference);
}
