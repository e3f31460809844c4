/**
 * The wire types of the Incus REST API, with the API's own names and fields.
 * Only what kini reads or writes is listed.
 *
 * @module
 */

/** `GET /1.0`: what the server is and can do. */
export interface Server {
  api_extensions: string[] | null;
  api_version: string;
  auth: "trusted" | "untrusted";
  config: Record<string, string> | null;
  environment: ServerEnvironment;
}

/** The `environment` part of {@link Server}. */
export interface ServerEnvironment {
  server: string;
  server_version: string;
  server_name: string;
  /** Of the daemon, as it sees itself. */
  server_pid?: number;
  server_clustered: boolean;
  kernel: string;
  kernel_version: string;
  kernel_architecture: string;
  os_name?: string;
  os_version?: string;
  driver: string;
  driver_version: string;
  architectures: string[];
  storage: string;
  storage_version: string;
  firewall?: string;
  project?: string;
  kernel_features?: Record<string, string> | null;
  lxc_features?: Record<string, string> | null;
}

/** A map of device keys to values; `type` is always there. */
export type Device = Record<string, string>;

/** An instance as `GET /1.0/instances/NAME` gives it. */
export interface Instance {
  name: string;
  type: string;
  status: string;
  status_code: number;
  architecture: string;
  config: Record<string, string>;
  devices: Record<string, Device>;
  expanded_config: Record<string, string>;
  expanded_devices: Record<string, Device>;
  profiles: string[];
  ephemeral: boolean;
  created_at: string;
  last_used_at: string;
  location: string;
  project?: string;
  /** Only in the full form (`recursion=1` on one, `recursion=2` on all). */
  state?: InstanceState | null;
}

/** Run-time facts of an instance. */
export interface InstanceState {
  status: string;
  status_code: number;
  pid: number;
  processes: number;
  started_at?: string;
  network: Record<string, InstanceStateNetwork> | null;
  /** Bytes in use by disk, where the pool can tell. */
  disk?: Record<string, { usage: number }> | null;
}

/** One interface inside an instance. */
export interface InstanceStateNetwork {
  addresses: InstanceStateNetworkAddress[];
  hwaddr: string;
  host_name: string;
  mtu: number;
  state: string;
  type: string;
}

/** One address of an interface; `netmask` is the prefix length. */
export interface InstanceStateNetworkAddress {
  family: "inet" | "inet6";
  address: string;
  netmask: string;
  scope: "global" | "link" | "local";
}

/** Where a new instance comes from, or an image is fetched from. */
export interface ImageSource {
  type: "image";
  alias?: string;
  fingerprint?: string;
  mode?: "pull";
  protocol?: "oci" | "simplestreams";
  server?: string;
}

/** Body of `POST /1.0/instances`. */
export interface InstancesPost {
  name: string;
  type: "container";
  source: ImageSource;
  /** The server deletes the instance when it stops. */
  ephemeral?: boolean;
  profiles?: string[];
  config: Record<string, string>;
  devices: Record<string, Device>;
  description?: string;
}

/** Body of `PUT /1.0/instances/NAME/state`. */
export interface InstanceStatePut {
  action: "start" | "stop" | "restart" | "freeze" | "unfreeze";
  /** Seconds; -1 waits as long as the server does. */
  timeout?: number;
  force?: boolean;
}

/** Body of `POST /1.0/instances/NAME/exec`. */
export interface InstanceExecPost {
  command: string[];
  environment?: Record<string, string>;
  "wait-for-websocket": boolean;
  interactive: boolean;
  "record-output"?: boolean;
  width?: number;
  height?: number;
  user?: number;
  group?: number;
  cwd?: string;
}

/** An image in the server's store. */
export interface Image {
  fingerprint: string;
  architecture: string;
  cached: boolean;
  created_at: string;
  uploaded_at: string;
  last_used_at: string;
  /** Compressed bytes on the server. */
  size: number;
  properties: Record<string, string> | null;
  aliases: { name: string; description: string }[] | null;
  update_source?: { alias: string; protocol: string; server: string } | null;
}

/** A name of an image. */
export interface ImageAlias {
  name: string;
  description: string;
  /** The image's fingerprint. */
  target: string;
}

/** Body of `POST /1.0/images` when the server fetches the image. */
export interface ImagesPost {
  source: ImageSource;
  auto_update: boolean;
  properties?: Record<string, string>;
}

/** A network the server knows, managed by it or not. */
export interface Network {
  name: string;
  type: string;
  description: string;
  managed: boolean;
  status: string;
  config: Record<string, string>;
  used_by: string[] | null;
}

/** An address that a network has given out, or keeps for somebody. */
export interface NetworkLease {
  hostname: string;
  hwaddr: string;
  address: string;
  type: string;
}

/** A profile. */
export interface Profile {
  name: string;
  config: Record<string, string>;
  devices: Record<string, Device>;
}

/** A background operation of the server. */
export interface OperationData {
  id: string;
  class: "task" | "websocket" | "token";
  description: string;
  status: string;
  status_code: number;
  resources: Record<string, string[]> | null;
  metadata: Record<string, unknown> | null;
  may_cancel: boolean;
  err: string;
}
