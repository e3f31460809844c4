/**
 * Which containers are in a network.
 *
 * @module
 */
import type { Container } from "../docker/container.ts";
import type { NetworkMember } from "../docker/network_view.ts";
import type { DockerNetwork } from "../docker/network.ts";

/** The containers that use a network now; their state has to be loaded for addresses. */
export function membersOf(
  network: DockerNetwork,
  containers: readonly Container[],
): NetworkMember[] {
  const members: NetworkMember[] = [];
  for (const { id, name, state, endpoints } of containers) {
    if (state.status !== "running" && state.status !== "paused") continue;
    const endpoint = endpoints.find((one) =>
      one.network === network.name &&
      (!one.networkId || one.networkId === network.id)
    );
    if (!endpoint) continue;
    members.push({
      containerId: id,
      name,
      endpointId: endpoint.endpointId,
      mac: endpoint.mac,
      ipv4: endpoint.ipv4 && `${endpoint.ipv4}/${endpoint.ipv4Prefix}`,
      ipv6: endpoint.ipv6 && `${endpoint.ipv6}/${endpoint.ipv6Prefix}`,
    });
  }
  return members;
}
