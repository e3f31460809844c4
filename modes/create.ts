/**
 * Making and starting a container: the steps of `docker run`.
 *
 * @module
 */
import type { ContainerRecord } from "../docker/container.ts";
import type { RunRequest } from "../docker/run_request.ts";
import type { IncusClient } from "../incus/client.ts";
import { delay } from "../incus/delay.ts";
import {
  IncusError,
  isAddressInUse,
  isAlreadyExists,
  isBusy,
  isNotFound,
} from "../incus/errors.ts";
import {
  changeState,
  createInstance,
  deleteInstance,
  getInstance,
  instanceLog,
  patchInstance,
} from "../incus/instances.ts";
import type { Instance } from "../incus/types.ts";
import { checkConfig } from "./config_check.ts";
import { containerFrom, findInstance, isContainer } from "./containers.ts";
import { ADDRESS_KEY, ID_KEY, IMAGE_KIND_KEY } from "./keys.ts";
import { isAddressTaken, mustYield } from "./lxc_address.ts";
import { chooseAgain } from "./port_devices.ts";
import type { InstancePlan, Mode, RunFacts } from "./mode.ts";
import { CONSOLE_LOG } from "./raw_lxc.ts";
import { unprivilegedWarnings } from "./unprivileged.ts";

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

/** A name that is taken, and by what. */
export class NameConflict extends Error {
  override readonly name = "NameConflict";
  /** The container's id, or empty when a foreign instance has the name. */
  readonly holder: string;

  constructor(holder: string) {
    super("the name is already in use");
    this.holder = holder;
  }
}

/** A container that was made and is not started yet. */
export interface CreatedContainer {
  id: string;
  /** The instance's name. */
  name: string;
  plan: InstancePlan;
  /** What its user should know; a start adds to it. */
  warnings: string[];
}

/**
 * Makes the instance of a request and puts its first program in place.
 *
 * What fails after the instance is made takes it away again.
 *
 * @throws {NameConflict} when the name is taken.
 */
export async function createContainer(
  client: IncusClient,
  mode: Mode,
  request: RunRequest,
  facts: RunFacts,
  signal: AbortSignal,
): Promise<CreatedContainer> {
  const plan = await createPlanned(client, mode, request, facts, signal);
  const { name } = plan.body;
  try {
    const change = await mode.place(client, name, plan, request);
    checkConfig(change.config ?? {}, change.devices);
    await patchInstance(client, name, change);
  } catch (error) {
    await removeOwn(client, name, facts.id);
    throw error;
  }
  const warnings = unprivilegedWarnings(request, facts);
  return { id: facts.id, name, plan, warnings };
}

/**
 * Makes the instance. An address that somebody else has got meanwhile is
 * chosen anew.
 */
async function createPlanned(
  client: IncusClient,
  mode: Mode,
  request: RunRequest,
  facts: RunFacts,
  signal: AbortSignal,
): Promise<InstancePlan> {
  const { id, network } = facts;
  const taken = new Set<string>();
  while (true) {
    const address = await mode.chooseAddress?.(client, request, facts, taken);
    const plan = mode.plan(request, address ? { ...facts, address } : facts);
    const { name } = plan.body;
    checkConfig(plan.body.config ?? {}, plan.body.devices);
    try {
      await createInstance(client, plan.body, {
        signal,
        ...(facts.target && { target: facts.target }),
      });
    } catch (error) {
      if (isAlreadyExists(error)) throw await nameConflict(client, name);
      // Interrupted or half-way refused: the instance may be there all the same.
      await removeOwn(client, name, id);
      if (!address || request.ipv4 || !isAddressTaken(error)) throw error;
      taken.add(address.ipv4);
      continue;
    }
    if (
      !address || request.ipv4 ||
      !await mustYield(client, network.serverNetwork, name, address)
    ) return plan;
    await removeOwn(client, name, id);
    taken.add(address.ipv4);
  }
}

/**
 * Starts a created container and waits until it has its address, which docker
 * promises when `run` returns.
 *
 * A port that kini chose and that is taken meanwhile is chosen anew.
 */
export async function startContainer(
  client: IncusClient,
  created: CreatedContainer,
  choosePort: (protocol: string, hostIp: string) => number,
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

function isAlreadyRunning(error: unknown): boolean {
  return error instanceof IncusError &&
    /instance is already running/.test(error.message);
}

/** Whether the program that forwards a port ended, and the server can't say why. */
function isForwarderLost(error: unknown): boolean {
  return error instanceof IncusError &&
    /Failed to receive fd from listener process/.test(error.message);
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

/** Removes an instance if it is the one with this id; errors are not news. */
export async function removeOwn(
  client: IncusClient,
  name: string,
  id: string,
): Promise<void> {
  const signal = AbortSignal.timeout(60_000);
  while (!signal.aborted) {
    try {
      const instance = await getInstance(client, name);
      if (instance.config[ID_KEY] !== id) return;
      await deleteInstance(client, name, {
        running: instance.status !== "Stopped",
        logs: [CONSOLE_LOG],
        signal,
      });
      return;
    } catch (error) {
      if (isNotFound(error)) return;
      // Still being created, or being started: the server is not done with it.
      if (!(error instanceof IncusError)) return;
      await delay(BUSY_INTERVAL);
    }
  }
}

async function nameConflict(
  client: IncusClient,
  name: string,
): Promise<NameConflict> {
  const holder = await findInstance(client, name);
  return new NameConflict(holder ? holder.config[ID_KEY]! : "");
}

function isRuntimeFailure(error: unknown): boolean {
  return error instanceof IncusError &&
    /Failed to run: .*fork(lxc|start) /.test(error.message);
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
