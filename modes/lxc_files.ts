/**
 * The files by which docker tells a container of its network.
 *
 * @module
 */
import type { RunRequest } from "../docker/run_request.ts";
import type { IncusClient } from "../incus/client.ts";
import { deleteFile, pushFile, statFile } from "../incus/files.ts";
import { makeFolder } from "./container_folders.ts";
import type { InstancePlan } from "./mode.ts";
import { resolverText } from "./resolver.ts";
import { hostOf } from "./start_script.ts";

/** What docker writes there too. */
const LOCAL_HOSTS = `127.0.0.1\tlocalhost
::1\tlocalhost ip6-localhost ip6-loopback
fe00::\tip6-localnet
ff00::\tip6-mcastprefix
ff02::1\tip6-allnodes
ff02::2\tip6-allrouters
`;

/**
 * Writes `/etc/hostname`, `/etc/hosts` and `/etc/resolv.conf`. The address
 * stays the container's own, so they hold for its whole life.
 */
export async function writeNetworkFiles(
  client: IncusClient,
  name: string,
  plan: InstancePlan,
  request: RunRequest,
): Promise<void> {
  const { record, address, ipv6 } = plan;
  await makeFolder(client, name, "/etc");
  const files: Record<string, string> = {
    "/etc/hostname": `${record.hostname}\n`,
    "/etc/hosts": hostsText(
      record.hostname,
      [address?.ipv4, ipv6?.address],
      request.extraHosts,
    ),
  };
  const resolver = resolverFor(plan, request);
  if (resolver) files["/etc/resolv.conf"] = resolver;
  await Promise.all(
    Object.entries(files).map(([path, text]) => put(client, name, path, text)),
  );
}

/** The text of `/etc/resolv.conf`; undefined where nobody can be asked. */
export function resolverFor(
  { address, ipv6 }: InstancePlan,
  request: RunRequest,
): string | undefined {
  const servers = [
    ...(address?.gateway ? [address.gateway] : []),
    // Pods of IPv6 alone have no other way to it.
    ...(ipv6 && (ipv6.wanted || !address?.gateway) ? [ipv6.gateway] : []),
  ];
  if (servers.length === 0 && request.dns.length === 0) return undefined;
  return resolverText(request, { servers, domain: address?.domain ?? "" });
}

/** The text of `/etc/hosts`. */
export function hostsText(
  hostname: string,
  addresses: readonly (string | undefined)[],
  extraHosts: readonly string[],
): string {
  const lines = extraHosts.map((text) => {
    const host = hostOf(text);
    return `${host.address}\t${host.name}\n`;
  });
  for (const address of addresses) {
    if (address) lines.push(`${address}\t${hostname}\n`);
  }
  return LOCAL_HOSTS + lines.join("");
}

/** Writes a file; docker mounts over a link that is in its place. */
export async function put(
  client: IncusClient,
  name: string,
  path: string,
  text: string,
): Promise<void> {
  const there = await statFile(client, name, path);
  if (there?.type === "symlink") await deleteFile(client, name, path);
  await pushFile(client, name, path, text, { mode: 0o644, uid: 0, gid: 0 });
}
