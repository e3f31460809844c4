/**
 * Instances: list, read, create, change state, delete, logs.
 *
 * @module
 */
import type { IncusClient } from "./client.ts";
import { delay } from "./delay.ts";
import { IncusError, isAlreadyStopped } from "./errors.ts";
import type { WaitOptions } from "./operation.ts";
import type { Instance, InstancesPost, InstanceStatePut } from "./types.ts";

/** The path of an instance, with its name encoded. */
export function instancePath(name: string): string {
  return `/1.0/instances/${encodeURIComponent(name)}`;
}

/** How often, and how far apart, the server is asked that is not sure yet. */
const MAX_TRIES = 10;
const RETRY_DELAY = 50;

/**
 * All instances of the project. One request, without run-time state, which
 * costs the server much more per instance.
 *
 * An instance that is just going down can come with its name alone; then the
 * list is asked for again.
 */
export async function listInstances(
  client: IncusClient,
  options: { state?: boolean; filter?: string } = {},
): Promise<Instance[]> {
  for (let tries = 1;; tries++) {
    const instances = await client.get<Instance[]>("/1.0/instances", {
      query: {
        recursion: options.state ? "2" : "1",
        ...(options.filter && { filter: options.filter }),
      },
    });
    const whole = instances.filter(({ config }) => config !== null);
    if (whole.length === instances.length || tries === MAX_TRIES) return whole;
    await delay(RETRY_DELAY);
  }
}

/**
 * One instance with its run-time state (extension `instance_get_full`).
 *
 * The server fails to read the state of one that is just going down, and still
 * calls it running: it is asked again until it is down.
 */
export async function getInstance(
  client: IncusClient,
  name: string,
): Promise<Instance> {
  const path = instancePath(name);
  for (let tries = 1;; tries++) {
    try {
      return await client.get<Instance>(path, { query: { recursion: "1" } });
    } catch (error) {
      if (!isStateUnreadable(error)) throw error;
      if (tries === MAX_TRIES) return await client.get<Instance>(path);
    }
    await delay(RETRY_DELAY);
  }
}

function isStateUnreadable(error: unknown): boolean {
  // A first process that is just gone makes the server answer 404.
  return error instanceof IncusError &&
    (error.status === 500 || /\/proc\/\d+/.test(error.message));
}

/** Creates an instance and waits for it; it is not started. */
export async function createInstance(
  client: IncusClient,
  body: InstancesPost,
  options: WaitOptions & {
    /** A member of the cluster or `@group`; the server chooses without it. */
    target?: string;
  } = {},
): Promise<void> {
  const { target } = options;
  const operation = await client.start("POST", "/1.0/instances", {
    body,
    ...(target && { query: { target } }),
  });
  try {
    await operation?.wait(options);
  } catch (error) {
    // The server goes on making it, and only then can it be removed.
    if (options.signal?.aborted) await operation?.settle();
    throw error;
  }
}

/** Starts, stops, freezes … an instance and waits until it is so. */
export async function changeState(
  client: IncusClient,
  name: string,
  body: InstanceStatePut,
  options: WaitOptions = {},
): Promise<void> {
  const operation = await client.start("PUT", `${instancePath(name)}/state`, {
    body,
    ...(options.signal && { signal: options.signal }),
  });
  await operation?.wait(options);
}

/** Merges config keys and whole devices into an instance. */
export async function patchInstance(
  client: IncusClient,
  name: string,
  body: Partial<Pick<Instance, "config" | "devices" | "ephemeral">>,
): Promise<void> {
  const operation = await client.start("PATCH", instancePath(name), { body });
  await operation?.wait();
}

/**
 * Deletes an instance, by force where it runs.
 *
 * It may stop by itself, or be stopped by somebody else, between the two
 * requests: neither is an error then.
 */
export async function deleteInstance(
  client: IncusClient,
  name: string,
  options: WaitOptions & {
    running?: boolean;
    /** Log files to remove with it: the server would keep them for days. */
    logs?: readonly string[];
  } = {},
): Promise<void> {
  if (options.running) {
    try {
      await changeState(
        client,
        name,
        { action: "stop", force: true, timeout: -1 },
        options,
      );
    } catch (error) {
      if (!isAlreadyStopped(error)) throw error;
    }
  }
  for (const file of options.logs ?? []) {
    const reply = await client.raw(
      "DELETE",
      `${instancePath(name)}/logs/${file}`,
    );
    await reply.body?.cancel();
  }
  const operation = await client.start("DELETE", instancePath(name), {
    ...(options.signal && { signal: options.signal }),
  });
  await operation?.wait(options);
}

/** What the console of an instance showed, as far as the server kept it. */
export async function consoleLog(
  client: IncusClient,
  name: string,
  signal?: AbortSignal,
): Promise<Response> {
  return await client.raw("GET", `${instancePath(name)}/console`, {
    ...(signal && { signal }),
  });
}

/** A log file of the instance such as `lxc.log`; empty when there is none. */
export async function instanceLog(
  client: IncusClient,
  name: string,
  file: string,
): Promise<string> {
  const reply = await client.raw("GET", `${instancePath(name)}/logs/${file}`);
  const text = await reply.text();
  return reply.ok ? text : "";
}
