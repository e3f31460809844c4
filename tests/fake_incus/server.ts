/**
 * `GET /1.0`: what the fake server says it is.
 *
 * @module
 */
import type { Server, ServerEnvironment } from "../../incus/types.ts";

/** What may be told of the server. */
export interface ServerOptions {
  /** `incus` or `lxd`. */
  kind?: string;
  version?: string;
  extensions?: string[];
  /** Extensions that this server lacks, of those it would have. */
  without?: string[];
  environment?: Partial<ServerEnvironment>;
}

/** The extensions of Incus 7.0 that kini looks at, and some it does not. */
const EXTENSIONS = [
  "etag",
  "instance_get_full",
  "operation_wait",
  "container_exec_signal_handling",
  "container_exec_user_group_cwd",
  "proxy_udp",
  "proxy_nat",
  "instance_create_start",
  "instance_file_head",
  "instance_state_started_at",
  "instance_oci",
  "instance_auto_restart",
  "console_force",
  "instance_oci_entrypoint",
  "container_disk_tmpfs",
  "file_delete_force",
  "oci_network_config",
  "direct_backup",
];

/** What LXD 5.0.2 has of them. */
const LXD_EXTENSIONS = [
  "etag",
  "instance_get_full",
  "container_exec_signal_handling",
  "container_exec_user_group_cwd",
  "proxy_udp",
  "proxy_nat",
  "instance_file_head",
];

/** The answer of an Incus 7.0.2, or of another server. */
export function serverFor(options: ServerOptions = {}): Server {
  const { kind = "incus", without = [] } = options;
  const isLxd = kind === "lxd";
  const version = options.version ?? (isLxd ? "5.0.2" : "7.0.2");
  const extensions = options.extensions ??
    (isLxd ? LXD_EXTENSIONS : EXTENSIONS);
  return {
    api_extensions: extensions.filter((one) => !without.includes(one)),
    api_version: "1.0",
    auth: "trusted",
    config: {},
    environment: {
      server: kind,
      server_version: version,
      server_name: "fake",
      server_clustered: false,
      kernel: "Linux",
      kernel_version: "6.12.0",
      kernel_architecture: "x86_64",
      os_name: "Debian GNU/Linux",
      os_version: "13",
      driver: "lxc",
      driver_version: "6.0.4",
      architectures: ["x86_64", "i686"],
      storage: "btrfs",
      storage_version: "6.14",
      firewall: "nftables",
      project: "default",
      kernel_features: {},
      lxc_features: {
        cgroup2: "true",
        devpts_fd: "true",
        idmapped_mounts_v2: "true",
        pidfd: "true",
      },
      ...options.environment,
    },
  };
}

/** `GET /1.0/resources`, as far as kini reads it. */
export const RESOURCES = {
  cpu: { architecture: "x86_64", sockets: [], total: 8 },
  memory: { used: 4 * 2 ** 30, total: 16 * 2 ** 30 },
};
