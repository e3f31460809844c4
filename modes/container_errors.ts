/**
 * What docker's daemon says when a container can't do what was asked.
 *
 * @module
 */
import type { IncusClient } from "../incus/client.ts";
import { IncusError } from "../incus/errors.ts";
import type { Instance } from "../incus/types.ts";
import { findInstance } from "./containers.ts";
import { ID_KEY } from "./keys.ts";

/** The error for a name or id that no container has. */
export function noSuchContainer(ref: string): IncusError {
  return new IncusError(404, "find", `No such container: ${ref}`);
}

/** The error of a call that needs a running container. */
export function notRunning(instance: Instance): IncusError {
  return new IncusError(
    409,
    "find",
    `container ${instance.config[ID_KEY]} is not running`,
  );
}

/**
 * The instance behind a container's name, id, or start of an id.
 *
 * @throws {IncusError} 404 with docker's text when there is none.
 */
export async function requireInstance(
  client: IncusClient,
  ref: string,
): Promise<Instance> {
  const instance = await findInstance(client, ref);
  if (!instance) throw noSuchContainer(ref);
  return instance;
}
