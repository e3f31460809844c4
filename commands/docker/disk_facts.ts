/**
 * What images and containers take.
 *
 * @module
 */
import type { Container } from "../../docker/container.ts";
import type { ImageUsage } from "../../docker/image_row.ts";
import type { DockerImage } from "../../docker/image_view.ts";
import { listInstances } from "../../incus/instances.ts";
import { containerFrom, isContainer } from "../../modes/containers.ts";
import { listPlacedImages } from "../../modes/docker_images.ts";
import type { ImagePlaces } from "../../modes/image_places.ts";

/** What is there, in bytes. */
export interface DiskFacts {
  images: ImageFacts[];
  /** What images share counts once. */
  imageBytes: number;
  /** The newest first. */
  containers: Container[];
  /** By ID; 0 where the server's pool can't tell. */
  containerBytes: ReadonlyMap<string, number>;
}

/** What one image takes. */
export interface ImageFacts {
  image: DockerImage;
  usage: ImageUsage;
}

/** Two requests. */
export async function diskFacts(places: ImagePlaces): Promise<DiskFacts> {
  const [placed, instances] = await Promise.all([
    listPlacedImages(places),
    listInstances(places.client, { state: true }),
  ]);
  const own = instances.filter(isContainer);
  const containers = own.map(containerFrom);
  const sizes = new Map<string, number>();
  const owners = new Map<string, number>();
  for (const { bytes } of placed) {
    for (const [key, size] of bytes) {
      sizes.set(key, size);
      owners.set(key, (owners.get(key) ?? 0) + 1);
    }
  }
  const images = placed.map(({ image, bytes }) => {
    let shared = 0;
    let unique = 0;
    for (const [key, size] of bytes) {
      if (owners.get(key)! > 1) shared += size;
      else unique += size;
    }
    const users = containers.filter(({ record }) =>
      record.imageId === image.id
    );
    return { image, usage: { shared, unique, containers: users.length } };
  });
  return {
    images,
    imageBytes: [...sizes.values()].reduce((sum, size) => sum + size, 0),
    containers: containers.sort((a, b) => a.created < b.created ? 1 : -1),
    containerBytes: new Map(own.map((instance) => [
      containerFrom(instance).id,
      // Negative is the server's word for what it can't tell.
      Math.max(instance.state?.disk?.root?.usage ?? 0, 0),
    ])),
  };
}
