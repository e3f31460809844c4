/**
 * The `HostConfig` of an inspected container.
 *
 * @module
 */
import type { ContainerRecord } from "./container.ts";
import {
  type GoInput,
  goMap,
  goNamed,
  goNil,
  goSlice,
  type GoStruct,
  goStruct,
} from "./go_value.ts";
import { portKey, type Publish } from "./publish.ts";

/** Docker's default size of `/dev/shm`, in bytes. */
const SHM_SIZE = 64 * 2 ** 20;

/** What was asked for, as docker's `*container.HostConfig`. */
export function hostConfigView(record: ContainerRecord): GoStruct {
  const int64 = (value: number) => goNamed("int64", value);
  return goStruct("*container.HostConfig", {
    Binds: record.binds.length > 0
      ? goSlice(record.binds, "[]string")
      : goNil("[]string"),
    ContainerIDFile: "",
    LogConfig: goStruct("container.LogConfig", {
      Type: "json-file",
      Config: goMap({}),
    }),
    NetworkMode: goNamed("container.NetworkMode", record.network),
    PortBindings: portBindings(record.publishes),
    RestartPolicy: goStruct("container.RestartPolicy", {
      Name: goNamed("container.RestartPolicyMode", record.restart.name),
      MaximumRetryCount: record.restart.maximumRetryCount,
    }),
    AutoRemove: record.autoRemove,
    VolumeDriver: "",
    VolumesFrom: goNil("[]string"),
    ConsoleSize: goSlice([goNamed("uint", 0), goNamed("uint", 0)], "[]uint"),
    "Annotations,omitempty": goNil("map[string]string"),
    CapAdd: stringsOrNil(record.capAdd),
    CapDrop: stringsOrNil(record.capDrop),
    CgroupnsMode: goNamed("container.CgroupnsMode", record.cgroupns),
    "DNS:Dns": goSlice(record.dns, "[]string"),
    "DNSOptions:DnsOptions": goSlice(record.dnsOptions, "[]string"),
    "DNSSearch:DnsSearch": goSlice(record.dnsSearch, "[]string"),
    ExtraHosts: stringsOrNil(record.extraHosts),
    GroupAdd: goNil("[]string"),
    IpcMode: goNamed("container.IpcMode", "private"),
    Cgroup: goNamed("container.CgroupSpec", ""),
    Links: goNil("[]string"),
    OomScoreAdj: 0,
    PidMode: goNamed("container.PidMode", ""),
    Privileged: record.privileged,
    PublishAllPorts: record.publishAll,
    ReadonlyRootfs: false,
    SecurityOpt: stringsOrNil(record.securityOpt),
    "StorageOpt,omitempty": goNil("map[string]string"),
    "Tmpfs,omitempty": goMap(record.tmpfs),
    UTSMode: goNamed("container.UTSMode", ""),
    UsernsMode: goNamed("container.UsernsMode", record.userns),
    ShmSize: int64(SHM_SIZE),
    "Sysctls,omitempty": goMap(record.sysctls),
    "Runtime,omitempty": "incus",
    Isolation: goNamed("container.Isolation", ""),
    "CPUShares:CpuShares": int64(0),
    Memory: int64(record.memory),
    "NanoCPUs:NanoCpus": int64(Math.round(record.cpus * 1e9)),
    CgroupParent: "",
    BlkioWeight: goNamed("uint16", 0),
    BlkioWeightDevice: goSlice([], "[]*blkiodev.WeightDevice"),
    BlkioDeviceReadBps: goSlice([], "[]*blkiodev.ThrottleDevice"),
    BlkioDeviceWriteBps: goSlice([], "[]*blkiodev.ThrottleDevice"),
    BlkioDeviceReadIOps: goSlice([], "[]*blkiodev.ThrottleDevice"),
    BlkioDeviceWriteIOps: goSlice([], "[]*blkiodev.ThrottleDevice"),
    "CPUPeriod:CpuPeriod": int64(0),
    "CPUQuota:CpuQuota": int64(0),
    "CPURealtimePeriod:CpuRealtimePeriod": int64(0),
    "CPURealtimeRuntime:CpuRealtimeRuntime": int64(0),
    CpusetCpus: "",
    CpusetMems: "",
    Devices: goSlice(
      record.devices.map((device) =>
        goStruct("container.DeviceMapping", {
          PathOnHost: device.source,
          PathInContainer: device.target,
          CgroupPermissions: device.permissions,
        })
      ),
      "[]container.DeviceMapping",
    ),
    DeviceCgroupRules: goNil("[]string"),
    DeviceRequests: goNil("[]container.DeviceRequest"),
    MemoryReservation: int64(0),
    MemorySwap: int64(0),
    MemorySwappiness: goNil("*int64"),
    OomKillDisable: goNil("*bool"),
    PidsLimit: goNil("*int64"),
    Ulimits: goSlice([], "[]*units.Ulimit"),
    "CPUCount:CpuCount": int64(0),
    "CPUPercent:CpuPercent": int64(0),
    IOMaximumIOps: goNamed("uint64", 0),
    IOMaximumBandwidth: goNamed("uint64", 0),
    MaskedPaths: goNil("[]string"),
    ReadonlyPaths: goNil("[]string"),
    // A pointer: false is there, and only what nobody chose is left out.
    ...(record.init === null
      ? { "Init,omitempty": goNil("*bool") }
      : { Init: record.init }),
  });
}

/** What `-p` asked for, port by port; a port that docker chooses is empty. */
function portBindings(publishes: readonly Publish[]): GoInput {
  const lists: Record<string, GoStruct[]> = {};
  for (const publish of publishes) {
    (lists[portKey(publish)] ??= []).push(goStruct("nat.PortBinding", {
      "HostIP:HostIp": publish.hostIp,
      HostPort: hostPortText(publish),
    }));
  }
  const entries = Object.entries(lists).map((
    [key, list],
  ) => [key, goSlice(list, "[]nat.PortBinding")] as const);
  return goMap(
    Object.fromEntries(entries),
    "nat.PortMap",
    goNil("[]nat.PortBinding"),
  );
}

function hostPortText({ hostPort, hostPortEnd }: Publish): string {
  if (hostPort === undefined) return "";
  return hostPortEnd === undefined
    ? String(hostPort)
    : `${hostPort}-${hostPortEnd}`;
}

function stringsOrNil(list: readonly string[]): GoInput {
  return list.length > 0 ? goSlice(list, "[]string") : goNil("[]string");
}
