/**
 * Docker's images in the server's store.
 *
 * Each reference is an alias of the image, so `incus image list` shows it; the
 * alias's description keeps what docker knows of the image and Incus does not.
 * Two references may lead to one image of the server (it tells images apart by
 * their layers alone) and still differ in their configuration.
 *
 * @module
 */
import {
  formatImageReference,
  type ImageReference,
  parseImageReference,
} from "../docker/image_reference.ts";
import type { IncusClient } from "../incus/client.ts";
import type { ImageStep } from "../docker/image_view.ts";
import {
  deleteImage,
  fetchImage,
  getImage,
  getImageAlias,
  listImages,
  putImageAlias,
} from "../incus/images.ts";
import { isNotFound } from "../incus/errors.ts";
import type { Image, ImageAlias } from "../incus/types.ts";
import type { ImageFacts } from "./mode.ts";

/** Names on the server may not be longer. */
const MAX_ALIAS = 64;

/** What an alias's description keeps, as JSON. */
export interface ImageNote {
  /** In full, with a tag or a digest; empty for an image that lost its names. */
  reference: string;
  /** The digest that the registry's name stood for; empty when it stood for none. */
  digest: string;
  /** RFC 3339. */
  created: string;
  facts: ImageFacts;
  /**
   * `lxc`: a flattened image, for system containers; `kubeadm`: a system
   * container's own, which is no docker image; absent: an OCI image.
   */
  form?: "lxc" | "kubeadm";
  /** When the image got the name, RFC 3339 in UTC; absent counts as the oldest. */
  tagged?: string;
  /** Digests of the layers as tar archives, the lowest first. */
  layers?: string[];
  /** The oldest first. */
  history?: ImageStep[];
}

/** The mode in which an image makes containers. */
export function modeOf({ form }: ImageNote): "oci" | "lxc" {
  return form === undefined ? "oci" : "lxc";
}

/** What {@linkcode nameImage} is told: the reference comes beside it. */
export type NewNote = Omit<ImageNote, "reference">;

/** An image under one of its aliases. */
export interface AliasedImage extends StoredImage {
  alias: string;
}

/** An image that is in the server's store under a docker reference. */
export interface StoredImage {
  fingerprint: string;
  note: ImageNote;
}

/**
 * The reference under which an image is kept: with a digest, docker ignores
 * the tag.
 */
export function storedReference(reference: ImageReference): string {
  const { registry, repository, digest } = reference;
  return formatImageReference(
    digest ? { registry, repository, digest } : reference,
  );
}

/** The alias of a reference: itself, or its sum where that is too long. */
async function aliasFor(reference: ImageReference): Promise<string> {
  const text = storedReference(reference);
  if (text.length <= MAX_ALIAS) return text;
  const digest = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(text),
  );
  const sum = Array.from(
    new Uint8Array(digest),
    (byte) => byte.toString(16).padStart(2, "0"),
  ).join("");
  return `kini/${sum.slice(0, 40)}`;
}

/** The image under this reference, or `undefined`; one request. */
export async function findImage(
  client: IncusClient,
  reference: ImageReference,
): Promise<StoredImage | undefined> {
  const alias = await getImageAlias(client, await aliasFor(reference));
  return alias && storedImageOf(alias.target, alias);
}

/** All images that have a docker reference, each with its references. */
export async function listStoredImages(
  client: IncusClient,
): Promise<{ image: Image; stored: AliasedImage[] }[]> {
  const found: { image: Image; stored: AliasedImage[] }[] = [];
  for (const image of await listImages(client)) {
    const stored: AliasedImage[] = [];
    for (const alias of image.aliases ?? []) {
      const one = storedImageOf(image.fingerprint, alias);
      if (one) stored.push({ ...one, alias: alias.name });
    }
    if (stored.length > 0) found.push({ image, stored });
  }
  return found;
}

/** An OCI image with this configuration, under whatever reference. */
export async function findImageById(
  client: IncusClient,
  id: string,
): Promise<StoredImage | undefined> {
  return (await listStoredImages(client)).flatMap(({ stored }) => stored)
    .find(({ note }) => modeOf(note) === "oci" && note.facts.id === id);
}

