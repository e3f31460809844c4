/**
 * Docker's ports, mounts and devices as Incus devices.
 *
 * @module
 */
import type { Device as DeviceRequest } from "../docker/device.ts";
import type { Mount } from "../docker/mount.ts";
import type { Publish } from "../docker/publish.ts";
import type { Device } from "../incus/types.ts";
import { isSlave } from "./unprivileged.ts";

/** Names of devices that carry published ports. */
export const PORT_DEVICE = /^kini-port-\d+$/;

/**
 * publish → proxy device. The server listens; inside, the forwarder connects
 * to 127.0.0.1, which reaches whatever listens on all addresses.
 */
export function proxyDeviceFor(publish: Publish): Device {
  return {
    type: "proxy",
    bind: "host",
    listen: `${publish.protocol}:${
      hostAndPort(publish.hostIp || "0.0.0.0", publish.hostPort ?? 0)
    }`,
    connect: `${publish.protocol}:127.0.0.1:${publish.containerPort}`,
  };
}

/** A port that a proxy device opens. */
export interface ListeningPort {
  protocol: string;
  hostIp: string;
  hostPort: number;
  containerPort: number;
}

/** proxy device → what it opens; `undefined` for other devices. */
export function listeningPortOf(device: Device): ListeningPort | undefined {
  if (device.type !== "proxy") return undefined;
  const listen = /^(\w+):(?:\[(.*)\]|([^:]*)):(\d+)$/.exec(device.listen ?? "");
  const connect = /:(\d+)$/.exec(device.connect ?? "");
  if (!listen || !connect) return undefined;
  return {
    protocol: listen[1]!,
    hostIp: listen[2] ?? listen[3] ?? "",
    hostPort: Number(listen[4]),
    containerPort: Number(connect[1]),
  };
}

/** mount → disk device. */
export function diskDeviceFor(
  mount: Mount,
  options: { privileged: boolean; isFile: (path: string) => boolean },
): Device {
  if (mount.type === "tmpfs") return tmpfsDeviceFor(mount);
  const device: Device = {
    type: "disk",
    source: mount.source,
    path: mount.target,
  };
  if (mount.readonly) device.readonly = "true";
  // Docker binds whole trees; Incus refuses that together with readonly.
  else if (!options.isFile(mount.source)) device.recursive = "true";
  if (mount.optional) device.required = "false";
  if (mount.propagation) device.propagation = mount.propagation;
  // Owners on the server would be nobody in a user namespace.
  if (!options.privileged && !keepsOwners(mount)) device.shift = "true";
  return device;
}

/** What everybody may read, on file systems of any kind. */
const SYSTEM_FOLDER = /^\/((usr\/)?lib\/modules|usr\/src|boot)(\/|$)/;

function keepsOwners(mount: Mount): boolean {
  return isSlave(mount) || (mount.readonly && SYSTEM_FOLDER.test(mount.source));
}

function tmpfsDeviceFor(mount: Mount): Device {
  const device: Device = { type: "disk", source: "tmpfs:", path: mount.target };
  if (mount.size) device.size = String(mount.size);
  const rest: string[] = [];
  for (const option of mount.options) {
    const [name, value] = option.split("=", 2);
    if (name === "mode" && value) device["initial.mode"] = value;
    else if (name === "uid" && value) device["initial.uid"] = value;
    else if (name === "gid" && value) device["initial.gid"] = value;
    else rest.push(option);
  }
  if (mount.readonly) device.readonly = "true";
  if (rest.length > 0) device["raw.mount.options"] = rest.join(",");
  return device;
}

/** device → unix-char or unix-block device. */
export function unixDeviceFor(
  request: DeviceRequest,
  kind: "unix-char" | "unix-block",
): Device {
  return { type: kind, source: request.source, path: request.target };
}

function hostAndPort(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
