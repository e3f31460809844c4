/**
 * What both modes make of a request: the record, the config and the devices.
 *
 * @module
 */
import type { ContainerRecord, MountPoint } from "../docker/container.ts";
import type { RestartPolicy } from "../docker/restart_policy.ts";
import type { RunRequest } from "../docker/run_request.ts";
import type { Device } from "../incus/types.ts";
import { diskDeviceFor, unixDeviceFor } from "./devices.ts";
import { dnsDevices } from "./docker_dns.ts";
import { rawLines } from "./config_check.ts";
import { ipv6Lines } from "./ipv6_place.ts";
import { configForLabels, ID_KEY, IPV6_KEY, RECORD_KEY } from "./keys.ts";
import { balancerPorts, isLoadBalancer } from "./load_balancer.ts";
import type { InstancePlan, RunFacts } from "./mode.ts";
import { networkDevices } from "./network_device.ts";
import { portDevices } from "./port_devices.ts";
import { rawLxcFor } from "./raw_lxc.ts";
import {
  checkUnprivileged,
  isPrivileged,
  privilegeConfig,
} from "./unprivileged.ts";

/**
 * kind passes this variable on by name alone. Where the user has not set it,
 * kini chooses overlayfs: the entrypoint's own choice looks at the root
 * disk's file system, which says nothing about what works in Incus.
 */
const SNAPSHOTTER_VARIABLE = "KIND_EXPERIMENTAL_CONTAINERD_SNAPSHOTTER";

/** Devices of the host that docker's `--privileged` gives and nodes use. */
const HOST_DEVICES = ["/dev/kmsg", "/dev/fuse", "/dev/net/tun"];

/** The plan, without what makes the command the instance's process. */
export function planInstance(
  request: RunRequest,
  facts: RunFacts,
): InstancePlan {
  checkUnprivileged(request, facts);
  const { image } = facts;
  const entrypoint = request.entrypoint ?? image.entrypoint;
  // Docker's rule: a new entrypoint, or arguments, replace the image's Cmd.
  const cmd = request.args.length > 0 || request.entrypoint
    ? request.args
    : image.cmd;
  const record = recordFor(request, facts, entrypoint, cmd);
  const config: Record<string, string> = {
    ...configForLabels({ ...image.labels, ...request.labels }),
    ...environmentConfig(record, request),
    ...sysctlConfig(request.sysctls),
    ...limitConfig(request),
    ...restartConfig(request.restart, facts),
    ...privilegeConfig(request, facts),
    "raw.lxc": rawLxcFor(record, facts),
    [ID_KEY]: facts.id,
    [RECORD_KEY]: JSON.stringify(record),
  };
  const { ipv6 } = facts;
  if (ipv6) {
    config["raw.lxc"] += `\n${rawLines(ipv6Lines(ipv6))}`;
    config[IPV6_KEY] = `${ipv6.address}/${ipv6.prefix}`;
  }
  const { profile } = facts.network;
  return {
    body: {
      name: request.name,
      ...(profile && { profiles: [profile] }),
      type: "container",
      source: { type: "image", fingerprint: image.fingerprint },
      config,
      devices: devicesFor(request, facts),
    },
    record,
    command: [...entrypoint, ...cmd],
    asInit: request.init !== true,
    volumes: image.volumes,
    ...(facts.address && { address: facts.address }),
    ...(ipv6 && { ipv6 }),
  };
}

