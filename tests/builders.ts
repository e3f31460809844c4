/**
 * Things of a server, filled in with what a test does not care about.
 *
 * @module
 */
import type {
  Device,
  Image,
  Instance,
  InstanceState,
  Network,
  Profile,
} from "../incus/types.ts";
import type { ImageNote } from "../modes/images.ts";
import type { ImageFacts } from "../modes/mode.ts";

/** The time of everything that has one. */
export const SOME_TIME = "2026-01-02T03:04:05Z";

/** The address and prefix length that {@linkcode runningState} gives. */
export const SOME_ADDRESS = "10.0.3.10";

/** What an OCI image says about its process, as the server keeps it. */
export interface OciSettings {
  entrypoint: string[];
  cwd: string;
  uid: number;
  gid: number;
  environment: Record<string, string>;
}

/** An image, and for an OCI one what instances get from it. */
export interface FakeImage {
  image: Image;
  oci?: OciSettings;
  /** Files that instances start with, by path. */
  files?: Record<string, string>;
}

/** An OCI image by its whole docker reference: `docker.io/library/busybox:1.37`. */
export function image(
  reference: string,
  overrides: Partial<Image> = {},
  oci: Partial<OciSettings> = {},
  files: Record<string, string> = {},
): FakeImage {
  const slash = reference.indexOf("/");
  const server = `https://${reference.slice(0, slash)}`;
  const alias = reference.slice(slash + 1);
  return {
    image: {
      fingerprint: fingerprintFor(reference),
      architecture: "x86_64",
      cached: false,
      created_at: SOME_TIME,
      uploaded_at: SOME_TIME,
      last_used_at: SOME_TIME,
      size: 2_000_000,
      properties: {
        architecture: "x86_64",
        description: `${reference} (OCI)`,
        id: alias,
        type: "oci",
      },
      aliases: [],
      update_source: { alias, protocol: "oci", server },
      ...overrides,
    },
    oci: {
      entrypoint: ["sh"],
      cwd: "/",
      uid: 0,
      gid: 0,
      environment: {
        HOME: "/root",
        PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        TERM: "xterm",
      },
      ...oci,
    },
    files,
  };
}

/**
 * An image as kini leaves it in the store after a pull: its alias is the
 * reference, and keeps what docker knows of it.
 */
export function pulledImage(
  reference: string,
  facts: Partial<ImageFacts> = {},
  files: Record<string, string> = {},
): FakeImage {
  const fingerprint = fingerprintFor(reference);
  const all: ImageFacts = {
    fingerprint,
    id: `sha256:${fingerprintFor(`${reference} config`)}`,
    env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
    entrypoint: [],
    cmd: ["sh"],
    labels: {},
    user: "",
    workingDir: "/",
    exposedPorts: [],
    volumes: [],
    stopSignal: "",
    known: true,
    ...facts,
  };
  const note: ImageNote = {
    reference,
    digest: `sha256:${fingerprintFor(`${reference} manifest`)}`,
    created: SOME_TIME,
    facts: all,
  };
  return image(
    reference,
    { aliases: [{ name: reference, description: JSON.stringify(note) }] },
    { entrypoint: [...all.entrypoint, ...all.cmd], cwd: all.workingDir },
    files,
  );
}

/** 64 hexadecimal digits that are always the same for the same text. */
export function fingerprintFor(text: string): string {
  let hash = 0x811c9dc5;
  let digits = "";
  for (let i = 0; digits.length < 64; i++) {
    for (const char of `${i}${text}`) {
      hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193) >>> 0;
    }
    digits += hash.toString(16).padStart(8, "0");
  }
  return digits;
}

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
      lo: {
        addresses: [
          {
            family: "inet",
            address: "127.0.0.1",
            netmask: "8",
            scope: "local",
          },
          { family: "inet6", address: "::1", netmask: "128", scope: "local" },
        ],
        hwaddr: "",
        host_name: "",
        mtu: 65536,
        state: "up",
        type: "loopback",
      },
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
