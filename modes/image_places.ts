/**
 * Where images are: in the server's store, from which containers are made, and
 * in the local one, which `docker load`, `commit` and the like fill.
 *
 * @module
 */
import {
  type ImageReference,
  parseImageReference,
} from "../docker/image_reference.ts";
import type { DockerImage } from "../docker/image_view.ts";
import { parseStoreIndex, type StoredName } from "../images/store_index.ts";
import type { IncusClient } from "../incus/client.ts";
import { storedReference } from "./images.ts";

/** The two places. */
export interface ImagePlaces {
  client: IncusClient;
  /** The local store's folder, which need not be there; undefined when there is to be none. */
  folder: string | undefined;
  /** Images that names stand for which neither place has under them. */
  others?: (reference: ImageReference) => Promise<DockerImage | undefined>;
}

/**
 * The local store's name for a reference, by reading one small file. Nothing
 * of the store is loaded for it.
 */
export async function findLocalName(
  folder: string | undefined,
  reference: ImageReference,
): Promise<StoredName | undefined> {
  if (folder === undefined) return undefined;
  let text: string;
  try {
    text = await Deno.readTextFile(`${folder}/index.json`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  let names: StoredName[];
  try {
    names = parseStoreIndex(text);
  } catch {
    // Those that open the store say what is wrong with it.
    return undefined;
  }
  const wanted = storedReference(reference);
  return names.find(({ name }) => name === wanted) ??
    names.find((one) => hasDigest(one, reference));
}

/** The registry's own digest names an image too. */
function hasDigest(
  { name, pulled, descriptor }: StoredName,
  { registry, repository, digest }: ImageReference,
): boolean {
  if (!pulled || name === "" || descriptor.digest !== digest) return false;
  const one = parseImageReference(name);
  return one.registry === registry && one.repository === repository;
}
