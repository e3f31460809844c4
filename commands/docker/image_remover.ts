/**
 * Removing images one after the other, as `docker rmi` and the prunes do.
 *
 * @module
 */
import type { ImageReference } from "../../docker/image_reference.ts";
import {
  familiarReference,
  parseImageReference,
  withDefaultTag,
} from "../../docker/image_reference.ts";
import {
  ImageConflict,
  type ImageUser,
  planRemoval,
  type RemovalPlan,
} from "../../docker/image_removal.ts";
import { chainIdsOf } from "../../docker/layer_chain.ts";
import { listContainers } from "../../modes/containers.ts";
import {
  findAmong,
  listPlacedImages,
  missingImageName,
  type PlacedImage,
} from "../../modes/docker_images.ts";
import type { ImagePlaces } from "../../modes/image_places.ts";
import { collectLocally, removeFromPlaces } from "../../modes/image_removal.ts";
import { DaemonError } from "../errors.ts";

/** An image that is not there; docker minds less about it. */
export class NoSuchImage extends DaemonError {}

/** What went. */
export interface RemovedThings {
  untagged: string[];
  /** IDs of the image and of the layers that nothing else needs. */
  deleted: string[];
}

/** Removes images, and knows what is left. */
export class ImageRemover {
  readonly #places: ImagePlaces;
  readonly users: readonly ImageUser[];
  #images: PlacedImage[];
  #bytes = 0;

  private constructor(
    places: ImagePlaces,
    images: PlacedImage[],
    users: readonly ImageUser[],
  ) {
    this.#places = places;
    this.#images = images;
    this.users = users;
  }

  /** Two requests. */
  static async open(places: ImagePlaces): Promise<ImageRemover> {
    const [images, containers] = await Promise.all([
      listPlacedImages(places),
      listContainers(places.client),
    ]);
    const users = containers.map(({ id, record, state }) => ({
      id,
      imageId: record.imageId,
      running: state.status === "running" || state.status === "paused",
    }));
    return new ImageRemover(places, images, users);
  }

  /** What there still is. */
  get images(): readonly PlacedImage[] {
    return this.#images;
  }

  /**
   * Removes what a name or an ID stands for.
   *
   * @throws {DaemonError} With docker's text, when it can't.
   */
  async remove(text: string, force: boolean): Promise<RemovedThings> {
    const placed = this.#find(text);
    const isId = placed.image.id.replace("sha256:", "")
      .startsWith(text.replace("sha256:", ""));
    const reference = isId
      ? undefined
      : withDefaultTag(parseImageReference(text));
    return await this.#carryOut(placed, reference, text, force);
  }

  /** Removes an image with its names, whatever these are. */
  async removeWhole(placed: PlacedImage): Promise<RemovedThings> {
    return await this.#carryOut(placed, undefined, placed.image.id, true);
  }

  /**
   * Ends the removals: gives back what the local store has kept.
   *
   * @returns bytes that were given back altogether.
   */
  async finish(): Promise<number> {
    return this.#bytes + await collectLocally(this.#places);
  }

  #find(text: string): PlacedImage {
    let placed: PlacedImage | undefined;
    try {
      placed = findAmong(this.#images, text);
    } catch (cause) {
      if (!(cause instanceof SyntaxError)) throw cause;
      throw new DaemonError(cause.message, { cause });
    }
    if (placed) return placed;
    throw new NoSuchImage(`No such image: ${missingImageName(text)}`);
  }

  async #carryOut(
    placed: PlacedImage,
    reference: ImageReference | undefined,
    text: string,
    force: boolean,
  ): Promise<RemovedThings> {
    const { image } = placed;
    const plan = this.#plan({
      image,
      reference,
      text,
      force,
      users: this.users,
    });
    this.#bytes += await removeFromPlaces(
      this.#places,
      placed,
      plan,
      this.#images,
    );
    const untagged = plan.untagged.map(familiarReference);
    if (!plan.deleted) {
      image.references = image.references
        .filter((one) => !plan.untagged.includes(one));
      // Where the names are has changed; how they were is of no use any more.
      this.#images = await listPlacedImages(this.#places);
      return { untagged, deleted: [] };
    }
    this.#images = this.#images.filter((one) => one !== placed);
    return { untagged, deleted: [image.id, ...await this.#unused(placed)] };
  }

  #plan(request: Parameters<typeof planRemoval>[0]): RemovalPlan {
    try {
      return planRemoval(request);
    } catch (cause) {
      if (!(cause instanceof ImageConflict)) throw cause;
      throw new DaemonError(cause.message, { cause });
    }
  }

  /** An image's layers that no other has, nor a container; the uppermost first. */
  async #unused({ image }: PlacedImage): Promise<string[]> {
    if (this.users.some(({ imageId }) => imageId === image.id)) return [];
    const used = new Set<string>();
    for (const other of this.#images) {
      for (const id of await chainIdsOf(other.image.layers)) used.add(id);
    }
    return (await chainIdsOf(image.layers)).filter((id) => !used.has(id))
      .reverse();
  }
}
