/**
 * The local store's images as docker's.
 *
 * @module
 */
import { dockerArchitecture } from "../docker/architecture.ts";
import type { DockerImage } from "../docker/image_view.ts";
import { sizedSteps } from "../images/image_history.ts";
import type { Platform } from "../images/platform.ts";
import { ImageStore, type StoredName } from "../images/store.ts";
import {
  imageOf,
  listStoreImages,
  type StoredImageInfo,
} from "../images/store_images.ts";

/**
 * What an index is resolved to. The server is on this machine, so it is the
 * server's platform too.
 */
export function machinePlatform(): Platform {
  return {
    os: "linux",
    architecture: dockerArchitecture(Deno.build.arch),
  };
}

/** All images of the store in this folder; none where there is no store. */
export async function listLocalImages(
  folder: string,
): Promise<StoredImageInfo[]> {
  const store = await ImageStore.find(folder);
  return store ? await listStoreImages(store, machinePlatform()) : [];
}

/** The image that a name of the store stands for; undefined when parts of it are missing. */
export async function localImageOf(
  folder: string,
  { descriptor }: StoredName,
): Promise<StoredImageInfo | undefined> {
  const store = await ImageStore.find(folder);
  return store && await imageOf(store, descriptor, machinePlatform());
}

/** An image of the store as docker's, without its names. */
export function dockerImageFromStore(info: StoredImageInfo): DockerImage {
  const { config, platform } = info;
  return {
    id: info.id,
    references: [],
    created: info.created ?? "",
    architecture: platform.architecture,
    variant: platform.variant ?? "",
    size: info.size,
    layers: info.diffIds,
    history: sizedSteps(info.history, info.layers),
    author: info.author,
    comment: info.comment,
    lastTagged: "",
    stored: { local: info.manifestDigest },
    env: config.env,
    entrypoint: config.entrypoint,
    cmd: config.cmd,
    labels: config.labels,
    user: config.user,
    workingDir: config.workingDir,
    exposedPorts: config.exposedPorts,
    volumes: config.volumes,
    stopSignal: config.stopSignal,
  };
}
