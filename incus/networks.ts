/**
 * Networks of the server.
 *
 * @module
 */
import type { IncusClient } from "./client.ts";
import type { Network } from "./types.ts";

/** All networks, managed by the server or not. */
export function listNetworks(client: IncusClient): Promise<Network[]> {
  return client.get<Network[]>("/1.0/networks", { query: { recursion: "1" } });
}

/** Merges config keys into a network; an empty value removes its key. */
export async function patchNetworkConfig(
  client: IncusClient,
  name: string,
  config: Record<string, string>,
): Promise<void> {
  const operation = await client.start(
    "PATCH",
    `/1.0/networks/${encodeURIComponent(name)}`,
    { body: { config } },
  );
  await operation?.wait();
}
