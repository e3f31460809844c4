/**
 * A container's life after `run`: stop, kill, start, pause, wait, remove.
 *
 * @module
 */
import type { ContainerRecord } from "../docker/container.ts";
import type { IncusClient } from "../incus/client.ts";
import { delay } from "../incus/delay.ts";
import { IncusError, isBusy, isNotFound } from "../incus/errors.ts";
import { execOutput } from "../incus/exec.ts";
import {
  changeState,
  deleteInstance,
  instancePath,
  isAlreadyStopped,
  isRunningRefusal,
  patchInstance,
} from "../incus/instances.ts";
import type { Instance } from "../incus/types.ts";
import { noSuchContainer, notRunning } from "./container_errors.ts";
import { CONSOLE_LOG } from "./raw_lxc.ts";
import { containerFrom, findInstance, readExit } from "./containers.ts";
import { type CreatedContainer, removeOwn } from "./create.ts";
import { ID_KEY } from "./keys.ts";

/** How long a container may be busy with another call, in milliseconds. */
const BUSY_TIMEOUT = 60_000;
const BUSY_INTERVAL = 150;
const STOP_INTERVAL = 100;

/** How long docker waits for a container to stop, in seconds. */
export const DEFAULT_STOP_TIMEOUT = 10;

/** Seconds that stand for as long as it takes. */
const FOREVER = 365 * 24 * 3600;

const SIGKILL = 9;

/** The exit code of a container that was taken away while it ran. */
const KILLED = 128 + SIGKILL;

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

/**
 * Calls `action` with the container's instance, again and again while another
 * call is busy with it: `docker run` may still be making it.
 */
async function withInstance<T>(
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

function isUp(instance: Instance): boolean {
  return instance.status !== "Stopped" && instance.status !== "Error";
}

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

/**
 * `--rm` of a container that nobody is attached to: docker's daemon would do
 * it. With somebody attached, the process that waits for the end does.
 */
async function removeIfAsked(
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
export async function signalContainer(
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
    if (code === 0) return;
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

/** Waits until a container does not run, and returns its exit code. */
export async function waitForExit(
  client: IncusClient,
  ref: string,
  signal?: AbortSignal,
): Promise<number> {
  const instance = await findInstance(client, ref);
  if (!instance) throw noSuchContainer(ref);
  const { name } = instance;
  if (isUp(instance)) {
    while (true) {
      const up = await isInstanceUp(client, name);
      // Removed by force, which kills it.
      if (up === undefined) return KILLED;
      if (!up) break;
      await delay(STOP_INTERVAL, signal);
    }
  }
  return (await readExit(client, name))?.exitCode ?? 0;
}

/** `undefined` when it is no longer there. */
async function isInstanceUp(
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
