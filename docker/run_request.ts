/**
 * What a `docker run` or `docker create` asks for, in docker's words.
 *
 * @module
 */
import type { ImageReference } from "./image_reference.ts";
import type { Publish } from "./publish.ts";
import type { RestartPolicy } from "./restart_policy.ts";

/** One mount of a request. */
export interface MountRequest {
  type: "bind" | "volume" | "tmpfs";
  /** A path on the server, a volume's name, or empty. */
  source: string;
  target: string;
  readonly: boolean;
  /** Mode words as the user gave them, such as `ro,Z`. */
  mode: string;
  propagation: string;
  /** Of a tmpfs: what is handed to mount, without size. */
  options: string[];
  /** Of a tmpfs: bytes. */
  size?: number;
}

/** One device of a request. */
export interface DeviceRequest {
  source: string;
  target: string;
  permissions: string;
}

/** The request; everything is checked as far as docker's client does. */
export interface RunRequest {
  name: string;
  image: string;
  reference: ImageReference;
  /** Replaces the image's; `[]` clears it. */
  entrypoint?: string[];
  /** What follows the image on the command line. */
  args: string[];
  /** `NAME=value` in order; the last of a name counts. */
  env: string[];
  labels: Record<string, string>;
  publishes: Publish[];
  publishAll: boolean;
  expose: string[];
  mounts: MountRequest[];
  /** As the user gave them, for `HostConfig.Binds`. */
  binds: string[];
  devices: DeviceRequest[];
  sysctls: Record<string, string>;
  ulimits: Record<string, string>;
  hostname: string;
  user: string;
  workingDir: string;
  network: string;
  ipv4: string;
  ipv6: string;
  privileged: boolean;
  tty: boolean;
  openStdin: boolean;
  attach: boolean;
  init: boolean | null;
  autoRemove: boolean;
  restart: RestartPolicy;
  stopSignal: string;
  stopTimeout: number | null;
  securityOpt: string[];
  capAdd: string[];
  capDrop: string[];
  cgroupns: string;
  userns: string;
  extraHosts: string[];
  dns: string[];
  platform: string;
  /** Bytes; 0 means no limit. */
  memory: number;
  /** CPUs; 0 means no limit. */
  cpus: number;
  pidsLimit: number;
}
