/**
 * Making and starting a container: the steps of `docker run`.
 *
 * @module
 */
import type { RunRequest } from "../docker/run_request.ts";
import type { IncusClient } from "../incus/client.ts";
import { delay } from "../incus/delay.ts";
import {
  IncusError,
  isAddressInUse,
  isAlreadyExists,
  isNotFound,
} from "../incus/errors.ts";
import { pushFile, statFile } from "../incus/files.ts";
import {
  changeState,
  createInstance,
  deleteInstance,
  getInstance,
  instanceLog,
  patchInstance,
} from "../incus/instances.ts";
import type { Device, Instance } from "../incus/types.ts";
import { readTextOf, resolveUser } from "./container_user.ts";
import { containerFrom, findInstance, isContainer } from "./containers.ts";
import { listeningPortOf, proxyDeviceFor } from "./devices.ts";
import { ID_KEY } from "./keys.ts";
import type { InstancePlan, Mode, RunFacts } from "./mode.ts";
import { followTargets } from "./mount_targets.ts";
import { CONSOLE_LOG } from "./raw_lxc.ts";
import { quoteWords } from "./shell_quote.ts";
import { INIT_PATH, startScript } from "./start_script.ts";

/** How long a started container may take to get an address, in ms. */
const ADDRESS_TIMEOUT = 15_000;
const ADDRESS_INTERVAL = 50;

/** How long until the server is asked again for what it is busy with, in ms. */
const BUSY_INTERVAL = 250;

/** How many free ports are tried before giving up. */
const PORT_TRIES = 10;

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
  const plan = mode.plan(request, facts);
  const { name } = plan.body;
  try {
    await createInstance(client, plan.body, { signal });
  } catch (error) {
    if (isAlreadyExists(error)) throw await nameConflict(client, name);
    // Interrupted or half-way refused: the instance may be there all the same.
    await removeOwn(client, name, facts.id);
    throw error;
  }
  try {
    await placeCommand(client, name, plan, request);
  } catch (error) {
    await removeOwn(client, name, facts.id);
    throw error;
  }
  return { id: facts.id, name, plan };
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
      // The process before is over and its keeper not; or somebody was faster.
      if (isAlreadyRunning(error)) {
        if (tries >= RUNNING_TRIES) break;
        await delay(BUSY_INTERVAL, signal);
        continue;
      }
      const fresh = isAddressInUse(error) && tries < PORT_TRIES
        ? chooseAgain(plan, choosePort)
        : undefined;
      if (fresh) {
        await patchInstance(client, name, { devices: fresh });
      } else if (await hasRun(client, name, error)) break;
      else throw error;
    }
  }
  return await awaitAddress(client, name, plan.record.network, signal);
}

