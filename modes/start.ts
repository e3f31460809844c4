/**
 * Starting a container that is there already.
 *
 * @module
 */
import type { IncusClient } from "../incus/client.ts";
import { IncusError } from "../incus/errors.ts";
import type { Instance, InstancesPost } from "../incus/types.ts";
import { requireInstance } from "./container_errors.ts";
import { containerFrom } from "./containers.ts";
import { type CreatedContainer, startContainer } from "./create.ts";

/** Chooses a port of this machine that is free. */
export type ChoosePort = (protocol: string, hostIp: string) => number;

/** A container as the one that has just been created. */
export function createdFrom(instance: Instance): CreatedContainer {
  const { id, record } = containerFrom(instance);
  const body: InstancesPost = {
    name: instance.name,
    type: "container",
    source: { type: "image" },
    config: instance.config,
    devices: instance.devices,
  };
  const command = [...record.entrypoint ?? [], ...record.cmd ?? []];
  return {
    id,
    name: instance.name,
    plan: {
      body,
      record,
      command,
      asInit: record.init !== true,
      // They were made with the container.
      volumes: [],
    },
    warnings: [],
  };
}

/**
 * Starts a container, if it does not run, and waits for its address.
 *
 * @returns what was started, and how it is now; `undefined` for one that ran.
 */
export async function startStopped(
  client: IncusClient,
  ref: string,
  choosePort: ChoosePort,
  signal: AbortSignal,
): Promise<{ created: CreatedContainer; instance: Instance } | undefined> {
  const found = await requireInstance(client, ref);
  if (found.status === "Frozen") {
    throw new IncusError(
      409,
      "start",
      "cannot start a paused container, try unpause instead",
    );
  }
  if (found.status === "Running" || found.status === "Ready") return undefined;
  const created = createdFrom(found);
  const instance = await startContainer(client, created, choosePort, signal);
  return { created, instance };
}
