/**
 * IPv6 addresses of containers.
 *
 * Servers give them by router advertisements, seconds after the start, and a
 * container that forwards packets, as kind's nodes of IPv6 do, takes none at
 * all. So the container runtime sets the address up before the first process.
 * It is the very address that an advertisement would lead to: where both are
 * in force it is still one, and the server's DNS finds it by the name of the
 * container's device.
 *
 * @module
 */
import type { RunRequest } from "../docker/run_request.ts";
import { addressGroups, addressIn, subnetHas } from "../docker/subnet.ts";
import type { Ipv6Place, NetworkFacts } from "./mode.ts";
import { CLUSTER_LABEL } from "./kind_labels.ts";

const DISABLED_KEY = "net.ipv6.conf.all.disable_ipv6";
const FORWARDING_KEY = "net.ipv6.conf.all.forwarding";

/** An address that was asked for is in none of the network's subnets. */
export class AddressOutside extends Error {
  override readonly name = "AddressOutside";
}

/** A place in a network's IPv6 subnet; `undefined` where it has none. */
export function chooseIpv6(
  request: RunRequest,
  network: NetworkFacts,
  random: (bytes: Uint8Array) => Uint8Array,
): Ipv6Place | undefined {
  const subnet = network.subnets.ipv6;
  if (!subnet || !network.serverNetwork || network.name === "none") {
    return undefined;
  }
  const prefix = Number(subnet.split("/")[1]);
  const hwaddr = localHwaddr(random(new Uint8Array(5)));
  return {
    address: request.ipv6 ||
      addressIn(network.gateways.ipv6, prefix, modifiedEui64(hwaddr)),
    prefix,
    gateway: network.gateways.ipv6,
    hwaddr,
    reserve: network.statefulIpv6,
    wanted: request.ipv6 !== "" || request.sysctls[DISABLED_KEY] === "0",
  };
}

/**
 * Checks that the network has what a container can't be without.
 *
 * @throws {AddressOutside} for an address that the network can't have.
 * @throws {RangeError} for a node of IPv6 in a network without it.
 */
export function checkFamilies(
  request: RunRequest,
  { name, serverNetwork, subnets }: NetworkFacts,
  server: string,
): void {
  for (const address of [request.ipv4, request.ipv6]) {
    if (
      !address || subnetHas(subnets.ipv4, address) ||
      subnetHas(subnets.ipv6, address)
    ) continue;
    throw new AddressOutside(
      `invalid config for network ${name}: invalid endpoint settings:\n` +
        `no configured subnet or ip-range contain the IP address ${address}`,
    );
  }
  // kind's nodes with ipFamily ipv6 or dual; others do without.
  if (
    subnets.ipv6 || !serverNetwork || !(CLUSTER_LABEL in request.labels) ||
    request.sysctls[DISABLED_KEY] !== "0" ||
    request.sysctls[FORWARDING_KEY] !== "1"
  ) return;
  const client = server === "lxd" ? "lxc" : "incus";
  throw new RangeError(
    `network ${name} has no IPv6, which ipFamily asks for: give it one with ` +
      `"${client} network set ${serverNetwork} ipv6.address=auto ` +
      'ipv6.nat=true", or use ipFamily ipv4',
  );
}

/** The lines by which the container runtime sets the address up. */
export function ipv6Lines({ address, prefix, gateway }: Ipv6Place): string[] {
  return [
    `lxc.net.0.ipv6.address=${address}/${prefix}`,
    `lxc.net.0.ipv6.gateway=${gateway}`,
  ];
}

/** An address as `/proc/net/if_inet6` writes it. */
export function kernelText(address: string): string {
  return addressGroups(address)
    .map((group) => group.toString(16).padStart(4, "0")).join("");
}

/** A device address out of those that nobody assigns (bit 2 of the first byte). */
function localHwaddr(bytes: Uint8Array): string {
  return [2, ...bytes].map((byte) => byte.toString(16).padStart(2, "0"))
    .join(":");
}

/** The last half of the address that a device gives itself (RFC 4291, A). */
function modifiedEui64(hwaddr: string): number[] {
  const [a, b, c, d, e, f] = hwaddr.split(":").map((byte) =>
    parseInt(byte, 16)
  ) as [number, number, number, number, number, number];
  return [
    ...[0, 0, 0, 0],
    (a ^ 2) * 256 + b,
    c * 256 + 0xff,
    0xfe00 + d,
    e * 256 + f,
  ];
}