function recordFor(
  request: RunRequest,
  facts: RunFacts,
  entrypoint: string[],
  cmd: string[],
): ContainerRecord {
  const { image, network } = facts;
  return {
    name: request.name,
    image: request.image,
    imageId: image.id,
    entrypoint: entrypoint.length > 0 ? entrypoint : null,
    cmd: cmd.length > 0 ? cmd : null,
    env: mergeEnvironment(image.env, request.env),
    labels: { ...image.labels, ...request.labels },
    exposedPorts: exposedPorts(request, facts),
    hostname: request.hostname || facts.id.slice(0, 12),
    user: request.user || image.user,
    workingDir: request.workingDir || image.workingDir,
    tty: request.tty,
    openStdin: request.openStdin,
    attach: request.attach,
    stopSignal: request.stopSignal || image.stopSignal,
    stopTimeout: request.stopTimeout,
    privileged: request.privileged,
    init: request.init,
    autoRemove: request.autoRemove,
    restart: request.restart,
    network: network.name,
    networkId: network.id,
    serverNetwork: network.serverNetwork,
    gateways: network.gateways,
    binds: request.binds,
    tmpfs: tmpfsRecord(request),
    mounts: mountRecord(request, facts),
    publishes: request.publishes,
    publishAll: request.publishAll,
    securityOpt: request.securityOpt,
    sysctls: request.sysctls,
    devices: request.devices,
    cgroupns: request.cgroupns || "private",
    userns: request.userns,
    extraHosts: request.extraHosts,
    dns: request.dns,
    dnsSearch: request.dnsSearch,
    dnsOptions: request.dnsOptions,
    capAdd: request.capAdd,
    capDrop: request.capDrop,
    memory: request.memory,
    cpus: request.cpus,
    platform: request.platform,
  };
}

/** The image's variables with the request's over them, in docker's order. */
function mergeEnvironment(
  image: readonly string[],
  request: readonly string[],
): string[] {
  const merged = new Map<string, string>();
  // Docker lists what was asked for first, then what the image adds.
  for (const text of [...request, ...image]) {
    const name = text.split("=", 1)[0]!;
    if (!merged.has(name)) merged.set(name, text);
  }
  for (const text of request) merged.set(text.split("=", 1)[0]!, text);
  return [...merged.values()];
}

function environmentConfig(
  { env, hostname, user, workingDir }: ContainerRecord,
  request: RunRequest,
): Record<string, string> {
  const config: Record<string, string> = {
    "environment.HOSTNAME": hostname,
  };
  for (const text of env) {
    const at = text.indexOf("=");
    const name = text.slice(0, at);
    const value = text.slice(at + 1);
    if (/[\n\0]/.test(value)) {
      throw new RangeError(
        `environment variable ${name} has a line break in its value, ` +
          "which the server can't pass on: give it another value",
      );
    }
    config[`environment.${name}`] = value;
  }
  if (request.unsetEnv.includes(SNAPSHOTTER_VARIABLE)) {
    config[`environment.${SNAPSHOTTER_VARIABLE}`] = "overlayfs";
  }
  const folder = workingDir || "/";
  const isRoot = user === "" || /^(root|0)(:|$)/.test(user);
  // Tells `exec` of a container whose user or folder is not the usual one: it
  // sees the variable in the server's answer and then asks for the rest.
  if (folder !== "/" || !isRoot) config["environment.PWD"] = folder;
  return config;
}

function sysctlConfig(
  sysctls: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(sysctls).map(([name, value]) => [
      `linux.sysctl.${name}`,
      value,
    ]),
  );
}

function limitConfig(request: RunRequest): Record<string, string> {
  const config: Record<string, string> = {};
  if (request.memory > 0) config["limits.memory"] = String(request.memory);
  if (request.cpus > 0) {
    // A hard quota, as docker's: microseconds would be too fine for the key.
    config["limits.cpu.allowance"] = `${
      Math.round(request.cpus * 100)
    }ms/100ms`;
  }
  if (request.pidsLimit > 0) {
    config["limits.processes"] = String(request.pidsLimit);
  }
  if (request.cpuset) {
    // A bare number would be a count of CPUs.
    config["limits.cpu"] = /^\d+$/.test(request.cpuset)
      ? `${request.cpuset}-${request.cpuset}`
      : request.cpuset;
  }
  for (const { name, soft, hard } of request.ulimits) {
    config[`limits.kernel.${name}`] = `${limit(soft)}:${limit(hard)}`;
  }
  return config;
}

