/**
 * A container as `docker inspect` shows it.
 *
 * Facts that may cost more to get (the end of a stopped container) are read
 * from the container when the output comes to them, not before.
 *
 * @module
 */
import type { Container, Endpoint, MountPoint } from "./container.ts";
import { goConfig } from "./config_view.ts";
import { listPorts } from "./container_ports.ts";
import { ZERO_TIME } from "./go_time.ts";
import {
  type GoInput,
  goMap,
  goNamed,
  goNil,
  goSlice,
  type GoStruct,
  goStruct,
} from "./go_value.ts";
import { hostConfigView } from "./host_config_view.ts";
import { type BoundPort, portKey } from "./publish.ts";

/** The network that gives its addresses to the top of `NetworkSettings` too. */
const DEFAULT_NETWORK = "bridge";

/** A container as docker's `types.ContainerJSON`. */
export function containerView(container: Container): GoStruct {
  const { record } = container;
  const command = commandOf(container);
  return goStruct("types.ContainerJSON", {
    "ID:Id": container.id,
    Created: container.created,
    Path: command[0] ?? "",
    Args: goSlice(command.slice(1), "[]string"),
    get State() {
      return stateView(container);
    },
    Image: record.imageId,
    ResolvConfPath: "",
    HostnamePath: "",
    HostsPath: "",
    LogPath: "",
    Name: `/${container.name}`,
    RestartCount: 0,
    Driver: container.driver,
    Platform: container.platform,
    MountLabel: "",
    ProcessLabel: "",
    AppArmorProfile: "",
    ExecIDs: goNil("[]string"),
    get HostConfig() {
      return hostConfigView(record);
    },
    get GraphDriver() {
      return goStruct("types.GraphDriverData", {
        Data: goNil("map[string]string"),
        Name: container.driver,
      });
    },
    "SizeRw,omitempty": goNil("*int64"),
    "SizeRootFs,omitempty": goNil("*int64"),
    get Mounts() {
      return goSlice(record.mounts.map(mountView), "[]types.MountPoint");
    },
    get Config() {
      return configView(container);
    },
    get NetworkSettings() {
      return networkSettings(container);
    },
  });
}

/** The whole command of a container's process: entrypoint, then arguments. */
export function commandOf({ record }: Container): string[] {
  return [...record.entrypoint ?? [], ...record.cmd ?? []];
}

function stateView({ state }: Container): GoStruct {
  const { status } = state;
  return goStruct("*types.ContainerState", {
    Status: status,
    Running: status === "running" || status === "paused",
    Paused: status === "paused",
    Restarting: false,
    OOMKilled: false,
    Dead: status === "dead",
    Pid: state.pid,
    get ExitCode() {
      return state.exitCode;
    },
    Error: "",
    StartedAt: state.startedAt || ZERO_TIME,
    get FinishedAt() {
      return state.finishedAt || ZERO_TIME;
    },
    "Health,omitempty": goNil("*types.Health"),
  });
}

function mountView(mount: MountPoint): GoStruct {
  return goStruct("types.MountPoint", {
    "Type,omitempty": goNamed("mount.Type", mount.type),
    "Name,omitempty": mount.name ?? "",
    Source: mount.source,
    Destination: mount.destination,
    "Driver,omitempty": mount.type === "volume" ? "local" : "",
    Mode: mount.mode,
    RW: !mount.readonly,
    Propagation: goNamed("mount.Propagation", mount.propagation),
  });
}

function configView({ record, labels }: Container): GoStruct {
  return goConfig({
    hostname: record.hostname,
    user: record.user,
    attachStdin: record.attach && record.openStdin,
    attach: record.attach,
    exposedPorts: record.exposedPorts,
    tty: record.tty,
    openStdin: record.openStdin,
    env: record.env,
    cmd: record.cmd,
    image: record.image,
    volumes: record.mounts.filter(({ type }) => type === "volume")
      .map(({ destination }) => destination),
    workingDir: record.workingDir,
    entrypoint: record.entrypoint,
    labels,
    stopSignal: record.stopSignal,
    stopTimeout: record.stopTimeout,
  });
}

