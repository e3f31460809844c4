/**
 * What the server refuses of an instance before it exists.
 *
 * @module
 */
import type { Instance } from "../../incus/types.ts";
import { Refusal } from "./answers.ts";
import type { World } from "./world.ts";

/** Refuses a name that is no host name, in the server's words. */
export function checkName(name: string): void {
  const complaint = nameComplaint(name);
  if (complaint) throw new Refusal(400, `Invalid instance name: ${complaint}`);
}

function nameComplaint(name: string): string | undefined {
  if (name.length < 1 || name.length > 63) {
    return "Name must be 1-63 characters long";
  }
  if (name.startsWith("-")) return 'Name must not start with "-" character';
  if (name.endsWith("-")) return 'Name must not end with "-" character';
  if (/^\d+$/.test(name)) return "Name cannot be a number";
  if (!/^[A-Za-z0-9-]+$/.test(name)) {
    return "Name can only contain alphanumeric and hyphen characters";
  }
  return undefined;
}

const KNOWN_KEYS = new RegExp(
  "^(user|environment|image|volatile|limits|linux\\.sysctl|security" +
    "|cloud-init|snapshots|migration|nvidia)\\..+$" +
    "|^oci\\.(entrypoint|cwd|uid|gid|dns\\.(nameservers|search|domain))$" +
    "|^boot\\.(autostart|autorestart|stop|host_shutdown)[a-z._]*$" +
    "|^raw\\.(lxc|idmap|apparmor|seccomp)$" +
    "|^linux\\.kernel_modules(\\.load)?$|^cluster\\.evacuate$",
);

/** What only Incus has. */
const INCUS_KEYS = /^(oci\.|boot\.autorestart$)/;

/** Refuses config keys that the server does not know. */
export function checkConfig(
  world: World,
  config: Record<string, string>,
): void {
  const isLxd = world.server.environment.server === "lxd";
  for (const [key, value] of Object.entries(config)) {
    if (!KNOWN_KEYS.test(key) || (isLxd && INCUS_KEYS.test(key))) {
      throw new Refusal(400, `Unknown configuration key: ${key}`);
    }
    if (typeof value !== "string") {
      throw new Refusal(400, `Config value of ${key} is not a string`);
    }
  }
}

/** Refuses devices that can't be, with the text of a failed operation. */
export function checkDevices(world: World, instance: Instance): void {
  const paths = new Set<string>();
  let root = false;
  for (const [name, device] of Object.entries(instance.expanded_devices)) {
    const problem = (text: string) =>
      new Refusal(
        400,
        `Failed creating instance record: Invalid devices: ` +
          `Device validation failed for "${name}": ${text}`,
      );
    if (!device.type) throw problem("Missing device type");
    if (
      device.type === "nic" && device.network &&
      !world.networks.has(device.network)
    ) {
      throw problem(
        `Error loading network config for "${device.network}": Network not found`,
      );
    }
    const address = device["ipv4.address"];
    if (address && isTaken(world, instance.name, address)) {
      throw problem(
        `IP address "${address}" already defined on another NIC`,
      );
    }
    if (device.type !== "disk") continue;
    if (device.source === "tmpfs:" && !hasTmpfs(world)) {
      throw problem('Missing source path "tmpfs:" for disk');
    }
    const path = device.path ?? "";
    if (path === "/") root = true;
    if (paths.has(path)) {
      throw problem(`More than one disk device uses the same path "${path}"`);
    }
    paths.add(path);
  }
  if (!root) {
    throw new Refusal(
      400,
      "Failed creating instance record: Invalid devices: Failed detecting " +
        "root disk device: No root device could be found",
    );
  }
}

function isTaken(world: World, name: string, address: string): boolean {
  return [...world.instances.values()].some(({ instance }) =>
    instance.name !== name &&
    Object.values(instance.expanded_devices).some((device) =>
      device["ipv4.address"] === address
    )
  );
}

function hasTmpfs(world: World): boolean {
  return world.server.api_extensions?.includes("container_disk_tmpfs") ?? false;
}
