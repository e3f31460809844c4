/**
 * A container in docker's words: what was asked for, and what it is now.
 *
 * @module
 */
import type { Publish } from "./publish.ts";
import type { RestartPolicy } from "./restart_policy.ts";

/** A mount of a container as `inspect` shows it. */
export interface MountPoint {
  type: "bind" | "volume" | "tmpfs";
  /** Of a volume. */
  name?: string;
  source: string;
  destination: string;
  mode: string;
  readonly: boolean;
  propagation: string;
}

/**
 * What `docker run` was asked for, kept with the container so that later calls
 * can tell it.
 */
export interface ContainerRecord {
  /** Docker's name; the instance's own may differ. */
  name: string;
  /** The image reference as the user wrote it. */
  image: string;
  /** `sha256:` and the digest of the image's configuration. */
  imageId: string;
  entrypoint: string[] | null;
  cmd: string[] | null;
  env: string[];
  labels: Record<string, string>;
  exposedPorts: string[];
  hostname: string;
  user: string;
  workingDir: string;
  tty: boolean;
  openStdin: boolean;
  attach: boolean;
  stopSignal: string;
  stopTimeout: number | null;
  privileged: boolean;
  init: boolean | null;
  autoRemove: boolean;
  restart: RestartPolicy;
  /** The network by docker's name, and what it is for the server. */
  network: string;
  networkId: string;
  serverNetwork: string;
  /** Addresses of the network itself, as its members' gateways. */
  gateways: { ipv4: string; ipv6: string };
  binds: string[];
  tmpfs: Record<string, string>;
  mounts: MountPoint[];
  publishes: Publish[];
  publishAll: boolean;
  securityOpt: string[];
  sysctls: Record<string, string>;
  devices: { source: string; target: string; permissions: string }[];
  cgroupns: string;
  userns: string;
  extraHosts: string[];
  dns: string[];
  dnsSearch: string[];
  dnsOptions: string[];
  capAdd: string[];
  capDrop: string[];
  /** Bytes and CPUs; 0 means no limit. */
  memory: number;
  cpus: number;
  platform: string;
}

/** The states that docker knows. */
export type ContainerStatus =
  | "created"
  | "running"
  | "paused"
  | "exited"
  | "dead";

/** How a container's process is, or how it ended. */
export interface ContainerState {
  status: ContainerStatus;
  pid: number;
  /** Unknown while it runs, and where the server keeps no record. */
  exitCode: number;
  /** RFC 3339; empty when it never happened or isn't known. */
  startedAt: string;
  finishedAt: string;
}

/** A container's place in a network. */
export interface Endpoint {
  network: string;
  networkId: string;
  endpointId: string;
  ipv4: string;
  ipv4Prefix: number;
  ipv4Gateway: string;
  ipv6: string;
  ipv6Prefix: number;
  ipv6Gateway: string;
  mac: string;
}

/** A port that is open on the host for a container. */
export interface PortBinding {
  containerPort: number;
  protocol: string;
  hostIp: string;
  hostPort: number;
}

/** A container: what was asked for, and what it is now. */
export interface Container {
  /** 64 hexadecimal digits. */
  id: string;
  name: string;
  /** RFC 3339. */
  created: string;
  record: ContainerRecord;
  labels: Record<string, string>;
  state: ContainerState;
  endpoints: Endpoint[];
  /** Empty unless the container runs. */
  ports: PortBinding[];
  platform: string;
  driver: string;
}
