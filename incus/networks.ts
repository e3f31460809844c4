/**
 * Networks of the server.
 *
 * @module
 */
import type { IncusClient } from "./client.ts";
import type { Network, NetworkLease } from "./types.ts";

/** All networks, managed by the server or not. */
export function listNetworks(client: IncusClient): Promise<Network[]> {
  return client.get<Network[]>("/1.0/networks", { query: { recursion: "1" } });
}

/**
 * One network of the server.
 *
 * @param target the member of a cluster whose own settings are to be in it.
 */
export function getNetwork(
  client: IncusClient,
  name: string,
  target?: string,
): Promise<Network> {
  return client.get<Network>(networkPath(name), {
    ...(target !== undefined && { query: { target } }),
  });
}

/** Which addresses of a bridge are in use; a network of another kind has none. */
export function networkLeases(
  client: IncusClient,
  name: string,
): Promise<NetworkLease[]> {
  return client.get<NetworkLease[]>(`${networkPath(name)}/leases`);
}

/** Merges config keys into a network; an empty value removes its key. */
export async function patchNetworkConfig(
  client: IncusClient,
  name: string,
  config: Record<string, string>,
): Promise<void> {
  const operation = await client.start(
    "PATCH",
    networkPath(name),
    { body: { config } },
  );
  await operation?.wait();
}

function networkPath(name: string): string {
  return `/1.0/networks/${encodeURIComponent(name)}`;
}