/** Docker writes -1 where the kernel's word is `unlimited`. */
function limit(value: number): string {
  return value < 0 ? "unlimited" : String(value);
}

/**
 * Restart policy → boot keys. Left alone, Incus starts at boot what ran when
 * the host went down, which is what `on-failure` and `unless-stopped` mean
 * there. After an exit Incus can only restart whatever the exit code was, so
 * `on-failure` does not restart then.
 */
function restartConfig(
  policy: RestartPolicy,
  facts: RunFacts,
): Record<string, string> {
  const config: Record<string, string> = {};
  if (policy.name === "no") config["boot.autostart"] = "false";
  if (policy.name === "always") config["boot.autostart"] = "true";
  if (
    (policy.name === "always" || policy.name === "unless-stopped") &&
    facts.server.api_extensions?.includes("instance_auto_restart")
  ) {
    config["boot.autorestart"] = "true";
  }
  return config;
}

function devicesFor(
  request: RunRequest,
  facts: RunFacts,
): Record<string, Device> {
  const devices = networkDevices(request, facts);
  const ports = portDevices(request.publishes, facts.choosePort);
  Object.assign(
    devices,
    isLoadBalancer(request.labels) ? balancerPorts(ports) : ports,
  );
  Object.assign(devices, dnsDevices(request, facts.network));
  const tmpfs = facts.server.api_extensions?.includes("container_disk_tmpfs");
  request.mounts.forEach((mount, index) => {
    // An anonymous volume lives on the root disk: it starts as the image's
    // content, outlives restarts and goes with the container, as with `rm -v`.
    if (mount.type === "volume") return;
    if (mount.type === "tmpfs" && !tmpfs) return;
    devices[`kini-mount-${index}`] = diskDeviceFor(mount, {
      privileged: isPrivileged(request, facts),
      isFile: facts.isFile,
    });
  });
  request.devices.forEach((device, index) => {
    devices[`kini-device-${index}`] = unixDeviceFor(
      device,
      facts.isBlockDevice(device.source) ? "unix-block" : "unix-char",
    );
  });
  if (isPrivileged(request, facts)) {
    const given = new Set(request.devices.map((device) => device.target));
    for (const path of HOST_DEVICES) {
      if (given.has(path)) continue;
      devices[`kini-host-${path.split("/").pop()}`] = {
        type: "unix-char",
        source: path,
        path,
        // A server without the device starts the container all the same.
        required: "false",
      };
    }
  }
  return devices;
}

function tmpfsRecord(request: RunRequest): Record<string, string> {
  const record: Record<string, string> = {};
  for (const mount of request.mounts) {
    if (mount.type === "tmpfs") record[mount.target] = mount.mode;
  }
  return record;
}

function mountRecord(request: RunRequest, facts: RunFacts): MountPoint[] {
  const points: MountPoint[] = [];
  for (const mount of request.mounts) {
    if (mount.type === "tmpfs") continue;
    points.push({
      type: mount.type,
      ...(mount.type === "volume" &&
        { name: volumeName(facts.id, mount.target) }),
      source: mount.source,
      destination: mount.target,
      mode: mount.mode,
      readonly: mount.readonly,
      propagation: mount.type === "bind" ? mount.propagation || "rprivate" : "",
    });
  }
  return points;
}

/** A stable name for what has none: docker's are 64 hexadecimal digits too. */
function volumeName(id: string, target: string): string {
  let hash = 0n;
  for (const byte of new TextEncoder().encode(target)) {
    hash = BigInt.asUintN(64, hash * 31n + BigInt(byte));
  }
  return id.slice(0, 48) + hash.toString(16).padStart(16, "0");
}

function exposedPorts(request: RunRequest, facts: RunFacts): string[] {
  const ports = new Set([...facts.image.exposedPorts, ...request.expose]);
  for (const { containerPort, protocol } of request.publishes) {
    ports.add(`${containerPort}/${protocol}`);
  }
  return [...ports].sort();
}
