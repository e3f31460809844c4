/**
 * Images for containers, by their IDs.
 *
 * @module
 */
import type { ImageReference } from "../../docker/image_reference.ts";
import { parseImageReference } from "../../docker/image_reference.ts";
import type { ImagePlaces } from "../../modes/image_places.ts";
import { findAmong, listPlacedImages } from "../../modes/docker_images.ts";
import { modeOf, type StoredImage } from "../../modes/images.ts";
import type { ImageForm } from "../../modes/image_metadata.ts";
import { DaemonError } from "../errors.ts";

/** Where an image is: on the server, or in the local store under a name. */
export type FoundById = { stored: StoredImage } | { reference: ImageReference };

/**
 * Finds an image by its ID or the first digits of it.
 *
 * @throws {DaemonError} for one of the local store that has no name, which it
 * needs on the server.
 */
export async function findById(
  places: ImagePlaces,
  text: string,
  form: ImageForm,
): Promise<FoundById | undefined> {
  const found = findAmong(await listPlacedImages(places), text);
  if (!found) return undefined;
  const stored = found.aliases.find(({ note }) => modeOf(note) === form);
  if (stored) return { stored };
  const named = found.names.find(({ name }) => name !== "");
  if (named) return { reference: parseImageReference(named.name) };
  throw new DaemonError(
    `image ${text} has no name, which it needs to be run: use "docker tag"`,
  );
}
