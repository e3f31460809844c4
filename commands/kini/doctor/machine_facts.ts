/**
 * What the kernel and the system of this machine allow.
 *
 * @module
 */
import { exists, textOf } from "../../local_files.ts";
import { INSTALLER_NAMES } from "./fixes.ts";
import { findProgram } from "./program_facts.ts";

/** Kernel, limits and accounts. */
export interface MachineFacts {
  /** Release of the kernel. */
  readonly kernel: string;
  /** `net.ipv4.ip_forward` → `1`; absent where the kernel has no such setting. */
  readonly sysctls: Readonly<Record<string, string>>;
  /** File systems that the kernel knows now. */
  readonly fileSystems: readonly string[];
  /** Modules that could be loaded. */
  readonly loadable: readonly string[];
  readonly cgroup: { version: 1 | 2; controllers: readonly string[] };
  /** Absent where there is no such file. */
  readonly subuid?: string;
  readonly subgid?: string;
  /** Whether there is `/dev/fuse`. */
  readonly fuse: boolean;
  /** How services are started: `systemd`, or by scripts in `/etc/init.d`. */
  readonly init: "systemd" | "scripts";
  /** Services in `/etc/init.d`. */
  readonly scripts: readonly string[];
  /** Servers that are installed: `incus`, `lxd`, or LXD as a `snap`. */
  readonly services: readonly string[];
  /** What the server needs for OCI images, by name, where it was found. */
  readonly tools: Readonly<Record<string, string>>;
  /** What installs packages, where it is known. */
  readonly installer?: string;
  /** Whether there is systemd's program for the clock. */
  readonly timedatectl: boolean;
  /** Whether GRUB is configured here. */
  readonly grub: boolean;
  /** The user's name, and the groups that `/etc/group` puts it in. */
  readonly user: string;
  readonly memberOf: readonly string[];
}

const SYSCTLS = [
  "fs.inotify.max_user_instances",
  "fs.inotify.max_user_watches",
  "kernel.apparmor_restrict_unprivileged_userns",
  "net.bridge.bridge-nf-call-iptables",
  "net.ipv4.ip_forward",
  "net.ipv6.conf.all.forwarding",
  "net.netfilter.nf_conntrack_max",
];

/** The modules that Kubernetes uses. */
const MODULES = ["overlay", "br_netfilter", "nf_conntrack"];

/** Where servers look for skopeo and umoci besides PATH. */
const SERVER_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:" +
  "/sbin:/bin:/usr/libexec/incus:/opt/incus/bin:/usr/lib/incus";

/** Reads what the machine tells; a few small files. */
export async function machineFacts(
  env: (name: string) => string | undefined,
): Promise<MachineFacts> {
  const kernel = (await textOf("/proc/sys/kernel/osrelease") ?? "").trim();
  const [
    sysctls,
    fileSystems,
    loadable,
    cgroup,
    subuid,
    subgid,
    fuse,
    systemd,
    scripts,
    services,
    tools,
    installers,
    timedatectl,
    grub,
    account,
  ] = await Promise.all([
    readSysctls(),
    textOf("/proc/filesystems"),
    loadableModules(kernel),
    cgroupFacts(),
    textOf("/etc/subuid"),
    textOf("/etc/subgid"),
    exists("/dev/fuse"),
    exists("/run/systemd/system"),
    scriptsIn("/etc/init.d"),
    installedServers(),
    findTools(["skopeo", "umoci"], env("PATH") ?? ""),
    findTools(INSTALLER_NAMES, env("PATH") ?? ""),
    findProgram("timedatectl", env("PATH") ?? ""),
    exists("/etc/default/grub"),
    accountFacts(),
  ]);
  const installer = INSTALLER_NAMES.find((name) => installers[name]);
  return {
    kernel,
    sysctls,
    fileSystems: (fileSystems ?? "").split("\n")
      .map((line) => line.split("\t").pop()!).filter(Boolean),
    loadable,
    cgroup,
    ...(subuid !== undefined && { subuid }),
    ...(subgid !== undefined && { subgid }),
    fuse,
    init: systemd ? "systemd" : "scripts",
    scripts,
    services,
    tools,
    ...(installer && { installer }),
    timedatectl: timedatectl !== undefined,
    grub,
    ...account,
  };
}

async function readSysctls(): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  await Promise.all(SYSCTLS.map(async (name) => {
    const text = await textOf(`/proc/sys/${name.replaceAll(".", "/")}`);
    if (text !== undefined) values[name] = text.trim();
  }));
  return values;
}

/** Modules that are loaded, built in, or that `modprobe` would find. */
async function loadableModules(kernel: string): Promise<string[]> {
  const folder = `/lib/modules/${kernel}`;
  const [files, ...loaded] = await Promise.all([
    Promise.all([
      textOf(`${folder}/modules.dep`),
      textOf(`${folder}/modules.builtin`),
    ]),
    ...MODULES.map((name) => exists(`/sys/module/${name}`)),
  ]);
  const text = files.join("\n");
  return MODULES.filter((name, index) =>
    loaded[index] || text.includes(`/${name}.ko`)
  );
}

async function cgroupFacts(): Promise<MachineFacts["cgroup"]> {
  const controllers = await textOf("/sys/fs/cgroup/cgroup.controllers");
  return controllers === undefined ? { version: 1, controllers: [] } : {
    version: 2,
    controllers: controllers.trim().split(" ").filter(Boolean),
  };
}

async function findTools(
  names: readonly string[],
  path: string,
): Promise<Record<string, string>> {
  const tools: Record<string, string> = {};
  await Promise.all(names.map(async (name) => {
    const found = await findProgram(name, `${path}:${SERVER_PATH}`);
    if (found) tools[name] = found;
  }));
  return tools;
}

async function accountFacts(): Promise<{ user: string; memberOf: string[] }> {
  const [passwd, group] = await Promise.all([
    textOf("/etc/passwd"),
    textOf("/etc/group"),
  ]);
  const id = String(Deno.uid() ?? "");
  const user = (passwd ?? "").split("\n").map((line) => line.split(":"))
    .find((fields) => fields[2] === id)?.[0] ?? "";
  const memberOf = (group ?? "").split("\n").map((line) => line.split(":"))
    .filter((fields) => user && fields[3]?.split(",").includes(user))
    .map((fields) => fields[0]!);
  return { user, memberOf };
}

/** What starts each server, by systemd or without. */
const SERVICES: Readonly<Record<string, readonly string[]>> = {
  incus: [
    "/usr/lib/systemd/system/incus.service",
    "/lib/systemd/system/incus.service",
    "/etc/systemd/system/incus.service",
    "/etc/init.d/incus",
  ],
  lxd: [
    "/usr/lib/systemd/system/lxd.service",
    "/lib/systemd/system/lxd.service",
    "/etc/init.d/lxd",
  ],
  snap: ["/etc/systemd/system/snap.lxd.daemon.service"],
};

async function installedServers(): Promise<string[]> {
  const names = Object.keys(SERVICES);
  const there = await Promise.all(
    names.map(async (name) =>
      (await Promise.all(SERVICES[name]!.map(exists))).includes(true)
    ),
  );
  return names.filter((_, index) => there[index]);
}

async function scriptsIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) names.push(name);
  } catch {
    // There are none.
  }
  return names;
}