/** What {@linkcode storeImage} is told of an image. */
export interface ImageToStore {
  reference: ImageReference;
  /** What the server fetches: `repository:tag` or `repository@digest`. */
  source: string;
  /** What is known of it; the fingerprint is the server's to tell. */
  note: NewNote;
  signal?: AbortSignal;
  onProgress?: (text: string) => void;
}

/**
 * Has the server fetch an image from its registry and gives it its name.
 *
 * @throws {IncusError} with the server's account of what the registry said.
 */
export async function storeImage(
  client: IncusClient,
  image: ImageToStore,
): Promise<StoredImage> {
  const { reference, note, signal, onProgress } = image;
  const fingerprint = await fetchImage(client, {
    source: {
      type: "image",
      mode: "pull",
      protocol: "oci",
      server: `https://${reference.registry}`,
      alias: image.source,
    },
    // Docker's images stay what they are until somebody pulls again.
    auto_update: false,
  }, { ...(signal && { signal }), ...(onProgress && { onProgress }) });
  return await nameImage(client, reference, fingerprint, note);
}

/**
 * Gives an image of the server's store a reference, beside those that it has.
 * The image that had it before keeps its digest as its name, as with docker,
 * and goes when it has none.
 */
export async function nameImage(
  client: IncusClient,
  reference: ImageReference,
  fingerprint: string,
  note: NewNote,
): Promise<StoredImage> {
  const stored: ImageNote = {
    ...note,
    reference: storedReference(reference),
    facts: {
      ...note.facts,
      id: note.facts.id || `sha256:${fingerprint}`,
      fingerprint,
    },
    tagged: note.tagged ?? new Date().toISOString(),
  };
  const alias = await aliasFor(reference);
  const before = await getImageAlias(client, alias);
  await putImageAlias(client, {
    name: alias,
    target: fingerprint,
    description: JSON.stringify(stored),
  });
  const old = before && storedImageOf(before.target, before);
  const isOther = old?.note.facts.id !== stored.facts.id;
  if (old && (isOther || old.fingerprint !== fingerprint)) {
    // The same image in another form need not be kept twice.
    await keepUnnamed(client, old, { orRemove: true, asDigest: isOther });
  }
  return { fingerprint, note: stored };
}

/**
 * Keeps an image that lost a name, unless it has another: under the digest
 * that its registry calls it by, or else under none.
 *
 * @param options `orRemove`: an image without a digest is removed instead;
 * `asDigest`: false when it is not to be kept under its digest either.
 */
export async function keepUnnamed(
  client: IncusClient,
  { fingerprint, note }: StoredImage,
  options: { orRemove?: boolean; asDigest?: boolean } = {},
): Promise<void> {
  let image: Image;
  try {
    image = await getImage(client, fingerprint);
  } catch (error) {
    if (isNotFound(error)) return;
    throw error;
  }
  const aliases = image.aliases ?? [];
  const named = aliases.some((alias) =>
    storedImageOf(fingerprint, alias)?.note.facts.id === note.facts.id
  );
  if (named) return;
  const { orRemove = false, asDigest = true } = options;
  const reference = note.reference && note.digest && asDigest
    ? digestReference(note)
    : undefined;
  if (!reference && orRemove) {
    if (aliases.length === 0) await deleteImage(client, fingerprint);
    return;
  }
  await putImageAlias(client, {
    name: reference ? await aliasFor(reference) : unnamedAlias(note.facts.id),
    target: fingerprint,
    description: JSON.stringify({
      ...note,
      reference: reference ? storedReference(reference) : "",
      digest: reference?.digest ?? "",
    }),
  });
}

/** The alias of an image without a reference. */
function unnamedAlias(id: string): string {
  return `kini/${id.replace("sha256:", "").slice(0, 40)}`;
}

function digestReference({ reference, digest }: ImageNote): ImageReference {
  const { registry, repository } = parseImageReference(reference);
  return { registry, repository, digest };
}

function storedImageOf(
  fingerprint: string,
  alias: Pick<ImageAlias, "name" | "description">,
): StoredImage | undefined {
  try {
    const note = JSON.parse(alias.description) as Partial<ImageNote>;
    if (!note.facts || typeof note.reference !== "string") return undefined;
    return {
      fingerprint,
      note: { ...note, facts: { ...note.facts, fingerprint } } as ImageNote,
    };
  } catch {
    // An alias of the user's own that only looks like a reference.
    return undefined;
  }
}
