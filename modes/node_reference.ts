/**
 * References to kind's node images, as far as LXC mode treats them apart.
 *
 * @module
 */
import type { ImageReference } from "../docker/image_reference.ts";

/**
 * Whether a reference is one of kind's own node images, at Docker Hub or
 * anywhere below a mirror: `kindest/node`, `mirror.example/hub/kindest/node`.
 */
export function isNodeReference({ repository }: ImageReference): boolean {
  return /(^|\/)kindest\/node$/.test(repository);
}

/**
 * The Kubernetes version that such a reference names by its tag, `v1.35.0`;
 * undefined where the tag is none, or there is only a digest.
 */
export function nodeVersionOf(reference: ImageReference): string | undefined {
  const { tag = "" } = reference;
  return isNodeReference(reference) && /^v\d+\.\d+\.\d+(-[\w.]+)?$/.test(tag)
    ? tag
    : undefined;
}
