/**
 * A further name for an image.
 *
 * @module
 */
import {
  formatImageReference,
  type ImageReference,
  parseImageReference,
} from "../docker/image_reference.ts";
import type { PlacedImage } from "./docker_images.ts";
import type { ImagePlaces } from "./image_places.ts";
import { nameImage } from "./images.ts";

/**
 * Names an image where it is: on the server if it is there, from which
 * containers are made, else in the local store. The other place's image of the
 * name has lost it by that, for the newest naming counts.
 *
 * @param target with a tag.
 * @param now RFC 3339 in UTC with milliseconds.
 */
export async function tagImage(
  { client, folder }: ImagePlaces,
  { image, aliases, names }: PlacedImage,
  target: ImageReference,
  now: string,
): Promise<void> {
  const [alias] = aliases;
  if (alias) {
    // The registry's digest names it within its own repository alone.
    const digest = aliases.find(({ note }) =>
      note.digest !== "" && isOfRepository(note.reference, target)
    )?.note.digest ?? "";
    await nameImage(client, target, alias.fingerprint, {
      ...alias.note,
      digest,
      tagged: now,
    });
    return;
  }
  if (folder === undefined) throw new TypeError("the image is nowhere");
  const { ImageStore } = await import("../images/store.ts");
  const { withName } = await import("../images/store_names.ts");
  const store = await ImageStore.open(folder);
  await store.change((entries) => {
    const digests = names.map(({ digest }) => digest);
    const own = entries.filter(({ descriptor }) =>
      digests.includes(descriptor.digest)
    );
    const pulled = own.find((one) =>
      one.pulled && isOfRepository(one.name, target)
    );
    const source = pulled ?? own[0];
    if (!source) throw new Error(`the image ${image.id} was removed meanwhile`);
    return withName(entries, {
      name: formatImageReference(target),
      descriptor: source.descriptor,
      tagged: now,
      pulled: pulled !== undefined,
    });
  });
}

function isOfRepository(
  name: string,
  { registry, repository }: ImageReference,
): boolean {
  if (name === "") return false;
  const one = parseImageReference(name);
  return one.registry === registry && one.repository === repository;
}
