/**
 * Docker's networks on Incus: views of the networks that are configured.
 *
 * Docker's `bridge` is the network of the default profile, or the one that
 * `KINI_NETWORK` chooses. Creating a network gives that same network one more
 * name, kept in its config: no second network is made. Every other managed
 * network goes by its own name.
 *
 * @module
 */
import type { DockerNetwork } from "../docker/network.ts";
import { networkAddress } from "../docker/subnet.ts";
import type { IncusClient } from "../incus/client.ts";
import { listNetworks, patchNetworkConfig } from "../incus/networks.ts";
import type { Network } from "../incus/types.ts";
import { NETWORK_PREFIX } from "./keys.ts";
import type { NetworkFacts } from "./mode.ts";
import {
  configuredNetwork,
  hasOwnProfile,
  type NetworkSetting,
  profileDevice,
} from "./network_setting.ts";

/** What an added name keeps about its creation. */
interface NameRecord {
  created: string;
  options: Record<string, string>;
  labels: Record<string, string>;
  ipv6: boolean;
}

/** All networks as docker sees them; one request, as a rule. */
export async function dockerNetworks(
  client: IncusClient,
  setting: NetworkSetting,
): Promise<DockerNetwork[]> {
  return await views(client, await listNetworks(client), setting);
}

async function views(
  client: IncusClient,
  all: readonly Network[],
  setting: NetworkSetting,
): Promise<DockerNetwork[]> {
  const networks: DockerNetwork[] = [];
  const configured = await configuredNetwork(client, all, setting);
  for (const network of all) {
    if (!network.managed) continue;
    if (network.name !== configured) {
      networks.push(await view(network, network.name, { configured: false }));
      continue;
    }
    networks.push(await view(network, "bridge", { configured: true }));
    // Names on other networks are from a time when those were configured.
    for (const [key, value] of Object.entries(network.config)) {
      if (!key.startsWith(NETWORK_PREFIX)) continue;
      const name = key.slice(NETWORK_PREFIX.length);
      const record = parseRecord(value);
      networks.push(await view(network, name, { configured: true, record }));
    }
  }
  if (!configured) networks.unshift(await bareNetwork("bridge", "bridge"));
  networks.push(await bareNetwork("none", "null"));
  return networks.sort((a, b) => a.name < b.name ? -1 : 1);
}

/**
 * What an instance has to be told to be in a network; two requests.
 *
 * @returns `undefined` when there is no network of that name or id.
 */
export async function networkFacts(
  client: IncusClient,
  setting: NetworkSetting,
  ref: string,
): Promise<NetworkFacts | undefined> {
  const [all, device] = await Promise.all([
    listNetworks(client),
    profileDevice(client, setting),
  ]);
  const network = findNetwork(await views(client, all, setting), ref);
  if (!network) return undefined;
  const { name, id, serverNetwork, ipv4, ipv6 } = network;
  const config = all.find((one) => one.name === serverNetwork)?.config ?? {};
  return {
    name,
    id,
    serverNetwork,
    needsDevice: serverNetwork !== "" &&
      (!network.configured || setting.network !== ""),
    deviceName: device?.name ?? "eth0",
    profileDevice: device?.device,
    ...(hasOwnProfile(setting) && { profile: setting.profile }),
    gateways: { ipv4: ipv4?.gateway ?? "", ipv6: ipv6?.gateway ?? "" },
    subnets: { ipv4: ipv4?.subnet ?? "", ipv6: ipv6?.subnet ?? "" },
    statefulIpv6: config["ipv6.dhcp.stateful"] === "true",
  };
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

async function view(
  network: Network,
  name: string,
  { configured, record }: { configured: boolean; record?: NameRecord },
): Promise<DockerNetwork> {
  const { config } = network;
  return {
    id: await networkId(network.name, name),
    name,
    serverNetwork: network.name,
    driver: network.type === "bridge" ? "bridge" : network.type,
    configured,
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
