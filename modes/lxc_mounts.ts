/**
 * Mounts that the container runtime makes in LXC mode.
 *
 * @module
 */
import type { Mount } from "../docker/mount.ts";
import type { RunRequest } from "../docker/run_request.ts";
import type { IncusClient } from "../incus/client.ts";
import type { InstancePlan } from "./mode.ts";
import { followLinks } from "./mount_targets.ts";

/** Shared memory as docker gives it. */
const SHARED_MEMORY = "/dev/shm";
const SHARED_MEMORY_LINE =
  "lxc.mount.entry=shm dev/shm tmpfs rw,nosuid,nodev,noexec,size=65536k,create=dir 0 0";

/**
 * The `raw.lxc` lines for shared memory, and for tmpfs mounts on a server that
 * has no device for them (extension `container_disk_tmpfs`).
 */
export async function mountLines(
  client: IncusClient,
  name: string,
  request: RunRequest,
  { body }: InstancePlan,
): Promise<string[]> {
  const lines: string[] = [];
  const given = request.mounts.some(({ target }) => target === SHARED_MEMORY);
  if (!given) lines.push(SHARED_MEMORY_LINE);
  const devices = Object.values(body.devices);
  for (const mount of request.mounts) {
    if (mount.type !== "tmpfs") continue;
    if (devices.some(({ path }) => path === mount.target)) continue;
    const target = await followLinks(client, name, mount.target);
    lines.push(tmpfsLine(mount, target));
  }
  return lines;
}

function tmpfsLine(mount: Mount, target: string): string {
  const options = [
    mount.readonly ? "ro" : "rw",
    ...mount.options.filter((option) => option !== "rw" && option !== "ro"),
    ...(mount.size ? [`size=${mount.size}`] : []),
    "create=dir",
  ];
  return `lxc.mount.entry=tmpfs ${field(target.slice(1))} tmpfs ${
    options.join(",")
  } 0 0`;
}

/** A field of fstab(5), in which blanks are octal. */
function field(text: string): string {
  return text.replace(
    /[\\\s]/g,
    (letter) => `\\${letter.charCodeAt(0).toString(8).padStart(3, "0")}`,
  );
}
