/**
 * Removing containers: asked for, or by `--rm`.
 *
 * @module
 */
import type { ContainerRecord } from "../docker/container.ts";
import type { IncusClient } from "../incus/client.ts";
import { delay } from "../incus/delay.ts";
import { IncusError, isNotFound, isRunningRefusal } from "../incus/errors.ts";
import {
  deleteInstance,
  getInstance,
  patchInstance,
} from "../incus/instances.ts";
import type { Instance } from "../incus/types.ts";
import { containerFrom } from "./containers.ts";
import type { CreatedContainer } from "./create.ts";
import { ID_KEY } from "./keys.ts";
import { CONSOLE_LOG } from "./raw_lxc.ts";
import { isInstanceUp, isUp, withInstance } from "./with_instance.ts";

/** Removes a container; only by force when it runs. */
export async function removeContainer(
  client: IncusClient,
  ref: string,
  options: { force?: boolean; signal?: AbortSignal } = {},
): Promise<void> {
  const { force, signal } = options;
  let seen = false;
  try {
    await withInstance(client, ref, async (instance) => {
      seen = true;
      if (!force) refuseRunning(ref, instance);
      // The server would remove it when it stops, and keep its log for days.
      if (instance.ephemeral && isUp(instance)) {
        await patchInstance(client, instance.name, { ephemeral: false });
      }
      await deleteInstance(client, instance.name, {
        running: isUp(instance),
        logs: [CONSOLE_LOG],
        ...(signal && { signal }),
      });
    }, {
      ...(signal && { signal }),
      // Started between two requests.
      retry: (error) => force === true && isRunningRefusal(error),
    });
  } catch (error) {
    // Somebody else was faster.
    if (!(seen && isNotFound(error))) throw error;
  }
}

function refuseRunning(ref: string, instance: Instance): void {
  if (!isUp(instance)) return;
  const reason = instance.status === "Frozen"
    ? "container is paused and must be unpaused first"
    : "container is running: stop the container before removing or force remove";
  const name = containerFrom(instance).name;
  throw new IncusError(
    409,
    `remove ${ref}`,
    `cannot remove container "/${name}": ${reason}`,
  );
}

/** How long until the server is asked again for what it is busy with, in ms. */
const BUSY_INTERVAL = 250;

/** Removes an instance if it is the one with this id; errors are not news. */
export async function removeOwn(
  client: IncusClient,
  name: string,
  id: string,
): Promise<void> {
  const signal = AbortSignal.timeout(60_000);
  while (!signal.aborted) {
    try {
      const instance = await getInstance(client, name);
      if (instance.config[ID_KEY] !== id) return;
      await deleteInstance(client, name, {
        running: instance.status !== "Stopped",
        logs: [CONSOLE_LOG],
        signal,
      });
      return;
    } catch (error) {
      if (isNotFound(error)) return;
      // Still being created, or being started: the server is not done with it.
      if (!(error instanceof IncusError)) return;
      await delay(BUSY_INTERVAL);
    }
  }
}

/**
 * `--rm` of a container that nobody is attached to: docker's daemon would do
 * it. With somebody attached, the process that waits for the end does.
 */
export async function removeIfAsked(
  client: IncusClient,
  instance: Instance,
  record: ContainerRecord,
): Promise<void> {
  if (!record.autoRemove || record.attach) return;
  try {
    await deleteInstance(client, instance.name, { logs: [CONSOLE_LOG] });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/**
 * `--rm` of a container that has been started: from here on the server removes
 * it when it stops, also when kini isn't there. Before, it would take away what
 * tells why the container's program could not be run. Not for a container that
 * somebody is attached to, who removes it once its exit code is read.
 */
export async function removeOnStop(
  client: IncusClient,
  { id, name, plan }: CreatedContainer,
): Promise<void> {
  if (!plan.record.autoRemove) return;
  try {
    await withInstance(client, name, async (instance) => {
      if (instance.config[ID_KEY] !== id) return;
      if (isUp(instance)) {
        await patchInstance(client, name, { ephemeral: true });
        if (await isInstanceUp(client, name)) return;
      }
      await removeOwn(client, name, id);
    });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
