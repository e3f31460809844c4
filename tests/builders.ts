/**
 * Things of a server, filled in with what a test does not care about.
 *
 * @module
 */
import type {
  Device,
  Instance,
  InstanceState,
  InstanceStateNetwork,
  Network,
  Profile,
} from "../incus/types.ts";
import { SOME_TIME } from "./image_builders.ts";

export {
  type FakeImage,
  fingerprintFor,
  image,
  type OciSettings,
  pulledImage,
  SOME_TIME,
} from "./image_builders.ts";

/** The address and prefix length that {@linkcode runningState} gives. */
export const SOME_ADDRESS = "10.0.3.10";

/** What a running instance has beside its own devices. */
export const LOOPBACK: InstanceStateNetwork = {
  addresses: [
    { family: "inet", address: "127.0.0.1", netmask: "8", scope: "local" },
    { family: "inet6", address: "::1", netmask: "128", scope: "local" },
  ],
  hwaddr: "",
  host_name: "",
  mtu: 65536,
  state: "up",
  type: "loopback",
};

/** A stopped instance of the default profile. */
export function instance(
  name: string,
  overrides: Partial<Instance> = {},
): Instance {
  const config = overrides.config ?? {};
  const devices = overrides.devices ?? {};
  return {
    name,
    type: "container",
    status: "Stopped",
    status_code: 102,
    architecture: "x86_64",
    config,
    devices,
    expanded_config: { ...config },
    expanded_devices: { ...profile().devices, ...devices },
    profiles: ["default"],
    ephemeral: false,
    created_at: SOME_TIME,
    last_used_at: "1970-01-01T00:00:00Z",
    location: "none",
    project: "default",
    ...overrides,
  };
}

/** An instance that runs, with one address on `incusbr0`. */
export function runningInstance(
  name: string,
  overrides: Partial<Instance> = {},
): Instance {
  return instance(name, {
    status: "Running",
    status_code: 103,
    last_used_at: SOME_TIME,
    state: runningState(),
    ...overrides,
  });
}

/** The state of an instance that runs. */
export function runningState(
  overrides: Partial<InstanceState> = {},
): InstanceState {
  return {
    status: "Running",
    status_code: 103,
    pid: 4242,
    processes: 3,
    started_at: SOME_TIME,
    network: {
      eth0: {
        addresses: [
          {
            family: "inet",
            address: SOME_ADDRESS,
            netmask: "24",
            scope: "global",
          },
          {
            family: "inet6",
            address: "fd42::10",
            netmask: "64",
            scope: "global",
          },
          {
            family: "inet6",
            address: "fe80::1266:6aff:fe00:a",
            netmask: "64",
            scope: "link",
          },
        ],
        hwaddr: "10:66:6a:00:00:0a",
        host_name: "veth00000a",
        mtu: 1500,
        state: "up",
        type: "broadcast",
      },
      lo: LOOPBACK,
    },
    ...overrides,
  };
}

/** A managed bridge. */
export function network(
  name: string,
  overrides: Partial<Network> = {},
): Network {
  return {
    name,
    type: "bridge",
    description: "",
    managed: true,
    status: "Created",
    config: {
      "ipv4.address": "10.0.3.1/24",
      "ipv4.nat": "true",
      "ipv6.address": "fd42::1/64",
      "ipv6.nat": "true",
    },
    used_by: [],
    ...overrides,
  };
}

/** The profile `default`: a root disk, and eth0 on `incusbr0`. */
export function profile(
  name = "default",
  devices: Record<string, Device> = {
    eth0: { name: "eth0", network: "incusbr0", type: "nic" },
    root: { path: "/", pool: "default", type: "disk" },
  },
): Profile {
  return { name, config: {}, devices };
}
