import {
  DEFAULT_REGISTRY,
  type ImageReference,
  withDefaultTag,
} from "../../docker/image_reference.ts";
import { DaemonError } from "../errors.ts";

/**
 * The name that an image is to be given, with a tag.
 *
 * @throws {DaemonError} for a repository that would read as an ID.
 */
export function newTag(target: ImageReference): ImageReference {
  const { registry, repository } = target;
  if (registry === DEFAULT_REGISTRY && repository === "library/sha256") {
    throw new DaemonError(
      "refusing to create an ambiguous tag using digest algorithm as name",
    );
  }
  return withDefaultTag(target);
}
