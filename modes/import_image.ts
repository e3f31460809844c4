/**
 * An image of the local store becomes one of the server's.
 *
 * @module
 */
import {
  familiarReference,
  formatImageReference,
  type ImageReference,
} from "../docker/image_reference.ts";
import { readLayers } from "../images/flatten.ts";
import type { ImageStore } from "../images/store.ts";
import type { StoredImageInfo } from "../images/store_images.ts";
import type { IncusClient } from "../incus/client.ts";
import { deleteImage, getImage, listImages } from "../incus/images.ts";
import { isAlreadyExists } from "../incus/errors.ts";
import { type UploadedImage, uploadImage } from "../incus/image_upload.ts";
import { resolveUser } from "./container_user.ts";
import {
  IMAGE_FORM_PROPERTY,
  IMAGE_ID_PROPERTY,
  type ImageForm,
  metadataArchive,
  serverArchitecture,
} from "./image_metadata.ts";
import {
  findImageById,
  type ImageNote,
  nameImage,
  type NewNote,
  type StoredImage,
  storedReference,
} from "./images.ts";

/** What is sent, and as what. */
export interface ImportRequest {
  store: ImageStore;
  image: StoredImageInfo;
  form: ImageForm;
  /** The name that it gets on the server. */
  reference: ImageReference;
  signal?: AbortSignal;
  /** Told in words how far it is. */
  onProgress?: (text: string) => void;
}

/**
 * Sends an image of the local store to the server and names it there. One that
 * the server has already in this form is only named.
 *
 * Nothing is sent before all layers were read and found to be what the image
 * says. What fails later leaves no image.
 *
 * @throws {LayerError} for layers that are damaged or hostile.
 * @throws {RangeError} for an image that can't run on the server.
 */
export async function importImage(
  client: IncusClient,
  request: ImportRequest,
): Promise<StoredImage> {
  const { image, form, reference, signal } = request;
  await checkArchitecture(client, image);
  const note = noteOf(request);
  const known = await findSent(client, image.id, form);
  if (known) return await nameImage(client, reference, known, note);
  let sent: UploadedImage;
  try {
    sent = await send(client, request);
  } catch (error) {
    // Somebody else was faster, and not every server says with which image.
    const other = isAlreadyExists(error) &&
      await findSent(client, image.id, form);
    if (!other) throw error;
    return await nameImage(client, reference, other, note);
  }
  const { fingerprint, fresh } = sent;
  try {
    signal?.throwIfAborted();
    return await nameImage(client, reference, fingerprint, note);
  } catch (error) {
    if (fresh) await removeUnnamed(client, fingerprint);
    throw error;
  }
}

async function send(client: IncusClient, request: ImportRequest) {
  const { store, image, form, reference, signal, onProgress } = request;
  const layers = image.layers.map(({ digest }, index) => {
    const diffId = image.diffIds[index];
    return {
      digest,
      ...(diffId !== undefined && { diffId }),
      open: () => store.openBlob(digest),
    };
  });
  if (image.diffIds.length !== image.layers.length) {
    throw new RangeError(
      `The image ${image.id} has ${image.layers.length} layers and says that ` +
        `it has ${image.diffIds.length}`,
    );
  }
  const flat = await readLayers(layers, {
    ...(signal && { signal }),
    onLayer: (index, count) =>
      onProgress?.(`Reading layer ${index + 1} of ${count}`),
  });
  const metadata = metadataArchive({
    image,
    form,
    description: `${descriptionOf(reference)} (${form.toUpperCase()})`,
    origin: originOf(reference),
    user: await resolveUser(
      image.config.user,
      (path) => Promise.resolve(flat.readText(path)),
    ),
  });
  const rootfs = flat.archive({
    ...(signal && { signal }),
    ...(onProgress && { onProgress: percentages(flat.size, onProgress) }),
  });
  return await uploadImage(
    client,
    { metadata, rootfs },
    signal ? { signal } : {},
  );
}

/** What docker shows of the image once it is on the server. */
function noteOf({ image, form, reference }: ImportRequest): NewNote {
  const { id, config, created = "", diffIds, history, layers } = image;
  const name = storedReference(reference);
  const known = image.names.find((one) => one.name === name);
  const sizes = layers.map(({ size }) => size);
  return {
    digest: known?.pulled ? known.digest : "",
    created,
    facts: { ...config, fingerprint: "", id, known: true },
    ...(form === "lxc" && { form }),
    layers: diffIds,
    history: history.map(({ emptyLayer, ...step }) => ({
      ...step,
      size: emptyLayer ? 0 : sizes.shift() ?? 0,
    })),
    ...(known && { tagged: known.tagged }),
  } satisfies Omit<ImageNote, "reference">;
}

/**
 * The server's image of this ID and form: one that was sent, or that the
 * server has fetched itself.
 */
async function findSent(
  client: IncusClient,
  id: string,
  form: ImageForm,
): Promise<string | undefined> {
  const images = await listImages(client);
  const sent = images.find(({ properties }) =>
    properties?.[IMAGE_ID_PROPERTY] === id &&
    properties[IMAGE_FORM_PROPERTY] === form
  );
  if (sent || form === "lxc") return sent?.fingerprint;
  return (await findImageById(client, id))?.fingerprint;
}

async function checkArchitecture(
  client: IncusClient,
  { platform }: StoredImageInfo,
): Promise<void> {
  const architecture = serverArchitecture(platform);
  const { environment } = await client.server();
  if (environment.architectures.includes(architecture)) return;
  throw new RangeError(
    `The image is for ${platform.os}/${platform.architecture}, and the server ` +
      `runs ${environment.architectures.join(" and ")}`,
  );
}

/** Somebody else may have sent the same image and named it meanwhile. */
async function removeUnnamed(
  client: IncusClient,
  fingerprint: string,
): Promise<void> {
  try {
    const { aliases } = await getImage(client, fingerprint);
    if (!aliases || aliases.length === 0) {
      await deleteImage(client, fingerprint);
    }
  } catch {
    // The error that led here is the one to tell.
  }
}

function descriptionOf({ registry, repository }: ImageReference): string {
  return formatImageReference({ registry, repository });
}

function originOf(reference: ImageReference): string {
  return familiarReference(reference);
}

/** Each percent once. */
function percentages(
  size: number,
  report: (text: string) => void,
): (sent: number) => void {
  let last = -1;
  return (sent) => {
    const percent = Math.floor(100 * sent / Math.max(size, 1));
    if (percent === last) return;
    last = percent;
    report(`Importing: ${percent}%`);
  };
}
