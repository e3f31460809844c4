/**
 * Waiting for the end of containers.
 *
 * @module
 */
import type { IncusClient } from "../incus/client.ts";
import { delay } from "../incus/delay.ts";
import { noSuchContainer } from "./container_errors.ts";
import { findInstance, readExit } from "./containers.ts";
import { isInstanceUp } from "./with_instance.ts";

/** How often the server is asked, in milliseconds. */
const INTERVAL = 100;

/** The exit code of a container that was taken away while it ran. */
const KILLED = 128 + 9;

/** Waits until a container does not run, and returns its exit code. */
export async function waitForExit(
  client: IncusClient,
  ref: string,
  signal?: AbortSignal,
): Promise<number> {
  const instance = await findInstance(client, ref);
  if (!instance) throw noSuchContainer(ref);
  const { name } = instance;
  while (true) {
    const up = await isInstanceUp(client, name);
    // Removed by force, which kills it.
    if (up === undefined) return KILLED;
    if (!up) break;
    await delay(INTERVAL, signal);
  }
  return (await readExit(client, name))?.exitCode ?? 0;
}
