/**
 * Networks and the profile that says which one instances get.
 *
 * @module
 */
import type { IncusClient } from "./client.ts";
import type { Network, Profile } from "./types.ts";

/** All networks, managed by the server or not. */
export function listNetworks(client: IncusClient): Promise<Network[]> {
  return client.get<Network[]>("/1.0/networks", { query: { recursion: "1" } });
}

/** One network. */
export function getNetwork(
  client: IncusClient,
  name: string,
): Promise<Network> {
  return client.get<Network>(`/1.0/networks/${encodeURIComponent(name)}`);
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

/** One profile. */
export function getProfile(
  client: IncusClient,
  name: string,
): Promise<Profile> {
  return client.get<Profile>(`/1.0/profiles/${encodeURIComponent(name)}`);
}