function networkSettings(container: Container): GoStruct {
  const { record, state, endpoints } = container;
  const networks: Record<string, GoStruct> = {};
  for (const endpoint of endpoints) {
    networks[endpoint.network] = endpointView(container, endpoint);
  }
  if (endpoints.length === 0 && record.network) {
    networks[record.network] = endpointView(container, {
      ...NO_ENDPOINT,
      network: record.network,
      networkId: record.networkId,
    });
  }
  const top = endpoints.find(({ network }) => network === DEFAULT_NETWORK) ??
    NO_ENDPOINT;
  return goStruct("*types.NetworkSettings", {
    Bridge: "",
    SandboxID: "",
    // The name that `nsenter --net` takes on the server.
    SandboxKey: state.pid > 0 ? `/proc/${state.pid}/ns/net` : "",
    Ports: portsView(listPorts(container)),
    HairpinMode: false,
    LinkLocalIPv6Address: "",
    LinkLocalIPv6PrefixLen: 0,
    SecondaryIPAddresses: goNil("[]network.Address"),
    SecondaryIPv6Addresses: goNil("[]network.Address"),
    EndpointID: top.endpointId,
    Gateway: top.ipv4Gateway,
    GlobalIPv6Address: top.ipv6,
    GlobalIPv6PrefixLen: top.ipv6Prefix,
    IPAddress: top.ipv4,
    IPPrefixLen: top.ipv4Prefix,
    IPv6Gateway: top.ipv6Gateway,
    MacAddress: top.mac,
    Networks: goMap(networks, "map[string]*network.EndpointSettings"),
  });
}

const NO_ENDPOINT: Endpoint = {
  network: "",
  networkId: "",
  endpointId: "",
  ipv4: "",
  ipv4Prefix: 0,
  ipv4Gateway: "",
  ipv6: "",
  ipv6Prefix: 0,
  ipv6Gateway: "",
  mac: "",
};

function endpointView(container: Container, endpoint: Endpoint): GoStruct {
  const { id, name, record } = container;
  // Docker has no names on its default network.
  const hasNames = endpoint.network !== DEFAULT_NETWORK &&
    endpoint.network !== "none" && endpoint.network !== "";
  const names = new Set([name, id.slice(0, 12), record.hostname]);
  names.delete("");
  return goStruct("*network.EndpointSettings", {
    IPAMConfig: goNil("*network.EndpointIPAMConfig"),
    Links: goNil("[]string"),
    Aliases: goNil("[]string"),
    MacAddress: endpoint.mac,
    NetworkID: endpoint.networkId,
    EndpointID: endpoint.endpointId,
    Gateway: endpoint.ipv4Gateway,
    IPAddress: endpoint.ipv4,
    IPPrefixLen: endpoint.ipv4Prefix,
    IPv6Gateway: endpoint.ipv6Gateway,
    GlobalIPv6Address: endpoint.ipv6,
    GlobalIPv6PrefixLen: endpoint.ipv6Prefix,
    DriverOpts: goNil("map[string]string"),
    DNSNames: hasNames ? goSlice([...names], "[]string") : goNil("[]string"),
  });
}

/** Ports that are only exposed have a nil list. */
function portsView(ports: readonly BoundPort[]): GoInput {
  const lists: Record<string, GoStruct[]> = {};
  for (const port of ports) {
    const list = lists[portKey(port)] ??= [];
    if (port.hostPort === undefined) continue;
    list.push(goStruct("nat.PortBinding", {
      "HostIP:HostIp": port.hostIp ?? "",
      HostPort: String(port.hostPort),
    }));
  }
  const entries: Record<string, GoInput> = {};
  for (const [key, list] of Object.entries(lists)) {
    entries[key] = list.length > 0
      ? goSlice(list, "[]nat.PortBinding")
      : goNil("[]nat.PortBinding");
  }
  return goMap(entries, "nat.PortMap", goNil("[]nat.PortBinding"));
}
