/**
 * What the machine of a remote server can do, as far as its API tells.
 *
 * @module
 */
import type { CgroupFacts } from "../../docker/info_view.ts";
import type { IncusClient } from "../../incus/client.ts";
import { IncusError } from "../../incus/errors.ts";

interface Resources {
  cpu?: { total?: number };
  memory?: { total?: number };
}

/** As for a server on this machine; what only files tell is taken for usual. */
export async function remoteMachine(client: IncusClient): Promise<{
  cgroup: CgroupFacts;
  apparmor: boolean;
  size: { cpus: number; memory: number };
}> {
  const { cpu, memory } = await resources(client);
  return {
    cgroup: {
      version: "2",
      driver: "systemd",
      memory: true,
      pids: true,
      cpu: true,
      cpuset: true,
    },
    apparmor: false,
    size: { cpus: cpu?.total ?? 0, memory: memory?.total ?? 0 },
  };
}

/** Restricted clients may not see them. */
async function resources(client: IncusClient): Promise<Resources> {
  try {
    return await client.get<Resources>("/1.0/resources");
  } catch (error) {
    if (error instanceof IncusError) return {};
    throw error;
  }
}
