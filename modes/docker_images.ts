/**
 * The images of both places as docker's: one for each configuration, with all
 * its names. A name that both have means what it was given to last.
 *
 * @module
 */
import { dockerArchitecture } from "../docker/architecture.ts";
import {
  DEFAULT_TAG,
  familiarName,
  type ImageReference,
  parseImageId,
  parseImageReference,
  withDefaultTag,
} from "../docker/image_reference.ts";
import type { DockerImage } from "../docker/image_view.ts";
import type { StoredName } from "../images/store.ts";
import type { Image } from "../incus/types.ts";
import { giveNames, type PlacedImage, referencesFrom } from "./image_names.ts";
import { findLocalName, type ImagePlaces } from "./image_places.ts";
import { findImage, listStoredImages, type StoredImage } from "./images.ts";

export type { PlacedImage } from "./image_names.ts";

/** All images as docker sees them, newest first; one request. */
export async function listDockerImages(
  places: ImagePlaces,
): Promise<DockerImage[]> {
  return (await listPlacedImages(places)).map(({ image }) => image);
}

/** All images with their places, newest first; one request. */
export async function listPlacedImages(
  { client, folder }: ImagePlaces,
): Promise<PlacedImage[]> {
  const [onServer, locally] = await Promise.all([
    listStoredImages(client),
    listLocally(folder),
  ]);
  const found = new Map<string, PlacedImage>(
    locally.map((one) => [one.image.id, one]),
  );
  for (const { image, stored } of onServer) {
    for (const one of stored) {
      const { id } = one.note.facts;
      const known: PlacedImage = found.get(id) ??
        unnamed(dockerImageFrom(one, image));
      known.aliases.push(one);
      known.bytes.set(image.fingerprint, image.size);
      known.image.stored.server ??= image.fingerprint;
      found.set(id, known);
    }
  }
  const all = [...found.values()];
  giveNames(all);
  return all.sort((a, b) => a.image.created < b.image.created ? 1 : -1);
}

async function listLocally(
  folder: string | undefined,
): Promise<PlacedImage[]> {
  if (folder === undefined) return [];
  const { dockerImageFromStore, listLocalImages } = await import(
    "./local_images.ts"
  );
  return (await listLocalImages(folder)).map((info) => ({
    ...unnamed(dockerImageFromStore(info)),
    names: info.names,
    bytes: new Map(info.layers.map(({ digest, size }) => [digest, size])),
  }));
}

function unnamed(image: DockerImage): PlacedImage {
  return { image, aliases: [], names: [], bytes: new Map() };
}

/**
 * The image that a reference or an id names. Unless the `whole` is asked for
 * and where the reference is the server's, that is one request, for its alias,
 * which tells neither size nor architecture nor further names: they are empty,
 * and {@linkcode completeImage} gets them.
 *
 * @throws {SyntaxError} With docker's text, when it can name no image.
 */
export async function findDockerImage(
  places: ImagePlaces,
  text: string,
  options: { whole?: boolean } = {},
): Promise<DockerImage | undefined> {
  const id = parseImageId(text);
  const reference = referenceOf(text, id);
  const found = await findNamedOrListed(places, text, options.whole ?? false);
  return found ?? (reference && await places.others?.(reference));
}

async function findNamedOrListed(
  places: ImagePlaces,
  text: string,
  whole: boolean,
): Promise<DockerImage | undefined> {
  const id = parseImageId(text);
  const reference = referenceOf(text, id);
  if (reference && !whole) {
    const found = await findByName(places, reference);
    // Only an id or a digest may name an image that has no name of its own.
    if (found || (id === undefined && !reference.digest)) return found;
  }
  return findAmong(await listPlacedImages(places), text)?.image;
}

/**
 * The same among images that were listed.
 *
 * @throws {SyntaxError} With docker's text, when it can name no image.
 */
export function findAmong(
  images: readonly PlacedImage[],
  text: string,
): PlacedImage | undefined {
  const id = parseImageId(text);
  const reference = referenceOf(text, id);
  const named = reference &&
    images.find(({ image }) => isNamed(image, reference));
  if (named || id === undefined) return named;
  const matches = images.filter(({ image }) =>
    image.id.startsWith(`sha256:${id}`) || image.stored.server?.startsWith(id)
  );
  return matches.length === 1 ? matches[0] : undefined;
}

/** An image with what an alias doesn't tell; one request. */
export async function completeImage(
  places: ImagePlaces,
  image: DockerImage,
): Promise<DockerImage> {
  const all = await listDockerImages(places);
  return all.find(({ id }) => id === image.id) ?? image;
}

/** How docker's "No such image" names what it looked for. */
export function missingImageName(text: string): string {
  if (text.startsWith("sha256:")) return text;
  if (/^[a-f0-9]{64}$/.test(text)) return `sha256:${text}`;
  const { registry, repository, tag, digest } = parseImageReference(text);
  const name = familiarName({ registry, repository });
  return digest ? `${name}@${digest}` : `${name}:${tag ?? DEFAULT_TAG}`;
}

/** The reference in full; undefined for what can only be an id. */
function referenceOf(
  text: string,
  id: string | undefined,
): ImageReference | undefined {
  return text.startsWith("sha256:") || id?.length === 64
    ? undefined
    : withDefaultTag(parseImageReference(text));
}

async function findByName(
  { client, folder }: ImagePlaces,
  reference: ImageReference,
): Promise<DockerImage | undefined> {
  const [stored, local] = await Promise.all([
    findImage(client, reference),
    findLocalName(folder, reference),
  ]);
  if (folder !== undefined && local && isNewer(local, stored)) {
    const image = await loadLocal(folder, local);
    if (image) return image;
  }
  return stored && dockerImageFrom(stored);
}

function isNewer(local: StoredName, stored: StoredImage | undefined): boolean {
  return !stored || local.tagged > (stored.note.tagged ?? "");
}

async function loadLocal(
  folder: string,
  name: StoredName,
): Promise<DockerImage | undefined> {
  const { dockerImageFromStore, localImageOf } = await import(
    "./local_images.ts"
  );
  const info = await localImageOf(folder, name);
  return info && {
    ...dockerImageFromStore(info),
    references: referencesFrom(name.name, name.pulled, name.descriptor.digest),
  };
}

/** What docker shows of an image of the server; without it, less. */
export function dockerImageFrom(
  { fingerprint, note }: StoredImage,
  image?: Image,
): DockerImage {
  const { facts, created, digest, reference } = note;
  return {
    id: facts.id,
    references: referencesFrom(reference, digest !== "", digest),
    created,
    architecture: image ? dockerArchitecture(image.architecture) : "",
    variant: "",
    size: image?.size ?? 0,
    layers: note.layers ?? [],
    history: note.history ?? [],
    author: "",
    comment: note.history?.at(-1)?.comment ?? "",
    lastTagged: "",
    stored: { server: fingerprint },
    env: facts.env,
    entrypoint: facts.entrypoint,
    cmd: facts.cmd,
    labels: facts.labels,
    user: facts.user,
    workingDir: facts.workingDir,
    exposedPorts: facts.exposedPorts,
    volumes: facts.volumes,
    stopSignal: facts.stopSignal,
  };
}

/** Whether a reference names an image: by its digest where it has one, as docker does. */
function isNamed(image: DockerImage, wanted: ImageReference): boolean {
  return image.references.some((one) =>
    one.registry === wanted.registry && one.repository === wanted.repository &&
    (wanted.digest === undefined
      ? one.tag === wanted.tag
      : one.digest === wanted.digest)
  );
}
