/**
 * A container's place in the network as a device.
 *
 * @module
 */
import type { RunRequest } from "../docker/run_request.ts";
import type { Device } from "../incus/types.ts";
import type { RunFacts } from "./mode.ts";

/** What says in a profile which network a device is on. */
const PLACE_KEYS = ["network", "nictype", "parent"];

/**
 * The network device, where the profile's own won't do as it is: the network
 * is another one, or an address is kini's choice.
 */
export function networkDevices(
  request: RunRequest,
  { network, address, ipv6 }: Pick<RunFacts, "network" | "address" | "ipv6">,
): Record<string, Device> {
  const name = network.deviceName;
  if (network.name === "none") return { [name]: { type: "none" } };
  const ipv4 = address?.ipv4 ?? request.ipv4;
  if (!network.needsDevice && !ipv4 && !ipv6) return {};
  // The profile's limits and filters hold on its own network alone.
  const own = network.needsDevice ? [] : Object.entries(
    network.profileDevice ?? {},
  ).filter(([key]) => !PLACE_KEYS.includes(key));
  return {
    [name]: {
      ...Object.fromEntries(own),
      type: "nic",
      name: "eth0",
      network: network.serverNetwork,
      ...(ipv4 && { "ipv4.address": ipv4 }),
      ...(ipv6 && { hwaddr: ipv6.hwaddr }),
      ...(ipv6?.reserve && { "ipv6.address": ipv6.address }),
    },
  };
}
