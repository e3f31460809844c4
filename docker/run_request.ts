/**
 * What a `docker run` or `docker create` asks for, in docker's words.
 *
 * @module
 */
import type { Device } from "./device.ts";
import type { ImageReference } from "./image_reference.ts";
import type { Mount } from "./mount.ts";
import type { Publish } from "./publish.ts";
import type { RestartPolicy } from "./restart_policy.ts";
import type { Ulimit } from "./ulimit.ts";

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
  /** Names that were passed on by name alone and that the caller doesn't have. */
  unsetEnv: string[];
  labels: Record<string, string>;
  publishes: Publish[];
  publishAll: boolean;
  expose: string[];
  mounts: Mount[];
  /** `-v` binds as the user gave them, for `HostConfig.Binds`. */
  binds: string[];
  devices: Device[];
  sysctls: Record<string, string>;
  ulimits: Ulimit[];
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
  dnsSearch: string[];
  dnsOptions: string[];
  platform: string;
  /** When the image is fetched. */
  pull: "always" | "missing" | "never";
  quiet: boolean;
  /** Bytes; 0 means no limit. */
  memory: number;
  /** CPUs; 0 means no limit. */
  cpus: number;
  pidsLimit: number;
  /** Such as `0-3,5`; empty means any. */
  cpuset: string;
}
