/**
 * Starting a container that is there.
 *
 * @module
 */
import type { ContainerRecord } from "../docker/container.ts";
import type { IncusClient } from "../incus/client.ts";
import { delay } from "../incus/delay.ts";
import {
  IncusError,
  isAddressInUse,
  isAlreadyRunning,
  isBusy,
  isForwarderLost,
  isRuntimeFailure,
} from "../incus/errors.ts";
import {
  changeState,
  getInstance,
  instanceLog,
  patchInstance,
} from "../incus/instances.ts";
import type { Instance, InstancesPost } from "../incus/types.ts";
import { requireInstance } from "./container_errors.ts";
import { containerFrom, isContainer } from "./containers.ts";
import type { CreatedContainer } from "./create.ts";
import { ADDRESS_KEY, IMAGE_KIND_KEY } from "./keys.ts";
import { chooseAgain } from "./port_devices.ts";

/** How long a started container may take to get an address, in ms. */
const ADDRESS_TIMEOUT = 15_000;
/** The same for a system that has to start before it asks for one. */
const SYSTEM_ADDRESS_TIMEOUT = 60_000;
const ADDRESS_INTERVAL = 50;
/** How long until the server is asked again for what it is busy with, in ms. */
const BUSY_INTERVAL = 250;
/** How often a start is tried on an instance that the server is busy with. */
const BUSY_TRIES = 120;
/** How many free ports are tried before giving up. */
const PORT_TRIES = 10;
/** How often a start is tried until the server says why a port can't be had. */
const FORWARDER_TRIES = 5;
/** How often a start is tried that finds the instance running. */
const RUNNING_TRIES = 10;

/** Chooses a port of this machine that is free. */
export type ChoosePort = (protocol: string, hostIp: string) => number;

/**
 * Starts a created container and waits until it has its address, which docker
 * promises when `run` returns.
 *
 * A port that kini chose and that is taken meanwhile is chosen anew.
 */
export async function startContainer(
  client: IncusClient,
  created: CreatedContainer,
  choosePort: ChoosePort,
  signal: AbortSignal,
): Promise<Instance> {
  const { name, plan } = created;
  for (let tries = 1;; tries++) {
    try {
      await changeState(client, name, { action: "start", timeout: -1 }, {
        signal,
      });
      break;
    } catch (error) {
      // A name that was just given up can be on its way out still: the runtime
      // then fails on folders of the old instance, once.
      if (tries === 1 && isRuntimeFailure(error)) {
        await delay(BUSY_INTERVAL, signal);
        continue;
      }
      // What a start that failed has left is still being tidied up.
      if (isBusy(error) && tries < BUSY_TRIES) {
        await delay(BUSY_INTERVAL, signal);
        continue;
      }
      // The process before is over and its keeper not; or somebody was faster.
      if (isAlreadyRunning(error)) {
        if (tries >= RUNNING_TRIES) break;
        await delay(BUSY_INTERVAL, signal);
        continue;
      }
      // Its end is seen before its reason, once in a while.
      if (isForwarderLost(error) && tries < FORWARDER_TRIES) {
        await delay(BUSY_INTERVAL, signal);
        continue;
      }
      const fresh = isAddressInUse(error) && tries < PORT_TRIES
        ? chooseAgain(plan.record.publishes, plan.body.devices, choosePort)
        : undefined;
      if (fresh) {
        Object.assign(plan.body.devices, fresh);
        await patchInstance(client, name, { devices: fresh });
      } else if (await hasRun(client, name, error)) break;
      else throw error;
    }
  }
  const instance = await awaitAddress(client, name, plan.record, signal);
  if (ADDRESS_KEY in instance.config) {
    const { publishName } = await import("./lxc_name.ts");
    const network = plan.record.serverNetwork;
    if (!await publishName(client, instance, network, signal)) {
      created.warnings.push(
        `the DNS of ${network} doesn't know ${name}: other containers can't ` +
          "find it by its name",
      );
    }
  }
  return instance;
}

/**
 * Whether a start failed only because the process was over before the server
 * had looked at it: the container runtime's log knows that it ran.
 */
async function hasRun(
  client: IncusClient,
  name: string,
  error: unknown,
): Promise<boolean> {
  if (
    !(error instanceof IncusError) ||
    !/^(no such (file or directory|process)|invalid argument)$|Failed to safely open namespace file descriptor/
      .test(error.message)
  ) return false;
  return / - Started "/.test(await instanceLog(client, name, "lxc.log"));
}

/**
 * Waits for the address: IPv4, where the network has it. A container that has
 * stopped already needs none.
 */
async function awaitAddress(
  client: IncusClient,
  name: string,
  { network, gateways }: ContainerRecord,
  signal: AbortSignal,
): Promise<Instance> {
  const start = performance.now();
  while (true) {
    const instance = await getInstance(client, name);
    if (!isContainer(instance)) return instance;
    const { config } = instance;
    const end = start +
      (config[IMAGE_KIND_KEY] === "kubeadm"
        ? SYSTEM_ADDRESS_TIMEOUT
        : ADDRESS_TIMEOUT);
    const container = containerFrom(instance);
    const has = container.endpoints.some((one) =>
      one.ipv4 || one.ipv6 && !gateways.ipv4
    );
    if (
      has || network === "none" || container.endpoints.length === 0 ||
      container.state.status !== "running" || performance.now() > end
    ) return instance;
    await delay(ADDRESS_INTERVAL, signal);
  }
}

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
