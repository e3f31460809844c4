/**
 * Kernel modules that nodes use and can't load when they are unprivileged.
 *
 * @module
 */
import type { IncusClient } from "../../incus/client.ts";

/**
 * What containerd, kube-proxy in its modes, and network plug-ins use and the
 * kernel doesn't load by itself.
 */
const NODE_MODULES = [
  "br_netfilter",
  "ip6_tables",
  "ip_tables",
  "ip_vs",
  "ip_vs_rr",
  "ip_vs_sh",
  "ip_vs_wrr",
  "nf_nat",
  "overlay",
];

/**
 * The modules that the server's machine has and that are not loaded yet. A
 * server fails on one that isn't there, so nothing is asked of a server that
 * is on another machine than this.
 *
 * @param root where the machine's files are.
 */
export async function loadableModules(
  client: IncusClient,
  root = "",
): Promise<string[]> {
  const { environment } = await client.server();
  const kernel = await read(`${root}/proc/sys/kernel/osrelease`);
  const release = kernel.trim();
  if (!release || environment.kernel_version !== release) return [];
  const known = await read(`${root}/lib/modules/${release}/modules.dep`);
  const wanted = NODE_MODULES.filter((name) =>
    new RegExp(`/${name}\\.ko(\\.\\w+)?:`).test(known)
  );
  const loaded = await Promise.all(
    wanted.map((name) =>
      Deno.stat(`${root}/sys/module/${name}`).then(() => true, () => false)
    ),
  );
  return wanted.filter((_, index) => !loaded[index]);
}

async function read(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch {
    return "";
  }
}
