/**
 * What a local server's machine can do. The server is on this machine, as its
 * socket is, so files tell what would otherwise be a slow request.
 *
 * @module
 */
import type { CgroupFacts } from "../../docker/info_view.ts";
import { exists, textOf } from "../local_files.ts";

const CGROUP_FOLDER = "/sys/fs/cgroup";

/** What the kernel can limit: by cgroup v2, where its file is there. */
export async function cgroupFacts(): Promise<CgroupFacts> {
  const [controllers, systemd] = await Promise.all([
    textOf(`${CGROUP_FOLDER}/cgroup.controllers`),
    exists("/run/systemd/system"),
  ]);
  const names = controllers === undefined
    ? await firstVersionControllers()
    : controllers.trim().split(" ");
  return {
    version: controllers === undefined ? "1" : "2",
    driver: systemd ? "systemd" : "cgroupfs",
    memory: names.includes("memory"),
    pids: names.includes("pids"),
    cpu: names.includes("cpu"),
    cpuset: names.includes("cpuset"),
  };
}

/** True when the kernel confines processes by AppArmor. */
export async function hasAppArmor(): Promise<boolean> {
  const enabled = await textOf("/sys/module/apparmor/parameters/enabled");
  return enabled?.startsWith("Y") ?? false;
}

/** CPUs that are online, and bytes of memory; 0 where it can't be told. */
export async function machineSize(): Promise<
  { cpus: number; memory: number }
> {
  const [online = "", meminfo = ""] = await Promise.all([
    textOf("/sys/devices/system/cpu/online"),
    textOf("/proc/meminfo"),
  ]);
  const kilobytes = /^MemTotal:\s+(\d+) kB$/m.exec(meminfo)?.[1] ?? "0";
  return { cpus: countCpus(online), memory: Number(kilobytes) * 1024 };
}

/** `0-3,8` is five CPUs. */
export function countCpus(list: string): number {
  let count = 0;
  for (const range of list.trim().split(",")) {
    const [first = "", last = first] = range.split("-");
    if (first !== "") count += Number(last) - Number(first) + 1;
  }
  return count;
}

async function firstVersionControllers(): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(CGROUP_FOLDER)) {
      names.push(...name.split(","));
    }
  } catch {
    // Neither version is mounted: nothing can be limited.
  }
  return names;
}