function isAlreadyRunning(error: unknown): boolean {
  return error instanceof IncusError &&
    /instance is already running/.test(error.message);
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
    !/^(no such (file or directory|process)|invalid argument)$/.test(
      error.message,
    )
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

/**
 * Makes the container's command what the instance runs.
 *
 * Incus runs an entrypoint as PID 1 only under a few names, `/init` among
 * them, and puts an init of its own in front of others. Docker's containers
 * have their command as PID 1, and systemd insists on it. So `/init` becomes a
 * script that ends in the command; in an image without a shell, a link to it.
 * With `--init` docker wants an init in front: Incus's own is that.
 */
async function placeCommand(
  client: IncusClient,
  name: string,
  plan: InstancePlan,
  request: RunRequest,
): Promise<void> {
  const [program = ""] = plan.command;
  if (!program) {
    throw new IncusError(400, "run", "no command specified");
  }
  const [shell, init, devices] = await Promise.all([
    statFile(client, name, "/bin/sh"),
    statFile(client, name, INIT_PATH),
    followTargets(client, name, plan.body.devices),
    makeVolumeFolders(client, name, plan),
  ]);
  const taken = init !== undefined;
  const config = await userConfig(client, name, request);
  if (shell && plan.asInit && !taken) {
    await pushFile(client, name, INIT_PATH, scriptFor(plan, request), {
      mode: 0o755,
      uid: 0,
      gid: 0,
    });
    config["oci.entrypoint"] = INIT_PATH;
  } else if (plan.asInit && !taken && program.startsWith("/")) {
    await pushFile(client, name, INIT_PATH, program, { type: "symlink" });
    config["oci.entrypoint"] = quoteWords([
      INIT_PATH,
      ...plan.command.slice(1),
    ]);
  } else {
    config["oci.entrypoint"] = quoteWords(plan.command);
  }
  await patchInstance(client, name, { config, devices });
}

/** A volume that the image has no folder for starts as an empty one. */
async function makeVolumeFolders(
  client: IncusClient,
  name: string,
  { record }: InstancePlan,
): Promise<void> {
  for (const { type, destination } of record.mounts) {
    if (type !== "volume" || await statFile(client, name, destination)) {
      continue;
    }
    const parts = destination.split("/").filter((part) => part !== "");
    for (let length = 1; length <= parts.length; length++) {
      const path = `/${parts.slice(0, length).join("/")}`;
      if (await statFile(client, name, path)) continue;
      await pushFile(client, name, path, null, {
        type: "directory",
        mode: 0o755,
        uid: 0,
        gid: 0,
      });
    }
  }
}

/** Another user than the image's is looked up in the image's own files. */
async function userConfig(
  client: IncusClient,
  name: string,
  { user, env }: RunRequest,
): Promise<Record<string, string>> {
  if (user === "") return {};
  const { uid, gid, home } = await findUser(client, name, user);
  return {
    "oci.uid": String(uid),
    "oci.gid": String(gid),
    // The server has put that of the image's user there.
    ...(!env.some((one) => one.startsWith("HOME=")) &&
      { "environment.HOME": home }),
  };
}

async function findUser(client: IncusClient, name: string, user: string) {
  try {
    return await resolveUser(user, readTextOf(client, name));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new IncusError(400, "user", error.message);
  }
}

function scriptFor(plan: InstancePlan, request: RunRequest): string {
  return startScript({
    command: plan.command,
    hasNetwork: request.network !== "none",
    stdin: request.tty ? "terminal" : request.openStdin ? "pipe" : "none",
    extraHosts: request.extraHosts.map((text) => {
      const at = text.indexOf(":");
      return { name: text.slice(0, at), address: text.slice(at + 1) };
    }),
  });
}

function isRuntimeFailure(error: unknown): boolean {
  return error instanceof IncusError &&
    /Failed to run: .*forklxc /.test(error.message);
}

/** New ports for the devices whose port was left to kini. */
function chooseAgain(
  plan: InstancePlan,
  choosePort: (protocol: string, hostIp: string) => number,
): Record<string, Device> | undefined {
  const fresh: Record<string, Device> = {};
  plan.record.publishes.forEach((publish, index) => {
    if (publish.hostPort) return;
    const name = `kini-port-${index}`;
    const old = listeningPortOf(plan.body.devices[name] ?? {});
    if (!old) return;
    fresh[name] = proxyDeviceFor({
      ...publish,
      hostPort: choosePort(publish.protocol, publish.hostIp),
    });
  });
  return Object.keys(fresh).length > 0 ? fresh : undefined;
}

/** Waits for the address; a container that has stopped already needs none. */
async function awaitAddress(
  client: IncusClient,
  name: string,
  network: string,
  signal: AbortSignal,
): Promise<Instance> {
  const end = performance.now() + ADDRESS_TIMEOUT;
  while (true) {
    const instance = await getInstance(client, name);
    if (!isContainer(instance)) return instance;
    const container = containerFrom(instance);
    const has = container.endpoints.some((one) => one.ipv4 || one.ipv6);
    if (
      has || network === "none" || container.endpoints.length === 0 ||
      container.state.status !== "running" || performance.now() > end
    ) return instance;
    await delay(ADDRESS_INTERVAL, signal);
  }
}
