/**
 * Doing something with a container that others may be busy with.
 *
 * @module
 */
import type { IncusClient } from "../incus/client.ts";
import { delay } from "../incus/delay.ts";
import { isBusy, isNotFound } from "../incus/errors.ts";
import { instancePath } from "../incus/instances.ts";
import type { Instance } from "../incus/types.ts";
import { noSuchContainer } from "./container_errors.ts";
import { findInstance } from "./containers.ts";

/** How long a container may be busy with another call, in milliseconds. */
const BUSY_TIMEOUT = 60_000;

const BUSY_INTERVAL = 150;

/**
 * Calls `action` with the container's instance, again and again while another
 * call is busy with it: `docker run` may still be making it.
 *
 * @throws {IncusError} when there is no such container, or it stays busy for a
 * minute.
 */
export async function withInstance<T>(
  client: IncusClient,
  ref: string,
  action: (instance: Instance) => Promise<T>,
  options: { signal?: AbortSignal; retry?: (error: unknown) => boolean } = {},
): Promise<T> {
  const { signal, retry } = options;
  const end = performance.now() + BUSY_TIMEOUT;
  while (true) {
    const instance = await findInstance(client, ref);
    if (!instance) throw noSuchContainer(ref);
    try {
      return await action(instance);
    } catch (error) {
      if (!isBusy(error) && !retry?.(error)) throw error;
      if (performance.now() > end) throw error;
    }
    await delay(BUSY_INTERVAL, signal);
  }
}

/** Whether an instance runs, or is frozen. */
export function isUp(instance: Instance): boolean {
  return instance.status !== "Stopped" && instance.status !== "Error";
}

/** Whether an instance runs now; `undefined` when it is no longer there. */
export async function isInstanceUp(
  client: IncusClient,
  name: string,
): Promise<boolean | undefined> {
  try {
    return isUp(await client.get<Instance>(instancePath(name)));
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
