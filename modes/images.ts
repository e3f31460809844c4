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
} from "../docker/image_reference.ts";
import type { IncusClient } from "../incus/client.ts";
import {
  fetchImage,
  getImageAlias,
  listImages,
  putImageAlias,
} from "../incus/images.ts";
import type { Image, ImageAlias } from "../incus/types.ts";
import type { ImageFacts } from "./mode.ts";

/** Names on the server may not be longer. */
const MAX_ALIAS = 64;

/** What an alias's description keeps, as JSON. */
export interface ImageNote {
  reference: string;
  /** The digest that the registry's name stood for. */
  digest: string;
  /** RFC 3339. */
  created: string;
  facts: ImageFacts;
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
export async function aliasFor(reference: ImageReference): Promise<string> {
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
): Promise<{ image: Image; stored: StoredImage[] }[]> {
  const found: { image: Image; stored: StoredImage[] }[] = [];
  for (const image of await listImages(client)) {
    const stored: StoredImage[] = [];
    for (const alias of image.aliases ?? []) {
      const one = storedImageOf(image.fingerprint, alias);
      if (one) stored.push(one);
    }
    if (stored.length > 0) found.push({ image, stored });
  }
  return found;
}

/** An image with this configuration, under whatever reference. */
export async function findImageById(
  client: IncusClient,
  id: string,
): Promise<StoredImage | undefined> {
  return (await listStoredImages(client)).flatMap(({ stored }) => stored)
    .find(({ note }) => note.facts.id === id);
}

/** What {@linkcode storeImage} is told of an image. */
export interface ImageToStore {
  reference: ImageReference;
  /** What the server fetches: `repository:tag` or `repository@digest`. */
  source: string;
  /** What is known of it; the fingerprint is the server's to tell. */
  note: Omit<ImageNote, "reference">;
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

/** Gives an image of the store a reference, beside those that it has. */
export async function nameImage(
  client: IncusClient,
  reference: ImageReference,
  fingerprint: string,
  note: Omit<ImageNote, "reference">,
): Promise<StoredImage> {
  const stored: ImageNote = {
    ...note,
    reference: storedReference(reference),
    facts: {
      ...note.facts,
      id: note.facts.id || `sha256:${fingerprint}`,
      fingerprint,
    },
  };
  await putImageAlias(client, {
    name: await aliasFor(reference),
    target: fingerprint,
    description: JSON.stringify(stored),
  });
  return { fingerprint, note: stored };
}

function storedImageOf(
  fingerprint: string,
  alias: Pick<ImageAlias, "name" | "description">,
): StoredImage | undefined {
  try {
    const note = JSON.parse(alias.description) as Partial<ImageNote>;
    if (!note.facts || !note.reference) return undefined;
    return {
      fingerprint,
      note: { ...note, facts: { ...note.facts, fingerprint } } as ImageNote,
    };
  } catch {
    // An alias of the user's own that only looks like a reference.
    return undefined;
  }
}
