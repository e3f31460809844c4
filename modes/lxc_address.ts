/**
 * Addresses of containers in LXC mode.
 *
 * A system container gets its address from a DHCP client inside, which images
 * made for docker don't have. So kini chooses one that is free, the server
 * reserves it, and the container runtime sets it up before the first process.
 *
 * @module
 */
import type { RunRequest } from "../docker/run_request.ts";
import type { IncusClient } from "../incus/client.ts";
import { IncusError } from "../incus/errors.ts";
import { getNetwork, networkLeases } from "../incus/networks.ts";
import type { Network } from "../incus/types.ts";
import type { NetworkFacts, StaticAddress } from "./mode.ts";

/** A block of addresses, as numbers, both ends included. */
type Range = readonly [first: number, last: number];

/** A network in which no address is left. */
export class AddressesExhausted extends Error {
  override readonly name = "AddressesExhausted";
}

/**
 * An address of the network that nobody has: the same for the same name, as
 * long as it is free, so that a node that is made anew is found where it was.
 *
 * @param optional The container can ask for an address too, so a network where
 *   none can be chosen is none to complain of.
 * @returns `undefined` for a container without a network, and in a network
 *   without IPv4.
 * @throws {RangeError} when the server has no addresses in the network.
 */
export async function chooseAddress(
  client: IncusClient,
  request: RunRequest,
  network: NetworkFacts,
  taken: ReadonlySet<string>,
  optional = false,
): Promise<StaticAddress | undefined> {
  if (network.name === "none") return undefined;
  const { serverNetwork } = network;
  if (!serverNetwork) {
    if (optional) return undefined;
    throw unmanaged(network.name);
  }
  const server = await getNetwork(client, serverNetwork);
  if (server.type !== "bridge" || !server.managed) {
    if (optional) return undefined;
    throw unmanaged(network.name);
  }
  if (optional && server.config["ipv4.dhcp"] === "false") return undefined;
  const place = /^([\d.]+)\/(\d+)$/.exec(server.config["ipv4.address"] ?? "");
  if (!place) {
    if (optional || /:/.test(server.config["ipv6.address"] ?? "")) {
      return undefined;
    }
    throw Object.keys(server.config).length > 0
      ? withoutSubnet(network.name)
      : untold(network.name);
  }
  const gateway = place[1]!;
  const prefix = Number(place[2]);
  const rest = { prefix, gateway, domain: await domainOf(client, server) };
  if (request.ipv4) return { ipv4: request.ipv4, ...rest };
  const used = new Set([gateway, ...taken]);
  for (const { address } of await networkLeases(client, serverNetwork)) {
    used.add(address);
  }
  const ranges = rangesOf(server.config, gateway, prefix);
  const ipv4 = firstFree(ranges, hashOf(request.name), used);
  if (!ipv4) {
    throw new AddressesExhausted(
      `network ${network.name} has no free address left: remove containers, ` +
        "or give the server's network a larger subnet",
    );
  }
  return { ipv4, ...rest };
}

/** Whether an instance was refused because of the address that was chosen. */
export function isAddressTaken(error: unknown): boolean {
  return error instanceof IncusError &&
    /IP address "[^"]*" already (defined|in use)/.test(error.message);
}

/**
 * Whether somebody else was given the address at the same moment: of the two,
 * the one whose name comes later has to choose again.
 */
export async function mustYield(
  client: IncusClient,
  network: string,
  name: string,
  { ipv4 }: StaticAddress,
): Promise<boolean> {
  return (await networkLeases(client, network)).some((lease) =>
    lease.address === ipv4 && lease.hostname !== "" && lease.hostname < name
  );
}

/** The domain of the names that a network's DNS knows; empty for none. */
export async function domainOf(
  client: IncusClient,
  { config }: Network,
): Promise<string> {
  if (config["dns.mode"] === "none") return "";
  return config["dns.domain"] ||
    (await client.server()).environment.server;
}

/** What the network's own DHCP server gives out, else all but both ends. */
function rangesOf(
  config: Readonly<Record<string, string>>,
  gateway: string,
  prefix: number,
): Range[] {
  const ranges: Range[] = [];
  for (const text of (config["ipv4.dhcp.ranges"] ?? "").split(",")) {
    const [first = "", last = ""] = text.trim().split("-");
    if (last) ranges.push([numberOf(first), numberOf(last)]);
  }
  if (ranges.length > 0) return ranges;
  const size = 2 ** (32 - prefix);
  const first = numberOf(gateway) - numberOf(gateway) % size;
  return [[first + 1, first + size - 2]];
}

function firstFree(
  ranges: readonly Range[],
  start: number,
  used: ReadonlySet<string>,
): string | undefined {
  const size = ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  // Of more addresses than there are users, one is free.
  const tries = Math.min(size, used.size + 1);
  for (let index = 0; index < tries; index++) {
    let offset = (start + index) % size;
    for (const [first, last] of ranges) {
      const length = last - first + 1;
      if (offset >= length) {
        offset -= length;
        continue;
      }
      const address = textOf(first + offset);
      if (!used.has(address)) return address;
      break;
    }
  }
  return undefined;
}

function numberOf(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

function textOf(address: number): string {
  return [24, 16, 8, 0].map((bits) => Math.floor(address / 2 ** bits) % 256)
    .join(".");
}

/** The same number for the same text, spread over 32 bits (FNV-1a). */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const letter of text) {
    hash = Math.imul(hash ^ letter.codePointAt(0)!, 0x01000193) >>> 0;
  }
  return hash;
}

function unmanaged(name: string): RangeError {
  return new RangeError(
    `network ${name} is not a bridge that the server manages, and in LXC mode ` +
      "only such a network gives containers an address: use another with " +
      "--network, or make one with the server's own tools",
  );
}

function withoutSubnet(name: string): RangeError {
  return new RangeError(
    `the server has no subnet in network ${name}, and in LXC mode only such a ` +
      "network gives addresses to containers of docker images: use another " +
      "one with --network or KINI_NETWORK, or make nodes of kubeadm images",
  );
}

/** Each network that is managed has settings. */
function untold(name: string): RangeError {
  return new RangeError(
    `the server does not tell a restricted client about network ${name}, and ` +
      "LXC mode has to choose addresses of it: use a client that is not " +
      "restricted, or make nodes of kubeadm images",
  );
}
