/**
 * The server as `docker info` shows it.
 *
 * @module
 */
import {
  type GoInput,
  goMap,
  goNamed,
  goNil,
  goSlice,
  type GoStruct,
  goStruct,
} from "./go_value.ts";

/** How many containers and images there are. */
export interface ObjectCounts {
  running: number;
  paused: number;
  stopped: number;
  images: number;
}

/** What the kernel can limit, and how. */
export interface CgroupFacts {
  version: "1" | "2";
  driver: "systemd" | "cgroupfs";
  memory: boolean;
  pids: boolean;
  cpu: boolean;
  cpuset: boolean;
}

/** How this program works with its server. */
export interface KiniFacts {
  version: string;
  /** Empty where no mode works; `reason` then says why. */
  mode: string;
  reason: string;
  socket: string;
  project: string;
  /** What nodes are made of. */
  images: string;
  unprivileged: boolean;
}

/** What is known of a server. */
export interface ServerFacts {
  name: string;
  /** What it is: `Incus` or `LXD`. */
  product: string;
  version: string;
  kernelVersion: string;
  operatingSystem: string;
  osVersion: string;
  /** The kernel's word, such as `x86_64`. */
  architecture: string;
  /** The storage driver, such as `zfs`. */
  driver: string;
  driverVersion: string;
  /** The container runtime with its version. */
  runtime: string;
  firewall: string;
  cgroup: CgroupFacts;
  securityOptions: string[];
  cpus: number;
  /** Bytes. */
  memory: number;
  now: Date;
  kini: KiniFacts;
}

/** What this program says of itself as docker's client. */
export interface ClientFacts {
  version: string;
  build: string;
  architecture: string;
}

/** A server as docker's `system.dockerInfo`; the counts are asked for when the output comes to them. */
export function infoView(
  server: ServerFacts,
  client: ClientFacts,
  counts: () => ObjectCounts,
): GoStruct {
  const { cgroup, kini } = server;
  return goStruct("system.dockerInfo", {
    ID: server.name,
    get Containers() {
      const { running, paused, stopped } = counts();
      return running + paused + stopped;
    },
    get ContainersRunning() {
      return counts().running;
    },
    get ContainersPaused() {
      return counts().paused;
    },
    get ContainersStopped() {
      return counts().stopped;
    },
    get Images() {
      return counts().images;
    },
    Driver: server.driver,
    DriverStatus: goSlice(
      [goSlice(["Version", server.driverVersion], "[2]string")],
      "[][2]string",
    ),
    "SystemStatus,omitempty": goNil("[][2]string"),
    Plugins: goStruct("system.PluginsInfo", {
      Volume: goSlice(["local"], "[]string"),
      Network: goSlice(["bridge", "null"], "[]string"),
      Authorization: goNil("[]string"),
      Log: goSlice(["json-file"], "[]string"),
    }),
    MemoryLimit: cgroup.memory,
    SwapLimit: cgroup.memory,
    "CPUCfsPeriod:CpuCfsPeriod": cgroup.cpu,
    "CPUCfsQuota:CpuCfsQuota": cgroup.cpu,
    CPUShares: cgroup.cpu,
    CPUSet: cgroup.cpuset,
    PidsLimit: cgroup.pids,
    IPv4Forwarding: true,
    BridgeNfIptables: true,
    "BridgeNfIP6tables:BridgeNfIp6tables": true,
    Debug: false,
    NFd: 0,
    OomKillDisable: false,
    NGoroutines: 0,
    SystemTime: server.now.toISOString(),
    LoggingDriver: "json-file",
    CgroupDriver: cgroup.driver,
    CgroupVersion: cgroup.version,
    NEventsListener: 0,
    KernelVersion: server.kernelVersion,
    OperatingSystem: server.operatingSystem,
    OSVersion: server.osVersion,
    OSType: "linux",
    Architecture: server.architecture,
    IndexServerAddress: "https://index.docker.io/v1/",
    RegistryConfig: goNil("*registry.ServiceConfig"),
    NCPU: server.cpus,
    MemTotal: goNamed("int64", server.memory),
    GenericResources: goNil("[]swarm.GenericResource"),
    DockerRootDir: "",
    "HTTPProxy:HttpProxy": "",
    "HTTPSProxy:HttpsProxy": "",
    NoProxy: "",
    Name: server.name,
    Labels: goSlice([], "[]string"),
    ExperimentalBuild: false,
    ServerVersion: server.version,
    Runtimes: goMap(
      { incus: goStruct("system.RuntimeWithStatus", { path: server.runtime }) },
      "map[string]system.RuntimeWithStatus",
    ),
    DefaultRuntime: "incus",
    Swarm: swarm(),
    LiveRestoreEnabled: true,
    Isolation: goNamed("container.Isolation", ""),
    InitBinary: "",
    ContainerdCommit: commit(),
    RuncCommit: commit(),
    InitCommit: commit(),
    SecurityOptions: goSlice(server.securityOptions, "[]string"),
    CDISpecDirs: goSlice([], "[]string"),
    get Warnings() {
      const warnings = cgroupWarnings(cgroup);
      return warnings.length > 0
        ? goSlice(warnings, "[]string")
        : goNil("[]string");
    },
    Kini: goStruct("kini.Info", {
      Version: kini.version,
      Mode: kini.mode,
      ModeReason: kini.reason,
      Server: server.product,
      Socket: kini.socket,
      Project: kini.project,
      NodeImages: kini.images,
      Unprivileged: kini.unprivileged,
    }),
    "ServerErrors,omitempty": goNil("[]string"),
    ClientInfo: goStruct("*system.clientInfo", {
      Debug: false,
      Version: client.version,
      GitCommit: client.build,
      GoVersion: "",
      Os: "linux",
      Arch: client.architecture,
      BuildTime: "",
      Context: "default",
      Plugins: goSlice([], "[]pluginmanager.Plugin"),
      Warnings: goNil("[]string"),
    }),
  });
}

/** What docker warns of at the end of `docker info`. */
export function cgroupWarnings(cgroup: CgroupFacts): string[] {
  const missing = [
    ["memory limit", cgroup.memory],
    ["cpu shares", cgroup.cpu],
    ["cpuset", cgroup.cpuset],
    ["pids limit", cgroup.pids],
  ] as const;
  return missing.filter(([, there]) => !there).map(([what]) =>
    `WARNING: No ${what} support`
  );
}

function swarm(): GoInput {
  return goStruct("swarm.Info", {
    NodeID: "",
    NodeAddr: "",
    LocalNodeState: goNamed("swarm.LocalNodeState", "inactive"),
    ControlAvailable: false,
    Error: "",
    RemoteManagers: goNil("[]swarm.Peer"),
  });
}

function commit(): GoInput {
  return goStruct("system.Commit", { ID: "", Expected: "" });
}
