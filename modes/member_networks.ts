/**
 * Networks of a cluster, as each of its members has them.
 *
 * @module
 */
import type { IncusClient } from "../incus/client.ts";
import { getNetwork } from "../incus/networks.ts";

/**
 * Whether containers on different members reach each other in a network. A
 * bridge is one of its own on each member, unless something joins them: an
 * interface in a common Ethernet, or a tunnel.
 */
export async function isCommonNetwork(
  client: IncusClient,
  name: string,
): Promise<boolean> {
  const { environment } = await client.server();
  // What is a member's own is told for that one alone.
  const { type, managed, config } = await getNetwork(
    client,
    name,
    environment.server_name,
  );
  return type !== "bridge" || !managed || config["bridge.mode"] === "fan" ||
    Object.keys(config).some((key) =>
      key === "bridge.external_interfaces" || key.startsWith("tunnel.")
    );
}
