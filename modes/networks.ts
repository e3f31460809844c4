/**
 * Docker's networks on Incus: views of the networks that are configured.
 *
 * Docker's `bridge` is the network of the default profile. Creating a network
 * gives that same network one more name, kept in its config: no second network
 * is made. Every other managed network goes by its own name.
 *
 * @module
 */
import type { DockerNetwork } from "../docker/network.ts";
import type { IncusClient } from "../incus/client.ts";
import { listNetworks, patchNetworkConfig } from "../incus/networks.ts";
import type { Network } from "../incus/types.ts";
import { NETWORK_PREFIX } from "./keys.ts";

/** What an added name keeps about its creation. */
interface NameRecord {
  created: string;
  options: Record<string, string>;
  labels: Record<string, string>;
  ipv6: boolean;
}

/** All networks as docker sees them; one request. */
export async function dockerNetworks(
  client: IncusClient,
): Promise<DockerNetwork[]> {
  const networks: DockerNetwork[] = [];
  for (const network of await listNetworks(client)) {
    if (!network.managed) continue;
    const configured = isConfigured(network);
    networks.push(await view(network, configured ? "bridge" : network.name));
    for (const [key, value] of Object.entries(network.config)) {
      if (!key.startsWith(NETWORK_PREFIX)) continue;
      const name = key.slice(NETWORK_PREFIX.length);
      networks.push(await view(network, name, parseRecord(value)));
    }
  }
  if (!networks.some((network) => network.name === "bridge")) {
    networks.unshift(await bareNetwork("bridge", "bridge"));
  }
  networks.push(await bareNetwork("none", "null"));
  return networks.sort((a, b) => a.name < b.name ? -1 : 1);
}

/** The network that `ref` names: by name, by id, or by the start of an id. */
export function findNetwork(
  networks: readonly DockerNetwork[],
  ref: string,
): DockerNetwork | undefined {
  return networks.find((one) => one.name === ref) ??
    networks.find((one) => one.id === ref) ??
    networks.find((one) => one.serverNetwork === ref) ??
    (/^[0-9a-f]{2,}$/.test(ref)
      ? networks.find((one) => one.id.startsWith(ref))
      : undefined);
}

/** Gives the configured network one more name. */
export async function addNetworkName(
  client: IncusClient,
  target: DockerNetwork,
  name: string,
  record: Omit<NameRecord, "created">,
  created: Date,
): Promise<string> {
  await patchNetworkConfig(client, target.serverNetwork, {
    [NETWORK_PREFIX + name]: JSON.stringify({
      created: created.toISOString(),
      ...record,
    }),
  });
  return await networkId(target.serverNetwork, name);
}

/** Takes a name away that {@linkcode addNetworkName} gave. */
export async function removeNetworkName(
  client: IncusClient,
  network: DockerNetwork,
): Promise<void> {
  await patchNetworkConfig(client, network.serverNetwork, {
    [NETWORK_PREFIX + network.name]: "",
  });
}

/** True when instances of the default profile get this network. */
function isConfigured(network: Network): boolean {
  return network.used_by?.some((url) =>
    /^\/1\.0\/profiles\/default(\?|$)/.test(url)
  ) ?? false;
}

async function view(
  network: Network,
  name: string,
  record?: NameRecord,
): Promise<DockerNetwork> {
  const { config } = network;
  return {
    id: await networkId(network.name, name),
    name,
    serverNetwork: network.name,
    driver: network.type === "bridge" ? "bridge" : network.type,
    configured: isConfigured(network),
    added: record !== undefined,
    created: record?.created ?? "0001-01-01T00:00:00Z",
    labels: record?.labels ?? {},
    options: {
      ...(config["bridge.mtu"] &&
        { "com.docker.network.driver.mtu": config["bridge.mtu"] }),
      ...record?.options,
    },
    ipv4: subnetOf(config["ipv4.address"]),
    ipv6: subnetOf(config["ipv6.address"]),
  };
}

async function bareNetwork(
  name: string,
  driver: string,
): Promise<DockerNetwork> {
  return {
    id: await networkId("", name),
    name,
    serverNetwork: "",
    driver,
    configured: name === "bridge",
    added: false,
    created: "0001-01-01T00:00:00Z",
    labels: {},
    options: {},
    ipv4: undefined,
    ipv6: undefined,
  };
}

/** `10.0.3.1/24` → the gateway, and the subnet it stands in. */
function subnetOf(
  address: string | undefined,
): DockerNetwork["ipv4"] {
  const match = /^(.+)\/(\d+)$/.exec(address ?? "");
  if (!match) return undefined;
  const [, gateway, prefix] = match;
  return {
    gateway: gateway!,
    subnet: `${networkAddress(gateway!, Number(prefix))}/${prefix}`,
  };
}

function networkAddress(address: string, prefix: number): string {
  const wide = address.includes(":");
  const groups = wide ? expandIPv6(address) : address.split(".").map(Number);
  const size = wide ? 16 : 8;
  const masked = groups.map((group, index) => {
    const bits = Math.min(Math.max(prefix - index * size, 0), size);
    return group & ((2 ** size - 1) << (size - bits));
  });
  if (!wide) return masked.join(".");
  const text = masked.map((group) => group.toString(16)).join(":");
  const zeroes = text.match(/(?:^|:)0(?::0)+(?=:|$)/g)?.sort((a, b) =>
    b.length - a.length
  )[0];
  return zeroes
    ? text.replace(zeroes, zeroes.startsWith(":") ? ":" : "::")
      .replace(/:$/, "::").replace(/:::+/, "::")
    : text;
}

function expandIPv6(address: string): number[] {
  const [head = "", tail] = address.split("::");
  const first = head ? head.split(":") : [];
  const last = tail ? tail.split(":") : [];
  const missing = tail === undefined ? 0 : 8 - first.length - last.length;
  return [...first, ...Array<string>(missing).fill("0"), ...last]
    .map((group) => parseInt(group, 16));
}

/** A stable id: docker's are 64 random hexadecimal digits. */
async function networkId(server: string, name: string): Promise<string> {
  const digest = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(`kini network ${server} ${name}`),
  );
  return Array.from(
    new Uint8Array(digest),
    (byte) => byte.toString(16).padStart(2, "0"),
  ).join("");
}

function parseRecord(text: string): NameRecord {
  try {
    const record = JSON.parse(text) as Partial<NameRecord>;
    return {
      created: record.created ?? "0001-01-01T00:00:00Z",
      options: record.options ?? {},
      labels: record.labels ?? {},
      ipv6: record.ipv6 ?? false,
    };
  } catch {
    // Set by hand: the name counts all the same.
    return {
      created: "0001-01-01T00:00:00Z",
      options: {},
      labels: {},
      ipv6: false,
    };
  }
}
