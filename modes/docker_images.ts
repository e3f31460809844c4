/**
 * The server's images as docker's: one for each configuration, with all names.
 *
 * @module
 */
import type { DockerImage } from "../docker/image_view.ts";
import {
  DEFAULT_TAG,
  familiarName,
  type ImageReference,
  parseImageId,
  parseImageReference,
  withDefaultTag,
} from "../docker/image_reference.ts";
import type { IncusClient } from "../incus/client.ts";
import { getImage } from "../incus/images.ts";
import type { Image } from "../incus/types.ts";
import { findImage, listStoredImages, type StoredImage } from "./images.ts";

/** Go's names of the kernel's architectures. */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  x86_64: "amd64",
  i686: "386",
  aarch64: "arm64",
  armv7l: "arm",
  armv6l: "arm",
};

/** Docker's word for an architecture: `amd64` for `x86_64`. */
export function dockerArchitecture(architecture: string): string {
  return ARCHITECTURES[architecture] ?? architecture;
}

/** All images as docker sees them, newest first; one request. */
export async function listDockerImages(
  client: IncusClient,
): Promise<DockerImage[]> {
  return (await listFingerprinted(client)).map(({ image }) => image)
    .sort((a, b) => a.created < b.created ? 1 : -1);
}

async function listFingerprinted(
  client: IncusClient,
): Promise<{ image: DockerImage; fingerprint: string }[]> {
  const images = new Map<
    string,
    { image: DockerImage; fingerprint: string }
  >();
  for (const { image, stored } of await listStoredImages(client)) {
    for (const one of stored) {
      const found = dockerImageFrom(one, image);
      const known = images.get(found.id)?.image;
      if (known) known.references.push(...found.references);
      else {
        images.set(found.id, { image: found, fingerprint: image.fingerprint });
      }
    }
  }
  return [...images.values()];
}

/**
 * The image that a reference or an id names; one request where the reference
 * is stored. Unless the `whole` is asked for that is the request for its alias,
 * which tells neither size nor architecture nor further names: they are empty,
 * and {@linkcode completeImage} gets them.
 *
 * @throws {SyntaxError} With docker's text, when it can name no image.
 */
export async function findDockerImage(
  client: IncusClient,
  text: string,
  options: { whole?: boolean } = {},
): Promise<{ image: DockerImage; fingerprint: string } | undefined> {
  const id = parseImageId(text);
  const reference = text.startsWith("sha256:") || id?.length === 64
    ? undefined
    : withDefaultTag(parseImageReference(text));
  if (reference && !options.whole) {
    const stored = await findImage(client, reference);
    if (stored) {
      return {
        image: dockerImageFrom(stored),
        fingerprint: stored.fingerprint,
      };
    }
    // Only these may name an image that no alias is called after.
    if (id === undefined && !reference.digest) return undefined;
  }
  const images = await listFingerprinted(client);
  return images.find(({ image }) => reference && isNamed(image, reference)) ??
    images.find(({ image, fingerprint }) =>
      id !== undefined &&
      (image.id.startsWith(`sha256:${id}`) || fingerprint.startsWith(id))
    );
}

/** An image with what only the server's whole record tells; one request. */
export async function completeImage(
  client: IncusClient,
  { image, fingerprint }: { image: DockerImage; fingerprint: string },
): Promise<DockerImage> {
  const whole = await getImage(client, fingerprint);
  const references = (whole.aliases ?? []).flatMap((alias) => {
    const stored = storedFrom(fingerprint, alias.description);
    if (!stored || stored.note.facts.id !== image.id) return [];
    return dockerImageFrom(stored).references;
  });
  return {
    ...image,
    architecture: dockerArchitecture(whole.architecture),
    size: whole.size,
    references: references.length > 0 ? references : image.references,
  };
}

/** How docker's "No such image" names what it looked for. */
export function missingImageName(text: string): string {
  if (text.startsWith("sha256:")) return text;
  if (/^[a-f0-9]{64}$/.test(text)) return `sha256:${text}`;
  const { registry, repository, tag, digest } = parseImageReference(text);
  const name = familiarName({ registry, repository });
  return digest ? `${name}@${digest}` : `${name}:${tag ?? DEFAULT_TAG}`;
}

function dockerImageFrom(stored: StoredImage, image?: Image): DockerImage {
  const { facts, created, digest, reference } = stored.note;
  return {
    id: facts.id,
    references: namesOf(parseImageReference(reference), digest),
    created,
    architecture: image ? dockerArchitecture(image.architecture) : "",
    size: image?.size ?? 0,
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

function storedFrom(
  fingerprint: string,
  description: string,
): StoredImage | undefined {
  try {
    const note = JSON.parse(description) as Partial<StoredImage["note"]>;
    if (!note.facts || !note.reference) return undefined;
    return { fingerprint, note: note as StoredImage["note"] };
  } catch {
    return undefined;
  }
}

/** A name with a tag, and the same with the digest that it stood for. */
function namesOf(
  { registry, repository, tag, digest }: ImageReference,
  registryDigest: string,
): ImageReference[] {
  const names: ImageReference[] = [];
  if (tag !== undefined) names.push({ registry, repository, tag });
  const sum = digest ?? registryDigest;
  if (sum !== "") names.push({ registry, repository, digest: sum });
  return names;
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
