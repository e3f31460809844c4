/**
 * `docker commit`: a container's files and configuration as an image of the
 * local store.
 *
 * Servers keep a container as one root file system and no layers below it, so
 * the image is one layer.
 *
 * @module
 */
import { dockerArchitecture } from "../docker/architecture.ts";
import {
  changeable,
  type CommitFacts,
  committedConfig,
} from "../docker/committed_config.ts";
import {
  formatImageReference,
  type ImageReference,
} from "../docker/image_reference.ts";
import { applyChanges } from "../docker/image_change.ts";
import type { Descriptor } from "../images/manifest.ts";
import type { ImageStore, Ingest } from "../images/store.ts";
import { withName } from "../images/store_names.ts";
import type { IncusClient } from "../incus/client.ts";
import { isNotFound } from "../incus/errors.ts";
import { changeState } from "../incus/instances.ts";
import { openBackup } from "../incus/publish.ts";
import type { Instance } from "../incus/types.ts";
import { layerFactsFor, layerFromBackup } from "./commit_layer.ts";
import { requireInstance } from "./container_errors.ts";
import { containerFrom } from "./containers.ts";

const MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";
const CONFIG_TYPE = "application/vnd.oci.image.config.v1+json";
const LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar";

/** What is made of which container. */
export interface CommitRequest extends Omit<CommitFacts, "architecture"> {
  /** Name or id. */
  container: string;
  /** The image's name; without one it has only its id. */
  target?: ImageReference;
  /** Whether the container's processes stand still meanwhile. */
  pause: boolean;
  signal: AbortSignal;
}

/**
 * Makes the image. Nothing of it stays on the server, and a container that was
 * paused for it goes on, however it ends.
 *
 * @returns docker's id of the image.
 * @throws {SyntaxError} for a change that can't be.
 */
export async function commitContainer(
  client: IncusClient,
  store: ImageStore,
  request: CommitRequest,
): Promise<string> {
  const instance = await requireInstance(client, request.container);
  const container = containerFrom(instance);
  // What is wrong with the changes is to be known before the files are read.
  applyChanges(changeable(container), request.changes);
  const ingest = await store.ingest();
  try {
    const layer = await readLayer(client, instance, ingest, request);
    const config = await ingest.writeBlob(encode(committedConfig(container, {
      ...request,
      architecture: dockerArchitecture(instance.architecture),
    }, layer.digest)));
    const manifest = await ingest.writeBlob(encode(JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST_TYPE,
      config: { mediaType: CONFIG_TYPE, ...config },
      layers: [{ mediaType: LAYER_TYPE, ...layer }],
    })));
    request.signal.throwIfAborted();
    await ingest.commit();
    await nameImage(store, { mediaType: MANIFEST_TYPE, ...manifest }, request);
    return config.digest;
  } finally {
    await ingest.close();
  }
}

async function readLayer(
  client: IncusClient,
  instance: Instance,
  ingest: Ingest,
  { pause, signal }: CommitRequest,
) {
  const { name } = instance;
  const wakeUp = pause && instance.status === "Running"
    ? await stopClock(client, name, signal)
    : undefined;
  try {
    const backup = await openBackup(client, name, signal);
    try {
      const { record } = containerFrom(instance);
      return await ingest.writeBlob(
        layerFromBackup(backup.archive, layerFactsFor(instance, record)),
      );
    } finally {
      await backup.close();
    }
  } finally {
    await wakeUp?.();
  }
}

/** Pauses a container, and gives what lets it go on. */
async function stopClock(
  client: IncusClient,
  name: string,
  signal: AbortSignal,
): Promise<() => Promise<void>> {
  const wakeUp = async () => {
    // Its own time, since the caller's may be over.
    const signal = AbortSignal.timeout(60_000);
    try {
      await changeState(client, name, { action: "unfreeze" }, { signal });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  };
  try {
    await changeState(client, name, { action: "freeze" }, { signal });
  } catch (error) {
    // The server may have come that far all the same.
    if (signal.aborted) await wakeUp().catch(() => {});
    throw error;
  }
  return wakeUp;
}

async function nameImage(
  store: ImageStore,
  descriptor: Descriptor,
  { target, created }: CommitRequest,
): Promise<void> {
  const name = target ? formatImageReference(target) : "";
  await store.change((entries) =>
    name === ""
      ? [...entries, { name, descriptor, tagged: "", pulled: false }]
      : withName(entries, { name, descriptor, tagged: created, pulled: false })
  );
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
