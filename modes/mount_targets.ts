/**
 * Where a container's mounts really go.
 *
 * @module
 */
import type { IncusClient } from "../incus/client.ts";
import { pullFile, statFile } from "../incus/files.ts";
import type { Device } from "../incus/types.ts";

/** More links than this on one path are a circle. */
const MAX_LINKS = 16;

/**
 * Disk devices with links in their paths followed, in the image's own tree:
 * docker follows `/lib` to `/usr/lib`, and liblxc refuses to mount there.
 *
 * @returns only the devices whose path changes.
 */
export async function followTargets(
  client: IncusClient,
  name: string,
  devices: Readonly<Record<string, Device>>,
): Promise<Record<string, Device>> {
  const changed: Record<string, Device> = {};
  await Promise.all(
    Object.entries(devices).map(async ([key, device]) => {
      if (device.type !== "disk" || !device.path) return;
      const path = await followLinks(client, name, device.path);
      if (path !== device.path) changed[key] = { ...device, path };
    }),
  );
  return changed;
}

/** The path with every link on the way to it followed. */
export async function followLinks(
  client: IncusClient,
  name: string,
  path: string,
): Promise<string> {
  let done = "";
  let left = path.split("/").filter((part) => part !== "");
  for (let links = 0; left.length > 0;) {
    const next = `${done}/${left[0]}`;
    const info = await statFile(client, name, next);
    // What does not exist is made by the mount.
    if (!info) return `${done}/${left.join("/")}`;
    left = left.slice(1);
    if (info.type !== "symlink") {
      done = next;
      continue;
    }
    if (++links > MAX_LINKS) return path;
    const { response } = await pullFile(client, name, next);
    // The server gives the target as an absolute path.
    const target = (await response.text()).split("/").filter((part) =>
      part !== "" && part !== "."
    );
    left = [...target, ...left];
    done = "";
  }
  return done || "/";
}
