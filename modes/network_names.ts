/**
 * The names of its network that a container is known under: the one it was
 * made with, and what `network connect` and `disconnect` made of it.
 *
 * @module
 */
import type { ContainerRecord } from "../docker/container.ts";
import type { IncusClient } from "../incus/client.ts";
import { patchInstance } from "../incus/instances.ts";
import type { Instance } from "../incus/types.ts";
import { NAMES_KEY } from "./keys.ts";

/** A network by docker's name and id. */
export interface NetworkName {
  name: string;
  id: string;
}

/** The names of a container's network, at least one. */
export function networkNames(
  { config }: Instance,
  { network, networkId }: ContainerRecord,
): NetworkName[] {
  const made = [{ name: network || "bridge", id: networkId ?? "" }];
  try {
    const names = JSON.parse(config[NAMES_KEY] ?? "[]");
    if (!Array.isArray(names) || names.length === 0) return made;
    return names.map(({ name, id }) => ({
      name: String(name),
      id: String(id),
    }));
  } catch {
    // Somebody's own edit must not spoil a list of others.
    return made;
  }
}

/** Gives a container other names of its network. */
export async function setNetworkNames(
  client: IncusClient,
  { name }: Instance,
  names: readonly NetworkName[],
): Promise<void> {
  await patchInstance(client, name, {
    config: { [NAMES_KEY]: JSON.stringify(names) },
  });
}
