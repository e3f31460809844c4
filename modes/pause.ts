/**
 * Freezing containers, and letting them go on.
 *
 * @module
 */
import type { IncusClient } from "../incus/client.ts";
import { IncusError } from "../incus/errors.ts";
import { changeState } from "../incus/instances.ts";
import type { Instance } from "../incus/types.ts";
import { notRunning } from "./container_errors.ts";
import { ID_KEY } from "./keys.ts";
import { isUp, withInstance } from "./with_instance.ts";

/** Freezes a container. */
export async function pauseContainer(
  client: IncusClient,
  ref: string,
): Promise<void> {
  await withInstance(client, ref, async (instance) => {
    if (!isUp(instance)) throw notRunning(instance);
    if (instance.status === "Frozen") {
      throw conflict(instance, "is already paused");
    }
    await changeState(client, instance.name, { action: "freeze" });
  });
}

/** Lets a frozen container go on. */
export async function unpauseContainer(
  client: IncusClient,
  ref: string,
): Promise<void> {
  await withInstance(client, ref, async (instance) => {
    if (instance.status !== "Frozen") throw conflict(instance, "is not paused");
    await changeState(client, instance.name, { action: "unfreeze" });
  });
}

function conflict(instance: Instance, what: string): IncusError {
  return new IncusError(
    409,
    "state",
    `Container ${instance.config[ID_KEY]} ${what}`,
  );
}
