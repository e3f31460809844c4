/**
 * A network as `docker network inspect` and `docker network ls` show it.
 *
 * @module
 */
import type { RowOptions } from "./format.ts";
import { formatGoTime } from "./go_time.ts";
import {
  goMap,
  goNil,
  goRow,
  goSlice,
  type GoStruct,
  goStruct,
  goText,
} from "./go_value.ts";
import type { DockerNetwork, Subnet } from "./network.ts";

/** A container's place in a network, as the network shows it. */
export interface NetworkMember {
  containerId: string;
  name: string;
  endpointId: string;
  mac: string;
  /** In CIDR form, or empty. */
  ipv4: string;
  ipv6: string;
}

/** A network as docker's `types.NetworkResource`. */
export function networkView(
  network: DockerNetwork,
  /** Called when the output comes to the members. */
  members: () => readonly NetworkMember[],
): GoStruct {
  return goStruct("types.NetworkResource", {
    Name: network.name,
    "ID:Id": network.id,
    Created: goText(
      "time.Time",
      formatGoTime(network.created),
      network.created,
    ),
    Scope: "local",
    Driver: network.driver,
    EnableIPv6: network.ipv6 !== undefined,
    IPAM: goStruct("network.IPAM", {
      Driver: "default",
      Options: network.added ? goMap({}) : goNil("map[string]string"),
      Config: ipamConfig(network),
    }),
    Internal: false,
    Attachable: false,
    Ingress: false,
    ConfigFrom: goStruct("network.ConfigReference", { Network: "" }),
    ConfigOnly: false,
    get Containers() {
      const entries = members().map((member) =>
        [member.containerId, memberView(member)] as const
      );
      return goMap(
        Object.fromEntries(entries),
        "map[string]types.EndpointResource",
      );
    },
    Options: goMap(network.options),
    Labels: goMap(network.labels),
    "Peers,omitempty": goNil("[]network.PeerInfo"),
    "Services,omitempty": goNil("map[string]network.ServiceInfo"),
  });
}

/** The columns and formats of `docker network ls`. */
export const NETWORK_ROW_OPTIONS: RowOptions = {
  headers: {
    ID: "NETWORK ID",
    Name: "NAME",
    Driver: "DRIVER",
    Scope: "SCOPE",
    IPv6: "IPV6",
    Internal: "INTERNAL",
    Labels: "LABELS",
    CreatedAt: "CREATED AT",
  },
  table: "{{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.Scope}}",
  raw: "network_id: {{.ID}}\nname: {{.Name}}\ndriver: {{.Driver}}\n" +
    "scope: {{.Scope}}\n",
  quietRaw: "network_id: {{.ID}}",
};

/** One row of `docker network ls`. */
export function networkRow(
  network: DockerNetwork,
  { noTrunc }: { noTrunc: boolean },
): GoStruct {
  const { labels } = network;
  return goRow("*network.networkContext", {
    get CreatedAt() {
      return formatGoTime(network.created);
    },
    Driver: network.driver,
    ID: noTrunc ? network.id : network.id.slice(0, 12),
    IPv6: String(network.ipv6 !== undefined),
    Internal: "false",
    get Labels() {
      return Object.entries(labels).map(([key, value]) => `${key}=${value}`)
        .sort().join(",");
    },
    Name: network.name,
    Scope: "local",
  }, {
    Label: (name) => Object.hasOwn(labels, name) ? labels[name]! : "",
  });
}

/** IPv4 first: many scripts take the first for it. */
function ipamConfig({ ipv4, ipv6 }: DockerNetwork) {
  const subnets = [ipv4, ipv6].filter((one): one is Subnet => !!one);
  if (subnets.length === 0) return goNil("[]network.IPAMConfig");
  return goSlice(
    subnets.map(({ subnet, gateway }) =>
      goStruct("network.IPAMConfig", {
        "Subnet,omitempty": subnet,
        "IPRange,omitempty": "",
        "Gateway,omitempty": gateway,
        "AuxAddress:AuxiliaryAddresses,omitempty": goNil("map[string]string"),
      })
    ),
    "[]network.IPAMConfig",
  );
}

/** All of it strings, which kind insists on. */
function memberView(member: NetworkMember): GoStruct {
  return goStruct("types.EndpointResource", {
    Name: member.name,
    EndpointID: member.endpointId,
    MacAddress: member.mac,
    IPv4Address: member.ipv4,
    IPv6Address: member.ipv6,
  });
}
