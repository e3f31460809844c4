/**
 * Names of containers in LXC mode in their network's DNS.
 *
 * The server's DNS (dnsmasq) knows a name only with a lease of its own. Nobody
 * inside asks for one, so kini does from outside: with a BOOTP request on the
 * container's behalf (RFC 951), since a lease by that older protocol never ends
 * and outlives a restart of the host.
 *
 * @module
 */
import { createSocket } from "node:dgram";
import type { IncusClient } from "../incus/client.ts";
import { delay } from "../incus/delay.ts";
import { getNetwork } from "../incus/networks.ts";
import type { Instance } from "../incus/types.ts";
import { ADDRESS_KEY } from "./keys.ts";
import { domainOf } from "./lxc_address.ts";

const SERVER_PORT = 67;
const REQUEST_SIZE = 300;
/** Marks what follows as options, and ends them at once (RFC 1497). */
const NO_OPTIONS = [99, 130, 83, 99, 255];

/** How long a name may take to be known, and how often that is looked at, in ms. */
const TIMEOUT = 3000;
const INTERVAL = 40;

/**
 * Has the network's DNS know a container's name, and waits until it does.
 *
 * It works from the machine of the server alone, which is where its socket is.
 *
 * @returns false when the DNS doesn't know it even after a while.
 */
export async function publishName(
  client: IncusClient,
  instance: Instance,
  network: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const [address = "", prefix = ""] =
    instance.config[ADDRESS_KEY]?.split("/") ?? [];
  const hwaddr = hwaddrOf(instance, address);
  if (!address || !hwaddr || !network) return true;
  const server = await getNetwork(client, network);
  const domain = await domainOf(client, server);
  const gateway = server.config["ipv4.address"]?.split("/")[0];
  if (!domain || !gateway || server.config["ipv4.dhcp"] === "false") {
    return true;
  }
  const request = bootRequest(hwaddr, address);
  const broadcast = broadcastOf(address, Number(prefix));
  const end = performance.now() + TIMEOUT;
  while (performance.now() < end) {
    await send(request, broadcast);
    for (let tries = 0; tries < 5; tries++) {
      if (await knows(gateway, `${instance.name}.${domain}`, address)) {
        return true;
      }
      await delay(INTERVAL, signal);
    }
  }
  return false;
}

/** The address of the device that has the IPv4 address. */
function hwaddrOf(
  { config, expanded_devices }: Instance,
  address: string,
): string | undefined {
  for (const [name, device] of Object.entries(expanded_devices)) {
    if (device["ipv4.address"] !== address) continue;
    return device.hwaddr ?? config[`volatile.${name}.hwaddr`];
  }
}

/** A BOOTP request as the container itself would send it. */
export function bootRequest(hwaddr: string, address: string): Uint8Array {
  const packet = new Uint8Array(REQUEST_SIZE);
  // A request, over Ethernet, whose addresses have six bytes.
  packet.set([1, 1, 6]);
  crypto.getRandomValues(packet.subarray(4, 8));
  packet.set(address.split(".").map(Number), 12);
  packet.set(hwaddr.split(":").map((byte) => parseInt(byte, 16)), 28);
  packet.set(NO_OPTIONS, 236);
  return packet;
}

/** `10.0.3.7` in a network of 24 bits → `10.0.3.255`. */
export function broadcastOf(address: string, prefix: number): string {
  return address.split(".").map((part, index) => {
    const hostBits = Math.min(Math.max(8 * (index + 1) - prefix, 0), 8);
    return Number(part) | (2 ** hostBits - 1);
  }).join(".");
}

/**
 * Sends a packet to all of a network. The kernel gives this machine a copy as
 * well, as if it had come in from the bridge, where the server listens.
 */
function send(packet: Uint8Array, broadcast: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const socket = createSocket("udp4");
  // Whether it got there shows in the DNS.
  const close = () => socket.close(() => resolve());
  socket.on("error", close);
  socket.bind(0, () => {
    socket.setBroadcast(true);
    socket.send(packet, SERVER_PORT, broadcast, close);
  });
  return promise;
}

async function knows(
  server: string,
  name: string,
  address: string,
): Promise<boolean> {
  try {
    const found = await Deno.resolveDns(`${name}.`, "A", {
      nameServer: { ipAddr: server },
    });
    return found.includes(address);
  } catch {
    return false;
  }
}
