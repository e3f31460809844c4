/**
 * Folders that a container needs and its image may lack.
 *
 * @module
 */
import type { IncusClient } from "../incus/client.ts";
import { pushFile, statFile } from "../incus/files.ts";
import type { InstancePlan } from "./mode.ts";

/** A volume that the image has no folder for starts as an empty one. */
export async function makeVolumeFolders(
  client: IncusClient,
  name: string,
  { record, volumes }: InstancePlan,
): Promise<void> {
  for (const { type, destination } of record.mounts) {
    if (type === "volume") await makeFolder(client, name, destination);
  }
  for (const folder of volumes) {
    // The image's word alone: what is no plain path makes no folder.
    if (!/^\//.test(folder) || /(^|\/)\.\.(\/|$)/.test(folder)) continue;
    await makeFolder(client, name, folder);
  }
}

/** Makes a folder, and those above it, unless something is there. */
export async function makeFolder(
  client: IncusClient,
  name: string,
  folder: string,
): Promise<void> {
  if (await statFile(client, name, folder)) return;
  const parts = folder.split("/").filter((part) => part !== "");
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
