/**
 * Arithmetic on addresses and the subnets they are in.
 *
 * @module
 */
import { isIpAddress } from "./ip_address.ts";

/** Bits of each group of an address's text. */
const IPV4_GROUP = 8;
const IPV6_GROUP = 16;

/** An address as its groups: four of 8 bits, or eight of 16. */
export function addressGroups(address: string): number[] {
  if (!address.includes(":")) return address.split(".").map(Number);
  // `::ffff:10.0.0.1`: the last four bytes as IPv4 writes them.
  const text = address.replace(/[\d.]+$/, (last) => {
    if (!last.includes(".")) return last;
    const [a, b, c, d] = last.split(".").map(Number);
    return `${(a! * 256 + b!).toString(16)}:${(c! * 256 + d!).toString(16)}`;
  });
  const [head = "", tail] = text.split("::");
  const first = head ? head.split(":") : [];
  const last = tail ? tail.split(":") : [];
  const missing = tail === undefined ? 0 : 8 - first.length - last.length;
  return [...first, ...Array<string>(missing).fill("0"), ...last]
    .map((group) => parseInt(group, 16));
}

/** The text of an address, as short as RFC 5952 wants it. */
export function addressText(groups: readonly number[]): string {
  if (groups.length === 4) return groups.join(".");
  const text = groups.map((group) => group.toString(16)).join(":");
  const zeroes = text.match(/(?:^|:)0(?::0)+(?=:|$)/g)?.sort((a, b) =>
    b.length - a.length
  )[0];
  if (!zeroes) return text;
  const at = text.indexOf(zeroes);
  const rest = text.slice(at + zeroes.length).replace(/^:/, "");
  return `${text.slice(0, at)}::${rest}`;
}

/** `10.0.3.7` in a network of 24 bits → `10.0.3.0`. */
export function networkAddress(address: string, prefix: number): string {
  return addressText(masked(addressGroups(address), prefix));
}

/** The network's bits of one address, and the rest of another. */
export function addressIn(
  network: string,
  prefix: number,
  host: readonly number[],
): string {
  const groups = addressGroups(network);
  const inNetwork = masked(groups, prefix);
  const inHost = masked(host, prefix);
  return addressText(
    groups.map((_, index) => inNetwork[index]! + host[index]! - inHost[index]!),
  );
}

/** Whether a subnet in CIDR form has an address. */
export function subnetHas(subnet: string, address: string): boolean {
  const [network = "", prefix = ""] = subnet.split("/");
  return isIpAddress(address) &&
    network.includes(":") === address.includes(":") &&
    networkAddress(address, Number(prefix)) ===
      networkAddress(network, Number(prefix));
}

function masked(groups: readonly number[], prefix: number): number[] {
  const size = groups.length === 4 ? IPV4_GROUP : IPV6_GROUP;
  return groups.map((group, index) => {
    const bits = Math.min(Math.max(prefix - index * size, 0), size);
    return group & ((2 ** size - 1) << (size - bits));
  });
}
