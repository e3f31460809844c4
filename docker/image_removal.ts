/**
 * What `docker rmi` does to an image: docker's rules for names, IDs and
 * containers, as a plan.
 *
 * @module
 */
import {
  formatImageReference,
  type ImageReference,
} from "./image_reference.ts";
import type { DockerImage } from "./image_view.ts";

/** A container, as far as it keeps an image from being removed. */
export interface ImageUser {
  id: string;
  imageId: string;
  running: boolean;
}

/** What is done. */
export interface RemovalPlan {
  /** Names that go, in the order in which they are told. */
  untagged: ImageReference[];
  /** The image itself goes too. */
  deleted: boolean;
}

/** An image that must stay, in docker's words. */
export class ImageConflict extends Error {
  override readonly name = "ImageConflict";
}

/** What was asked for. */
export interface RemovalRequest {
  image: DockerImage;
  /** The name that was given; undefined for an ID. */
  reference: ImageReference | undefined;
  /** As the user wrote it. */
  text: string;
  force: boolean;
  users: readonly ImageUser[];
}

/**
 * Plans the removal of a name, and of the image if that was its last.
 *
 * @throws {ImageConflict}
 */
export function planRemoval(request: RemovalRequest): RemovalPlan {
  const { image, reference, text, force, users } = request;
  const using = users.filter(({ imageId }) => imageId === image.id);
  if (reference === undefined) return planById(image, force, using);
  const [user] = using;
  if (!force && user && isSingle(image.references)) {
    throw new ImageConflict(
      `conflict: unable to remove repository reference "${text}" (must force)` +
        ` - container ${short(user.id)} is using its referenced image ` +
        short(image.id),
    );
  }
  const untagged = namesThatGo(image.references, reference);
  const left = image.references.filter((one) => !untagged.includes(one));
  // A name was given, so an image that is in use just loses it.
  const deleted = left.length === 0 &&
    conflictOf(image, force, using) === undefined;
  return { untagged, deleted };
}

function planById(
  image: DockerImage,
  force: boolean,
  using: readonly ImageUser[],
): RemovalPlan {
  const conflict = conflictOf(image, force, using, {
    named: !isSingle(image.references),
  });
  if (conflict !== undefined) throw new ImageConflict(conflict);
  return { untagged: image.references, deleted: true };
}

/** A tag takes the digests of its repository along when it was the last one there. */
function namesThatGo(
  references: readonly ImageReference[],
  wanted: ImageReference,
): ImageReference[] {
  const first = references.filter((one) => isSame(one, wanted));
  if (wanted.digest !== undefined) return first;
  const ofRepository = references.filter((one) =>
    one.repository === wanted.repository && one.registry === wanted.registry &&
    !first.includes(one)
  );
  return ofRepository.some(({ tag }) => tag !== undefined)
    ? first
    : [...first, ...ofRepository];
}

function isSame(one: ImageReference, wanted: ImageReference): boolean {
  const { registry, repository, digest } = wanted;
  return formatImageReference(one) === formatImageReference(
    digest === undefined ? wanted : { registry, repository, digest },
  );
}

/** Whether there is one name, with or without its digests. */
function isSingle(references: readonly ImageReference[]): boolean {
  if (references.length <= 1) return true;
  const tags = references.filter(({ tag }) => tag !== undefined);
  const repositories = new Set(
    references.map(({ registry, repository }) => `${registry}/${repository}`),
  );
  return tags.length <= 1 && repositories.size === 1;
}

/** Why an image can't be removed; the hardest reason first. */
function conflictOf(
  image: DockerImage,
  force: boolean,
  using: readonly ImageUser[],
  { named = false } = {},
): string | undefined {
  const running = using.find((one) => one.running);
  if (running) {
    return conflictText(
      image,
      "cannot be forced",
      `image is being used by running container ${short(running.id)}`,
    );
  }
  if (force) return undefined;
  if (named) {
    return conflictText(
      image,
      "must be forced",
      "image is referenced in multiple repositories",
    );
  }
  const [stopped] = using;
  return stopped && conflictText(
    image,
    "must be forced",
    `image is being used by stopped container ${short(stopped.id)}`,
  );
}

function conflictText(image: DockerImage, how: string, why: string): string {
  return `conflict: unable to delete ${short(image.id)} (${how}) - ${why}`;
}

function short(id: string): string {
  return id.replace("sha256:", "").slice(0, 12);
}
