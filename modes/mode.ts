/**
 * The ways in which a container becomes an instance, and which one is used.
 *
 * @module
 */
import type { ContainerRecord } from "../docker/container.ts";
import type { RunRequest } from "../docker/run_request.ts";
import type { IncusClient } from "../incus/client.ts";
import type {
  Device,
  Instance,
  InstancesPost,
  Server,
} from "../incus/types.ts";

/** What is known of the image a container is made from. */
export interface ImageFacts {
  /** The server's own name of the image. */
  fingerprint: string;
  /** What docker calls the image's id. */
  id: string;
  /** `NAME=value`. */
  env: string[];
  entrypoint: string[];
  cmd: string[];
  labels: Record<string, string>;
  user: string;
  workingDir: string;
  exposedPorts: string[];
  volumes: string[];
  stopSignal: string;
  /** False when only the server has seen the image: the lists above are empty. */
  known: boolean;
  /** Kubernetes version of a kubeadm image, which starts by its own init. */
  kubeadm?: string;
}

/** The network that a container joins. */
export interface NetworkFacts {
  /** Docker's name. */
  name: string;
  id: string;
  /** The server's network; empty when the profile's own device is used as it is. */
  serverNetwork: string;
  /** The network is not the profile's, so a device must say so. */
  needsDevice: boolean;
  /** The profile's network device: an instance's own of that name replaces it. */
  deviceName: string;
  profileDevice: Device | undefined;
  /** The profile of the instance, where it is not the server's own choice. */
  profile?: string;
  gateways: { ipv4: string; ipv6: string };
  /** In CIDR form; empty where the network has none of that family. */
  subnets: { ipv4: string; ipv6: string };
  /** The server gives out single IPv6 addresses, and knows their names. */
  statefulIpv6: boolean;
}

/** What planning needs to know besides the request. */
export interface RunFacts {
  /** 64 hexadecimal digits, new for this container. */
  id: string;
  image: ImageFacts;
  network: NetworkFacts;
  server: Server;
  /** The member of the cluster, or `@group`, to make it on. */
  target?: string;
  /** The address that kini gives it; absent where the server does. */
  address?: StaticAddress;
  /** The IPv6 address that kini gives it; absent in a network without IPv6. */
  ipv6?: Ipv6Place;
  /**
   * Containers get no privileges on the machine, whatever they ask for
   * (`KINI_UNPRIVILEGED`).
   */
  unprivileged: boolean;
  /** Modules that the server can load for a node that can't do it itself. */
  kernelModules: readonly string[];
  /** Where the server keeps the logs of this instance. */
  logFolder: string;
  /** True when what is at the path, on the server, is not a directory. */
  isFile: (path: string) => boolean;
  /** True when the device at the path, on the server, is a block device. */
  isBlockDevice: (path: string) => boolean;
  /** Finds a free port on the server for a publish that names none. */
  choosePort: (protocol: string, hostIp: string) => number;
}

/** Everything that is sent to make a container; planning sends nothing. */
export interface InstancePlan {
  body: InstancesPost;
  record: ContainerRecord;
  /** Program and arguments of the container's process. */
  command: string[];
  /** Whether the process has to be PID 1. */
  asInit: boolean;
  /** Folders that the image calls volumes. */
  volumes: string[];
  /** The address that kini chose. */
  address?: StaticAddress;
  ipv6?: Ipv6Place;
  /** Kubernetes version of a node that is made of a kubeadm image. */
  kubeadm?: string;
}

/** What is merged into an instance once it is made. */
export type InstanceChange = Partial<Pick<Instance, "config" | "devices">>;

/** An address that kini gives a container. */
export interface StaticAddress {
  ipv4: string;
  /** Of the network: 24 for `10.0.3.0/24`. */
  prefix: number;
  /** The network's own address; its DNS answers there too. */
  gateway: string;
  /** The network's DNS domain; empty when it has none. */
  domain: string;
}

/** An IPv6 address that kini gives a container. */
export interface Ipv6Place {
  address: string;
  prefix: number;
  gateway: string;
  /** The address of the network device that it goes with. */
  hwaddr: string;
  /** The server is to keep it for that device. */
  reserve: boolean;
  /** The container is about IPv6, so its process needs it from the start. */
  wanted: boolean;
}

/** One way of making containers. */
export interface Mode {
  readonly name: "oci" | "lxc";
  plan(request: RunRequest, facts: RunFacts): InstancePlan;
  /**
   * Puts into the made instance what makes the command its process, and tells
   * what has to be merged into it.
   */
  place(
    client: IncusClient,
    name: string,
    plan: InstancePlan,
    request: RunRequest,
  ): Promise<InstanceChange>;
  /**
   * An address that nobody has; absent where the server gives them out.
   *
   * @param taken addresses that turned out to be in use.
   */
  chooseAddress?(
    client: IncusClient,
    request: RunRequest,
    facts: RunFacts,
    taken: ReadonlySet<string>,
  ): Promise<StaticAddress | undefined>;
}

const PRODUCTS: Readonly<Record<string, string>> = {
  incus: "Incus",
  lxd: "LXD",
};

/** The API extensions that OCI mode can't do without. */
const OCI_EXTENSIONS = ["instance_oci", "instance_oci_entrypoint"];

/**
 * The mode for this server: the one that is wanted, else OCI where the server
 * has OCI containers, else LXC.
 *
 * @throws {RangeError} when it can't be had, with the way out.
 */
export async function chooseMode(
  client: IncusClient,
  wanted: string | undefined,
): Promise<Mode> {
  if (wanted && wanted !== "oci" && wanted !== "lxc") {
    throw new RangeError(
      `KINI_MODE is ${JSON.stringify(wanted)}: use "oci" or "lxc", or unset it`,
    );
  }
  const server = await client.server();
  const { server: kind, server_version: version } = server.environment;
  const able = OCI_EXTENSIONS.every((name) =>
    server.api_extensions?.includes(name)
  );
  if (wanted === "oci" && !able) {
    throw new RangeError(
      `KINI_MODE is "oci", but the server (${PRODUCTS[kind] ?? kind} ` +
        `${version}) has no OCI containers: unset it or set it to "lxc", or ` +
        "use Incus 6.11 or later",
    );
  }
  if (wanted === "lxc" || !able) {
    const { lxcMode } = await import("./lxc.ts");
    return lxcMode;
  }
  const { ociMode } = await import("./oci.ts");
  return ociMode;
}
