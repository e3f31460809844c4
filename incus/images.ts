/**
 * Images in the server's store.
 *
 * @module
 */
import type { IncusClient } from "./client.ts";
import { IncusError, isAlreadyExists, isNotFound } from "./errors.ts";
import type { WaitOptions } from "./operation.ts";
import type { Image, ImageAlias, ImagesPost } from "./types.ts";

/** All images of the project. */
export function listImages(client: IncusClient): Promise<Image[]> {
  return client.get<Image[]>("/1.0/images", { query: { recursion: "1" } });
}

/** One image by its whole fingerprint. */
export function getImage(
  client: IncusClient,
  fingerprint: string,
): Promise<Image> {
  return client.get<Image>(`/1.0/images/${fingerprint}`);
}

/**
 * Has the server fetch an image into its store.
 *
 * An image that is there already is fine.
 *
 * @returns its fingerprint.
 */
export async function fetchImage(
  client: IncusClient,
  body: ImagesPost,
  options: WaitOptions = {},
): Promise<string> {
  const operation = await client.start("POST", "/1.0/images", { body });
  const data = await operation?.wait(options);
  const fingerprint = data?.metadata?.fingerprint;
  if (typeof fingerprint !== "string") {
    throw new IncusError(500, "POST images", "the server named no fingerprint");
  }
  return fingerprint;
}

/** The image alias of that name, or `undefined`. */
export async function getImageAlias(
  client: IncusClient,
  name: string,
): Promise<ImageAlias | undefined> {
  try {
    return await client.get<ImageAlias>(aliasPath(name));
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Makes an image alias, or points it to another image. */
export async function putImageAlias(
  client: IncusClient,
  alias: ImageAlias,
): Promise<void> {
  try {
    await client.request("POST", "/1.0/images/aliases", { body: alias });
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
    await client.request("PUT", aliasPath(alias.name), {
      body: { description: alias.description, target: alias.target },
    });
  }
}

/** Takes an image's alias away; one that isn't there is fine. */
export async function deleteImageAlias(
  client: IncusClient,
  name: string,
): Promise<void> {
  try {
    await client.request("DELETE", aliasPath(name));
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/** Removes an image with all its aliases; one that isn't there is fine. */
export async function deleteImage(
  client: IncusClient,
  fingerprint: string,
  options: WaitOptions = {},
): Promise<void> {
  try {
    const operation = await client.start(
      "DELETE",
      `/1.0/images/${fingerprint}`,
    );
    await operation?.wait(options);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

function aliasPath(name: string): string {
  return `/1.0/images/aliases/${encodeURIComponent(name)}`;
}
