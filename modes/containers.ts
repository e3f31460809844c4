/**
 * Instances as docker's containers: find, list, read.
 *
 * @module
 */
import type {
  Container,
  ContainerRecord,
  ContainerState,
  ContainerStatus,
  Endpoint,
  PortBinding,
} from "../docker/container.ts";
import { emptyRecord } from "../docker/empty_record.ts";
import type { IncusClient } from "../incus/client.ts";
import { IncusError, isNotFound } from "../incus/errors.ts";
import { getInstance, instanceLog, listInstances } from "../incus/instances.ts";
import type { Instance, InstanceStateNetwork } from "../incus/types.ts";
import { listeningPortOf, PORT_DEVICE } from "./devices.ts";
import { ID_KEY, IPV6_KEY, labelsFromConfig, RECORD_KEY } from "./keys.ts";
import { networkNames } from "./network_names.ts";

/** A time that never was, as Go prints it. */
const NEVER = "0001-01-01T00:00:00Z";

/** True for instances that kini made; the user's others are left alone. */
export function isContainer(instance: Instance): boolean {
  return /^[0-9a-f]{64}$/.test(instance.config[ID_KEY] ?? "");
}

/**
 * The instance behind a container's name, id, or start of an id.
 *
 * One request where the name is given, as kind does.
 *
 * @returns `undefined` when there is none, or it is not kini's.
 */
