/**
 * Stopping containers, and signals to them.
 *
 * @module
 */
import type { IncusClient } from "../incus/client.ts";
import { delay } from "../incus/delay.ts";
import {
  IncusError,
  isAlreadyStopped,
  isBusy,
  isNotFound,
} from "../incus/errors.ts";
import { execOutput } from "../incus/exec.ts";
import { changeState, patchInstance } from "../incus/instances.ts";
import type { Instance } from "../incus/types.ts";
import { notRunning } from "./container_errors.ts";
import { containerFrom } from "./containers.ts";
import { removeIfAsked } from "./remove.ts";
import { isInstanceUp, isUp, withInstance } from "./with_instance.ts";

const SIGKILL = 9;

/** How often a container that was signalled is looked at, in milliseconds. */
const STOP_INTERVAL = 100;

/** How long docker waits for a container to stop, in seconds. */
const DEFAULT_STOP_TIMEOUT = 10;

/** Seconds that stand for as long as it takes. */
const FOREVER = 365 * 24 * 3600;

/** How a container is stopped. */
export interface StopOptions {
  /** Seconds; negative: forever. Absent: the container's own. */
  timeout?: number;
  /** By number. Absent: the container's own. */
  stopSignal?: number;
  /** It is to be started again, so `--rm` has to wait. */
  keep?: boolean;
  signal?: AbortSignal;
}

/** Stops a container; by force when it takes too long. A stopped one stays so. */
export async function stopContainer(
  client: IncusClient,
  ref: string,
  options: StopOptions = {},
): Promise<void> {
  await withInstance(client, ref, async (instance) => {
    if (!isUp(instance)) return;
    const { record } = containerFrom(instance);
    const asked = options.timeout ?? record.stopTimeout ?? DEFAULT_STOP_TIMEOUT;
    const timeout = asked < 0 ? FOREVER : asked;
    // It is made ephemeral again when it starts.
    if (options.keep && instance.ephemeral) {
      await patchInstance(client, instance.name, { ephemeral: false });
    }
    try {
      if (options.stopSignal === undefined) {
        await stopGently(client, instance.name, timeout, options.signal);
      } else {
        await stopBySignal(
          client,
          instance,
          options.stopSignal,
          timeout,
          options.signal,
        );
      }
    } catch (error) {
      if (isBusy(error)) throw error;
      if (!(error instanceof IncusError)) throw error;
      if (!isAlreadyStopped(error) && !isNotFound(error)) {
        await stopByForce(client, instance.name, options.signal);
      }
    }
    if (!options.keep) await removeIfAsked(client, instance, record);
  }, options.signal ? { signal: options.signal } : {});
}

async function stopGently(
  client: IncusClient,
  name: string,
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  // The server takes 0 for a stop by force.
  await changeState(
    client,
    name,
    timeout > 0
      ? { action: "stop", timeout }
      : { action: "stop", force: true, timeout: -1 },
    signal ? { signal } : {},
  );
}

async function stopBySignal(
  client: IncusClient,
  instance: Instance,
  stopSignal: number,
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { name } = instance;
  if (stopSignal !== SIGKILL) {
    await signalContainer(client, name, stopSignal);
    const end = performance.now() + timeout * 1000;
    while (performance.now() < end) {
      if (!await isInstanceUp(client, name)) return;
      await delay(STOP_INTERVAL, signal);
    }
  }
  await stopByForce(client, name, signal);
}

async function stopByForce(
  client: IncusClient,
  name: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await changeState(
      client,
      name,
      { action: "stop", force: true, timeout: -1 },
      signal ? { signal } : {},
    );
  } catch (error) {
    if (!isAlreadyStopped(error) && !isNotFound(error)) throw error;
  }
}

/** Sends a signal to a container's process. */
export async function killContainer(
  client: IncusClient,
  ref: string,
  number: number,
  signal?: AbortSignal,
): Promise<void> {
  await withInstance(client, ref, async (instance) => {
    if (!isUp(instance)) throw notRunning(instance);
    if (number !== SIGKILL) {
      // Docker lets a paused container go on too, so that it takes the signal.
      if (instance.status === "Frozen") {
        await changeState(client, instance.name, { action: "unfreeze" });
      }
      return await signalContainer(client, instance.name, number);
    }
    await stopByForce(client, instance.name, signal);
    await removeIfAsked(client, instance, containerFrom(instance).record);
  }, signal ? { signal } : {});
}

/**
 * Signals PID 1 of an instance from inside. The server has no request for it, and a signal
 * from there reaches what docker's would: what PID 1 handles.
 */
async function signalContainer(
  client: IncusClient,
  name: string,
  number: number,
): Promise<void> {
  for (
    const command of [
      ["sh", "-c", `kill -${number} 1`],
      ["kill", `-${number}`, "1"],
    ]
  ) {
    const { code, stderr } = await execOutput(client, name, command);
    // What sends the signal ends with the container, when that is quick to end.
    if (code === 0 || code === 128 + SIGKILL) return;
    if (code !== 126 && code !== 127) {
      throw new IncusError(500, "kill", stderr.trim() || `exit code ${code}`);
    }
  }
  throw new IncusError(
    500,
    "kill",
    "there is neither a shell nor a kill program in it to send a signal with",
  );
}
