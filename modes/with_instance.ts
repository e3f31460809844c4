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

/** What the server has noted when an end is dealt with: `STOPPED`. */
const POWER_KEY = "volatile.last_state.power";

/** In milliseconds; the moment takes some five, what follows it half a second. */
const SECOND_LOOK = 100;

/**
 * Whether an instance runs now; `undefined` when it is no longer there.
 *
 * When its first process ends, the server calls it stopped for a moment, then
 * running until it has tidied up, and then stopped for good. In that moment it
 * runs still, for what comes next would meet it running.
 */
export async function isInstanceUp(
  client: IncusClient,
  name: string,
): Promise<boolean | undefined> {
  const look = () => client.get<Instance>(instancePath(name));
  try {
    const first = await look();
    if (isUp(first) || first.config[POWER_KEY] !== "RUNNING") {
      return isUp(first);
    }
    // A server that was killed has noted nothing either.
    await delay(SECOND_LOOK);
    return isUp(await look());
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