export async function findInstance(
  client: IncusClient,
  ref: string,
): Promise<Instance | undefined> {
  const name = ref.replace(/^\//, "");
  if (isInstanceName(name)) {
    try {
      const instance = await getInstance(client, name);
      if (isContainer(instance)) return instance;
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
  if (!/^[0-9a-f]{1,64}$/.test(name)) return undefined;
  const matches = (await listInstances(client, { state: true })).filter((one) =>
    isContainer(one) && one.config[ID_KEY]!.startsWith(name)
  );
  if (matches.length > 1 && name.length < 64) {
    throw new IncusError(
      400,
      "GET /1.0/instances",
      `Multiple IDs found with provided prefix: ${name}`,
    );
  }
  return matches[0];
}

/** All containers; one request. */
export async function listContainers(
  client: IncusClient,
  options: { state?: boolean } = {},
): Promise<Container[]> {
  const instances = await listInstances(client, options);
  return instances.filter(isContainer).map(containerFrom);
}

/** True when the server could have an instance of this name. */
export function isInstanceName(name: string): boolean {
  return /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(name);
}

/** instance → container. */
export function containerFrom(instance: Instance): Container {
  const { config } = instance;
  const record = recordOf(instance);
  const state = stateOf(instance);
  return {
    id: config[ID_KEY]!,
    name: record.name || instance.name,
    created: instance.created_at,
    record,
    labels: { ...record.labels, ...labelsFromConfig(config) },
    state,
    endpoints: endpointsOf(instance, record, state),
    ports: isUp(state) ? portsOf(instance) : [],
    platform: "linux",
    driver: "incus",
  };
}

/**
 * How a stopped container's process ended, as the container runtime noted it
 * when it was last up; one request.
 */
export async function readExit(
  client: IncusClient,
  name: string,
): Promise<{ exitCode: number; finishedAt: string } | undefined> {
  return parseExit(await instanceLog(client, name, "lxc.log"));
}

/**
 * Finds liblxc's note on the end of a container's first process.
 *
 * A process that ended with 0 leaves no note of its own, but the runtime's
 * later lines tell when that was.
 */
export function parseExit(
  log: string,
): { exitCode: number; finishedAt: string } | undefined {
  let exitCode = 0;
  let time = "";
  for (const line of log.split("\n")) {
    const match =
      /^lxc \S+ (\d{14}\.\d{3}) \S+\s.*?(?:ended on (error|signal) (?:\((\d+)\)|.*\((\d+)\)))?$/
        .exec(line);
    if (!match) continue;
    time = match[1]!;
    if (match[2] === "error") exitCode = Number(match[3]);
    if (match[2] === "signal") exitCode = 128 + Number(match[4] ?? match[3]);
  }
  if (!time) return undefined;
  return { exitCode, finishedAt: timeOf(time) };
}

/** `20261122152811.161` (UTC) → RFC 3339. */
function timeOf(stamp: string): string {
  const [, year, month, day, hour, minute, second, fraction] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\.(\d+)$/.exec(stamp) ?? [];
  return `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction}Z`;
}

/** One instance whose record somebody broke must not spoil a list of others. */
function recordOf(instance: Instance): ContainerRecord {
  try {
    const record = JSON.parse(instance.config[RECORD_KEY] ?? "{}");
    return { ...emptyRecord(), ...record as Partial<ContainerRecord> };
  } catch {
    return emptyRecord();
  }
}

function stateOf(instance: Instance): ContainerState {
  const started = isNever(instance.last_used_at) ? "" : instance.last_used_at;
  return {
    status: statusOf(instance, started !== ""),
    pid: Math.max(instance.state?.pid ?? 0, 0),
    exitCode: 0,
    startedAt: instance.state?.started_at &&
        !isNever(instance.state.started_at)
      ? instance.state.started_at
      : started,
    finishedAt: "",
  };
}

function statusOf(instance: Instance, started: boolean): ContainerStatus {
  switch (instance.status) {
    case "Running":
    case "Ready":
    // Over only when it has stopped: these come between, in any order.
    case "Stopping":
    case "Aborting":
    case "Freezing":
    case "Thawed":
      return "running";
    case "Frozen":
      return "paused";
    case "Error":
      return "dead";
    default:
      return started ? "exited" : "created";
  }
}

/** A paused container keeps its ports and its place in the network. */
function isUp({ status }: ContainerState): boolean {
  return status === "running" || status === "paused";
}

function isNever(time: string): boolean {
  return !time || time === NEVER || time.startsWith("1970-01-01");
}

function endpointsOf(
  instance: Instance,
  record: ContainerRecord,
  state: ContainerState,
): Endpoint[] {
  const endpoints: Endpoint[] = [];
  for (const [device, nic] of Object.entries(instance.expanded_devices)) {
    if (nic.type !== "nic") continue;
    const hwaddr = nic.hwaddr ??
      instance.config[`volatile.${device}.hwaddr`] ?? "";
    const inside = interfaceOf(instance, nic.name ?? device, hwaddr);
    const ipv4 = globalAddress(inside, "inet");
    const ipv6 = globalAddress(
      inside,
      "inet6",
      instance.config[IPV6_KEY]?.split("/")[0],
    );
    const up = isUp(state);
    const names = endpoints.length === 0
      ? networkNames(instance, record)
      : [{ name: nic.network ?? nic.parent ?? device, id: "" }];
    const place = {
      endpointId: up ? endpointId(instance, device) : "",
      ipv4: ipv4?.address ?? "",
      ipv4Prefix: Number(ipv4?.netmask ?? 0),
      ipv4Gateway: ipv4 ? record.gateways?.ipv4 ?? "" : "",
      ipv6: ipv6?.address ?? "",
      ipv6Prefix: Number(ipv6?.netmask ?? 0),
      ipv6Gateway: ipv6 ? record.gateways?.ipv6 ?? "" : "",
      mac: up ? hwaddr : "",
    };
    for (const { name, id } of names) {
      endpoints.push({ network: name, networkId: id, ...place });
    }
  }
  return endpoints;
}

function interfaceOf(
  instance: Instance,
  name: string,
  hwaddr: string,
): InstanceStateNetwork | undefined {
  const network = instance.state?.network;
  if (!network) return undefined;
  return Object.values(network).find((one) =>
    hwaddr && one.hwaddr === hwaddr
  ) ??
    network[name];
}

function globalAddress(
  inside: InstanceStateNetwork | undefined,
  family: "inet" | "inet6",
  given?: string,
): { address: string; netmask: string } | undefined {
  const all = inside?.addresses.filter((one) =>
    one.family === family && one.scope === "global"
  );
  return all?.find(({ address }) => address === given) ?? all?.[0];
}

function endpointId(instance: Instance, device: string): string {
  const id = instance.config[ID_KEY]!;
  let hash = 0n;
  for (const letter of `${id}${device}`) {
    hash = BigInt.asUintN(64, hash * 31n + BigInt(letter.charCodeAt(0)));
  }
  return hash.toString(16).padStart(16, "0") + id.slice(16);
}

function portsOf(instance: Instance): PortBinding[] {
  const bindings: PortBinding[] = [];
  for (const [name, device] of Object.entries(instance.devices)) {
    const port = PORT_DEVICE.test(name) ? listeningPortOf(device) : undefined;
    if (port) bindings.push(port);
  }
  return bindings;
}
