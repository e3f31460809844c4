import assert from "node:assert/strict";
import {
  image,
  instance,
  network,
  profile,
  runningInstance,
} from "../../../tests/builders.ts";
import type { ClusterMember } from "../../../incus/cluster.ts";
import { serverFor } from "../../../tests/fake_incus/server.ts";
import type { Level } from "./check.ts";
import { checks, runChecks, worstLevel } from "./checks.ts";
import type { Facts, MachineFacts } from "./facts.ts";
import type { ServerAnswers } from "./server_facts.ts";

const GIB = 2 ** 30;

const MACHINE: MachineFacts = {
  kernel: "6.12.0",
  sysctls: {
    "fs.inotify.max_user_instances": "8192",
    "fs.inotify.max_user_watches": "1048576",
    "net.bridge.bridge-nf-call-iptables": "1",
    "net.ipv4.ip_forward": "1",
    "net.ipv6.conf.all.forwarding": "1",
    "net.netfilter.nf_conntrack_max": "262144",
  },
  fileSystems: ["proc", "overlay"],
  loadable: [],
  cgroup: { version: 2, controllers: ["cpu", "cpuset", "memory", "pids"] },
  subuid: "root:1000000:1000000000\n",
  fuse: true,
  subgid: "root:1000000:1000000000\n",
  init: "systemd",
  scripts: [],
  services: ["incus"],
  tools: { skopeo: "/usr/bin/skopeo", umoci: "/usr/bin/umoci" },
  installer: "apt-get",
  timedatectl: true,
  grub: true,
  user: "ada",
  memberOf: [],
};

const SERVER: ServerAnswers = {
  server: serverFor(),
  socket: "/run/incus/unix.socket",
  project: "default",
  mode: { name: "oci" },
  ahead: 0,
  projectConfig: { value: {} },
  profile: { value: profile() },
  networks: { value: [network("incusbr0")] },
  setting: { profile: "default", network: "" },
  pool: {
    value: {
      name: "default",
      driver: "btrfs",
      source: "/var/lib/incus/disks/default.img",
      space: { free: 90 * GIB, total: 100 * GIB },
    },
  },
  instances: { value: [] },
  images: { value: [] },
};

const HEALTHY: Facts = {
  env: { HOME: "/home/ada", PATH: "/opt/kini:/usr/bin" },
  root: false,
  programs: {
    self: "/opt/kini/kini",
    docker: { path: "/opt/kini/docker", version: "" },
    dockerIsKini: true,
    linkFolder: "/opt/kini",
    kind: { path: "/usr/bin/kind", version: "kind v0.33.0 go1.27 linux/amd64" },
  },
  connection: {
    state: "reached",
    text: "/run/incus/unix.socket",
    socket: "/run/incus/unix.socket",
    group: "",
  },
  server: SERVER,
  machine: MACHINE,
  store: {
    folder: "/home/ada/.cache/kini/images",
    exists: true,
    mode: 0o700,
    ownerIsUser: true,
    writable: true,
    free: 50 * GIB,
    unfinished: 0,
  },
};

const env = (more: Record<string, string>): Partial<Facts> => ({
  env: { ...HEALTHY.env, ...more },
});
const programs = (more: Partial<Facts["programs"]>): Partial<Facts> => ({
  programs: { ...HEALTHY.programs, ...more },
});
const server = (more: Partial<ServerAnswers>): Partial<Facts> => ({
  server: { ...SERVER, ...more },
});
const imageServer = (
  only: boolean,
  versions: NonNullable<ServerAnswers["imageServer"]>["versions"],
): Partial<Facts> =>
  server({
    mode: { name: "lxc" },
    imageServer: { address: "https://x.example", only, versions },
  });
const machine = (more: Partial<MachineFacts>): Partial<Facts> => ({
  machine: { ...MACHINE, ...more },
});
const sysctl = (name: string, value?: string): Partial<Facts> => {
  const sysctls: Record<string, string> = { ...MACHINE.sysctls };
  delete sysctls[name];
  if (value !== undefined) sysctls[name] = value;
  return machine({ sysctls });
};
const bridge = (config: Record<string, string>): Partial<Facts> =>
  server({
    networks: {
      value: [
        network("incusbr0", {
          config: { ...network("incusbr0").config, ...config },
        }),
      ],
    },
  });
const store = (more: Partial<NonNullable<Facts["store"]>>): Partial<Facts> => ({
  store: { ...HEALTHY.store!, ...more },
});
const pool = (more: Record<string, unknown>): Partial<Facts> => {
  const { value } = SERVER.pool as { value: object };
  return server({ pool: { value: { ...value, ...more } } } as never);
};
const unreachable = (
  state: Facts["connection"]["state"],
  socket: string,
  group: string,
  more: Partial<MachineFacts> = {},
): Partial<Facts> => {
  const { server: _, ...rest } = HEALTHY;
  return {
    ...rest,
    server: undefined as never,
    ...machine(more),
    connection: { state, text: "no", socket, group },
  };
};

const ARCHITECTURE = Deno.build.arch === "aarch64" ? "arm64" : "amd64";

const MEMBERS: { value: ClusterMember[] } = {
  value: [
    { server_name: "m1", url: "https://10.0.0.1:8443", status: "Online" },
    {
      server_name: "m2",
      url: "https://10.0.0.2:8443",
      status: "Offline",
      groups: ["fast"],
    },
  ],
};
const ONLINE: typeof MEMBERS = {
  value: MEMBERS.value.map((one) => ({ ...one, status: "Online" })),
};
const cluster = (
  target: string,
  members: ServerAnswers["members"] = MEMBERS,
  common = true,
): Partial<Facts> => ({
  ...server({
    server: serverFor({
      environment: { server_name: "m1", server_clustered: true },
    }),
    members: members!,
    commonNetwork: { value: common },
  }),
  ...env({ KINI_TARGET: target }),
});

function judge(name: string, change: Partial<Facts>) {
  const found = runChecks({ ...HEALTHY, ...change })
    .find((one) => one.name === name);
  assert.ok(found, `no check is called ${name}`);
  return found;
}

Deno.test("runChecks() finds nothing wrong where nothing is", () => {
  const findings = runChecks(HEALTHY);
  assert.deepEqual(findings.filter(({ level }) => level !== "ok"), []);
  assert.equal(worstLevel(findings), "ok");
});

Deno.test("checks have names of their own", () => {
  const names = checks.map(({ name }) => name);
  assert.deepEqual([...new Set(names)], names);
  for (const name of names) assert.match(name, /^[a-z][a-z0-9-]{3,19}$/);
});

/** A change of what is healthy, and what the check says then. */
type Case = [
  string,
  Partial<Facts>,
  Level,
  RegExp,
  string[]?,
];

const CASES: Case[] = [
  [
    "docker-command",
    programs({
      docker: { path: "/usr/bin/docker", version: "Docker version 26.1.5" },
      dockerIsKini: false,
    }),
    "warning",
    /another one: \/usr\/bin\/docker \(Docker version 26\.1\.5\)/,
    ["export PATH=/opt/kini:$PATH", "hash -r"],
  ],
  [
    "docker-command",
    {
      programs: {
        self: "/opt/my kini",
        dockerIsKini: false,
        kind: HEALTHY.programs.kind!,
      },
    },
    "warning",
    /no docker in PATH/,
    [
      "mkdir -p $HOME/.local/lib/kini",
      "ln -sfn '/opt/my kini' $HOME/.local/lib/kini/docker",
      "export PATH=$HOME/.local/lib/kini:$PATH",
      "hash -r",
    ],
  ],
  [
    "kind-command",
    programs({ kind: undefined as never }),
    "failure",
    /no kind in PATH/,
  ],
  [
    "kind-command",
    programs({
      kind: { path: "/usr/bin/kind", version: "kind v0.19.0 go1.20" },
    }),
    "failure",
    /v0\.19\.0/,
    [
      `curl -fLo kind https://kind.sigs.k8s.io/dl/v0.33.0/kind-linux-${ARCHITECTURE}`,
      "sudo install -m 755 kind /usr/bin/kind",
      "hash -r",
    ],
  ],
  [
    "kind-command",
    {
      ...programs({
        kind: { path: "/usr/bin/kind", version: "kind v0.19.0 go1.20" },
      }),
      ...env({ PATH: "/usr/local/bin:/usr/bin" }),
      root: true,
    },
    "failure",
    /v0\.19\.0/,
    [
      `curl -fLo kind https://kind.sigs.k8s.io/dl/v0.33.0/kind-linux-${ARCHITECTURE}`,
      "install -m 755 kind /usr/local/bin/kind",
      "hash -r",
    ],
  ],
  [
    "kind-command",
    programs({ kind: { path: "/k", version: "kind v0.20.0 go1.20" } }),
    "ok",
    /v0\.20\.0/,
  ],
  [
    "kind-command",
    programs({ kind: { path: "/k", version: "kind v0.34.0-alpha+x go1" } }),
    "warning",
    /v0\.34\.0/,
  ],
  [
    "kind-command",
    programs({ kind: { path: "/k", version: "" } }),
    "warning",
    /does not tell/,
  ],
  [
    "kind-provider",
    env({ KIND_EXPERIMENTAL_PROVIDER: "podman" }),
    "failure",
    /podman/,
    ["unset KIND_EXPERIMENTAL_PROVIDER"],
  ],
  ["kind-provider", env({ KIND_EXPERIMENTAL_PROVIDER: "docker" }), "ok", /./],
  [
    "settings",
    env({ KINI_UNPRIVILEGED: "perhaps" }),
    "failure",
    /"perhaps"/,
    ["unset KINI_UNPRIVILEGED"],
  ],
  [
    "settings",
    env({ KINI_UNPRIVILEGED: "perhaps", KINI_NETWORK: "profile:" }),
    "failure",
    /KINI_UNPRIVILEGED is "perhaps": .*; KINI_NETWORK is "profile:": /,
    ["unset KINI_UNPRIVILEGED KINI_NETWORK"],
  ],
  [
    "settings",
    env({ KINI_UNPRIVILEGED: "YES", KINI_MODE: "" }),
    "ok",
    /^set: KINI_UNPRIVILEGED$/,
  ],
  [
    "proxy",
    env({ HTTPS_PROXY: "http://u:secret@proxy.test:3128/" }),
    "warning",
    /HTTPS_PROXY is set, and NO_PROXY lacks 127\.0\.0\.1 and localhost/,
  ],
  [
    "proxy",
    env({
      http_proxy: "http://proxy.test",
      no_proxy: "localhost, 127.0.0.0/8",
    }),
    "ok",
    /NO_PROXY names this machine/,
  ],
  [
    "proxy",
    env({ HTTP_PROXY: "http://u:secret@127.0.0.1:3128", NO_PROXY: "*" }),
    "warning",
    /HTTP_PROXY names this machine itself: 127\.0\.0\.1:3128$/,
  ],
  [
    "server",
    unreachable("absent", "/run/incus/unix.socket", "incus-admin"),
    "failure",
    /no/,
    ["sudo systemctl start incus"],
  ],
  [
    "server",
    unreachable("absent", "/run/incus/unix.socket", "incus-admin", {
      init: "scripts",
      scripts: ["lxd"],
      services: ["lxd"],
    }),
    "failure",
    /no/,
    ["sudo /etc/init.d/lxd start"],
  ],
  [
    "server",
    unreachable("absent", "/run/incus/unix.socket", "incus-admin", {
      services: ["snap"],
    }),
    "failure",
    /no/,
    ["sudo snap start lxd"],
  ],
  [
    "server",
    unreachable("absent", "/run/incus/unix.socket", "incus-admin", {
      services: [],
    }),
    "failure",
    /no/,
    ["sudo apt-get install -y incus", "sudo incus admin init --auto"],
  ],
  [
    "server",
    {
      ...unreachable("absent", "/srv/unix.socket", "incus-admin"),
      ...env({ KINI_SOCKET: "/srv/unix.socket" }),
    },
    "failure",
    /no/,
    ["unset KINI_SOCKET"],
  ],
  [
    "server",
    unreachable("down", "/var/snap/lxd/common/lxd/unix.socket", "lxd"),
    "failure",
    /no/,
    ["sudo snap start lxd"],
  ],
  [
    "server",
    unreachable("silent", "/var/lib/lxd/unix.socket", "lxd", {
      init: "scripts",
      scripts: ["lxd"],
    }),
    "failure",
    /no/,
    ["sudo /etc/init.d/lxd restart"],
  ],
  [
    "server",
    unreachable("down", "/var/lib/lxd/unix.socket", "lxd", { init: "scripts" }),
    "failure",
    /no/,
    [],
  ],
  [
    "server",
    unreachable("denied", "/run/incus/unix.socket", "incus-admin"),
    "failure",
    /no/,
    ["sudo usermod -aG incus-admin ada", "newgrp incus-admin"],
  ],
  [
    "server",
    unreachable("denied", "/run/incus/unix.socket", "incus-admin", {
      memberOf: ["incus-admin"],
    }),
    "failure",
    /no/,
    ["newgrp incus-admin"],
  ],
  [
    "server-version",
    server({ server: serverFor({ version: "5.0.1" }) }),
    "failure",
    /Incus 5\.0\.1/,
    ["sudo apt-get update", "sudo apt-get install -y incus"],
  ],
  [
    "server-version",
    server({ server: serverFor({ kind: "lxd" }) }),
    "ok",
    /LXD 5\.0\.2/,
  ],
  [
    "server-version",
    server({ server: serverFor({ kind: "other" }) }),
    "warning",
    /other/,
  ],
  [
    "server-extensions",
    {
      ...server({ server: serverFor({ without: ["proxy_udp"] }) }),
      connection: {
        ...HEALTHY.connection,
        socket: "/var/snap/lxd/common/lxd/unix.socket",
      },
    },
    "failure",
    /missing: proxy_udp/,
    ["sudo snap refresh lxd"],
  ],
  [
    "mode",
    server({ mode: { error: "KINI_MODE is wrong" } }),
    "failure",
    /KINI_MODE is wrong/,
    ["unset KINI_MODE"],
  ],
  [
    "mode",
    server({ mode: { name: "lxc" }, server: serverFor({ kind: "lxd" }) }),
    "ok",
    /lxc, since this LXD has no OCI containers/,
  ],
  [
    "mode",
    { ...server({ mode: { name: "lxc" } }), ...env({ KINI_MODE: "lxc" }) },
    "ok",
    /lxc, since KINI_MODE says so/,
  ],
  [
    "image-server",
    server({ mode: { name: "oci" } }),
    "ok",
    /not needed/,
  ],
  [
    "image-server",
    imageServer(false, { value: ["v1.35.0"] }),
    "ok",
    /has 1 version of/,
  ],
  [
    "image-server",
    imageServer(false, { error: "no answer", status: 0 }),
    "warning",
    /^no answer$/,
  ],
  [
    "image-server",
    imageServer(true, { error: "no answer", status: 0 }),
    "failure",
    /^no answer$/,
    ["export KINI_LXC_IMAGES=kindest"],
  ],
  [
    "image-server",
    imageServer(false, { value: [] }),
    "warning",
    /has no kubeadm images/,
  ],
  [
    "oci-tools",
    machine({ tools: { umoci: "/usr/bin/umoci" } }),
    "warning",
    /not found: skopeo/,
    ["sudo apt-get install -y skopeo"],
  ],
  [
    "oci-tools",
    machine({ tools: {}, installer: "pacman" }),
    "warning",
    /not found: skopeo, umoci/,
    ["sudo pacman -S --noconfirm --needed skopeo umoci"],
  ],
  [
    "oci-tools",
    { ...machine({ tools: {} }), ...server({ mode: { name: "lxc" } }) },
    "ok",
    /not needed/,
  ],
  ["clock", server({ ahead: -3600 }), "warning", /3600 seconds behind/],
  ["clock", server({ ahead: 3600 }), "warning", /3600 seconds ahead of/],
  [
    "project",
    server({
      project: "k8s",
      projectConfig: { error: "Project not found", status: 404 },
    }),
    "failure",
    /no project "k8s"/,
    ["incus project create k8s -c features.images=false -c features.profiles=false"],
  ],
  [
    "project",
    server({ projectConfig: { error: "database is locked", status: 500 } }),
    "unknown",
    /database is locked/,
  ],
  [
    "project",
    server({
      project: "k8s",
      projectConfig: {
        value: {
          restricted: "true",
          "restricted.containers.nesting": "allow",
          "restricted.containers.lowlevel": "allow",
          "restricted.devices.proxy": "allow",
          "restricted.devices.disk": "allow",
          "restricted.devices.unix-char": "allow",
        },
      },
    }),
    "failure",
    /"k8s" blocks containers\.privilege$/,
    ["incus project set k8s restricted.containers.privilege=allow"],
  ],
  [
    "project",
    {
      ...server({
        project: "k8s",
        projectConfig: {
          value: {
            restricted: "true",
            "restricted.containers.nesting": "allow",
            "restricted.containers.lowlevel": "allow",
            "restricted.devices.proxy": "allow",
            "restricted.devices.disk": "allow",
            "restricted.devices.unix-char": "allow",
          },
        },
      }),
      ...env({ KINI_UNPRIVILEGED: "true" }),
    },
    "ok",
    /allows what nodes need/,
  ],
  [
    "project",
    {
      ...server({
        project: "k8s",
        projectConfig: {
          value: {
            restricted: "true",
            "restricted.containers.nesting": "allow",
            "restricted.containers.lowlevel": "allow",
            "restricted.containers.privilege": "isolated",
            "restricted.devices.proxy": "allow",
            "restricted.devices.disk": "allow",
            "restricted.devices.unix-char": "allow",
          },
        },
      }),
      ...env({ KINI_UNPRIVILEGED: "true" }),
    },
    "failure",
    /blocks containers\.privilege$/,
    ["incus project set k8s restricted.containers.privilege=unprivileged"],
  ],
  [
    "placement",
    env({ KINI_TARGET: "m1" }),
    "failure",
    /KINI_TARGET is "m1", but the server is not part of a cluster/,
    ["unset KINI_TARGET"],
  ],
  ["placement", cluster(""), "ok", /on the member that is asked, "m1"/],
  ["placement", cluster("m1,*"), "ok", /KINI_TARGET is "m1,\*"/],
  ["placement", cluster("m1,,@"), "failure", /is "m1,,@": use the name of/, [
    "export KINI_TARGET=m1",
  ]],
  ["placement", cluster("m3"), "failure", /the members are m1, m2$/, [
    "unset KINI_TARGET",
  ]],
  ["placement", cluster("m1,m2"), "failure", /member "m2" is offline/, [
    "export KINI_TARGET=m1",
  ]],
  ["placement", cluster("@fast"), "failure", /no member of the group "fast"/],
  ["placement", cluster("@slow"), "failure", /groups are fast$/],
  [
    "placement",
    cluster("*", MEMBERS, false),
    "ok",
    /KINI_TARGET is "\*"/,
  ],
  [
    "placement",
    cluster("*", ONLINE, false),
    "failure",
    /several members, each with a network of its own/,
    ["export KINI_TARGET=m1"],
  ],
  ["placement", cluster("m2,m1", ONLINE, true), "ok", /"m2,m1"/],
  ["placement", cluster("@fast", ONLINE, false), "ok", /"@fast"/],
  [
    "placement",
    cluster("m1", { error: "not for you", status: 403 }),
    "unknown",
    /not for you/,
  ],
  [
    "profile-disk",
    {
      ...server({
        profile: { error: "Profile not found", status: 404 },
        setting: { profile: "k8s", network: "" },
      }),
      ...env({ KINI_NETWORK: "profile:k8s" }),
    },
    "failure",
    /there is no profile "k8s"/,
    ["unset KINI_NETWORK"],
  ],
  [
    "profile-disk",
    server({ profile: { value: profile("default", {}) } }),
    "failure",
    /no root disk/,
  ],
  [
    "profile-network",
    {
      ...server({
        project: "k8s",
        profile: { value: profile("default", {}) },
      }),
      ...env({ KINI_SOCKET: "/tmp/a b" }),
    },
    "failure",
    /no network device/,
    [
      "INCUS_SOCKET='/tmp/a b' incus --project k8s profile device add " +
      "default eth0 nic name=eth0 network=incusbr0",
    ],
  ],
  [
    "profile-network",
    server({
      profile: { value: profile("default", {}) },
      networks: { value: [] },
      server: serverFor({ kind: "lxd" }),
    }),
    "failure",
    /no network device/,
    [
      "lxc network create lxdbr0",
      "lxc profile device add default eth0 nic name=eth0 network=lxdbr0",
    ],
  ],
  ["network", server({ networks: { value: [] } }), "failure", /no network/, [
    "incus network create incusbr0",
  ]],
  [
    "network",
    server({ setting: { profile: "default", network: "lan" } }),
    "failure",
    /there is no network "lan"/,
    ["unset KINI_NETWORK"],
  ],
  [
    "network",
    server({
      networks: { value: [network("eth0", { managed: false })] },
      setting: { profile: "default", network: "eth0" },
    }),
    "failure",
    /doesn't manage the network "eth0"/,
    ["unset KINI_NETWORK"],
  ],
  [
    "network",
    server({
      networks: { value: [network("incusbr0", { status: "Errored" })] },
    }),
    "failure",
    /"incusbr0" is errored/,
    ["sudo systemctl restart incus"],
  ],
  [
    "network",
    server({
      networks: { value: [network("incusbr0", { managed: false })] },
    }),
    "ok",
    /doesn't manage/,
  ],
  [
    "network-ipv4",
    server({
      networks: { value: [network("incusbr0", { managed: false })] },
    }),
    "unknown",
    /not managed/,
  ],
  [
    "network-ipv4",
    bridge({ "ipv4.address": "none" }),
    "failure",
    /no IPv4/,
    ["incus network set incusbr0 ipv4.address=auto ipv4.nat=true"],
  ],
  ...["network-ipv4", "network-ipv6"].map((check): Case => [
    check,
    bridge({
      "ipv4.address": "none",
      "ipv6.address": "none",
      "bridge.external_interfaces": "eth1",
    }),
    "unknown",
    /what serves it is outside/,
  ]),
  ...["network-ipv4", "network-ipv6", "network-dns"].map((check): Case => [
    check,
    server({ networks: { value: [network("incusbr0", { config: {} })] } }),
    "unknown",
    /a restricted client is not told/,
  ]),
  [
    "network-ipv4",
    bridge({ "ipv4.dhcp": "false" }),
    "failure",
    /gives out no addresses/,
  ],
  [
    "network-ipv6",
    bridge({ "ipv6.address": "none" }),
    "warning",
    /no IPv6/,
    ["incus network set incusbr0 ipv6.address=auto ipv6.nat=true"],
  ],
  ["network-dns", bridge({ "dns.mode": "none" }), "warning", /dns\.mode=none/],
  [
    "storage-driver",
    {
      ...pool({ driver: "zfs" }),
      server: {
        ...SERVER,
        server: serverFor({
          environment: { storage: "dir | zfs", storage_version: "1 | 2.1.11" },
        }),
        pool: { value: { name: "p", driver: "zfs", source: "p" } },
      },
    },
    "failure",
    /ZFS 2\.1\.11/,
    ["export KIND_EXPERIMENTAL_CONTAINERD_SNAPSHOTTER=native"],
  ],
  [
    "storage-driver",
    {
      ...pool({ driver: "dir", fileSystem: 0x794c7630 }),
      ...env({ KIND_EXPERIMENTAL_CONTAINERD_SNAPSHOTTER: "native" }),
    },
    "ok",
    /with the snapshotter native/,
  ],
  [
    "storage-driver",
    pool({ driver: "dir", fileSystem: 0x794c7630 }),
    "failure",
    /is dir/,
  ],
  ["storage-driver", pool({ driver: "ceph" }), "ok", /ceph/],
  [
    "storage-space",
    pool({ space: { free: 5 * GIB, total: 100 * GIB } }),
    "warning",
    /5\.0 GiB of 100\.0 GiB free/,
  ],
  [
    "storage-space",
    pool({ space: { free: GIB, total: 100 * GIB } }),
    "failure",
    /1\.0 GiB/,
  ],
  ["storage-space", pool({ space: undefined }), "unknown", /doesn't tell/],
  [
    "image-store",
    store({ mode: 0o755 }),
    "warning",
    /open to others: mode 755/,
    [
      "chmod 700 /home/ada/.cache/kini/images",
    ],
  ],
  ["image-store", store({ writable: false }), "failure", /can't be written/, [
    "chmod -R u+rwX /home/ada/.cache/kini/images",
  ]],
  [
    "image-store",
    store({ writable: false, ownerIsUser: false }),
    "failure",
    /can't be written/,
    ['sudo chown -R "$(id -u):$(id -g)" /home/ada/.cache/kini/images'],
  ],
  ["image-store", store({ free: GIB }), "warning", /1\.0 GiB free/],
  [
    "image-store",
    { store: undefined as never, ...env({ KINI_CACHE: "no" }) },
    "ok",
    /switched off/,
  ],
  [
    "kernel-modules",
    machine({ fileSystems: ["proc"], loadable: ["overlay"] }),
    "warning",
    /not loaded: overlay$/,
  ],
  ["kernel-modules", machine({ fileSystems: ["proc"] }), "failure", /overlay/],
  [
    "kernel-modules",
    {
      ...sysctl("net.bridge.bridge-nf-call-iptables"),
      root: true,
    },
    "warning",
    /br_netfilter/,
    [
      "modprobe -a br_netfilter",
      "printf '%s\\n' br_netfilter | tee -a /etc/modules-load.d/kini.conf",
    ],
  ],
  [
    "kernel-modules",
    {
      ...machine({
        fileSystems: [],
        loadable: ["overlay"],
        init: "scripts",
      }),
    },
    "warning",
    /overlay/,
    [
      "sudo modprobe -a overlay",
      "printf '%s\\n' overlay | sudo tee -a /etc/modules",
    ],
  ],
  [
    "inotify",
    sysctl("fs.inotify.max_user_instances", "128"),
    "ok",
    /enough for about three nodes/,
  ],
  [
    "inotify",
    sysctl("fs.inotify.max_user_watches", "8192"),
    "warning",
    /8192 watches/,
    [
      "sudo sysctl -w fs.inotify.max_user_watches=524288",
      "printf '%s\\n' fs.inotify.max_user_watches=524288 | " +
      "sudo tee -a /etc/sysctl.d/90-kini.conf",
    ],
  ],
  ["ip-forward", sysctl("net.ipv4.ip_forward", "0"), "failure", /is 0/],
  [
    "ip-forward",
    sysctl("net.ipv6.conf.all.forwarding", "0"),
    "warning",
    /ipv6/,
  ],
  [
    "ip-forward",
    {
      ...sysctl("net.ipv6.conf.all.forwarding", "0"),
      ...bridge({ "ipv6.address": "none" }),
    },
    "ok",
    /forwards/,
  ],
  ["conntrack", sysctl("net.netfilter.nf_conntrack_max"), "failure", /loaded/],
  [
    "conntrack",
    sysctl("net.netfilter.nf_conntrack_max", "1024"),
    "warning",
    /1024/,
  ],
  [
    "cgroup",
    machine({ cgroup: { version: 1, controllers: [] } }),
    "failure",
    /v1/,
  ],
  [
    "cgroup",
    machine({ cgroup: { version: 2, controllers: ["cpu", "pids"] } }),
    "failure",
    /without the controllers cpuset, memory$/,
    [
      "sudo mkdir -p /etc/default/grub.d",
      "echo 'GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX cgroup_no_v1=all\"' | " +
      "sudo tee /etc/default/grub.d/kini.cfg",
      "sudo update-grub",
      "sudo reboot",
    ],
  ],
  [
    "apparmor-userns",
    sysctl("kernel.apparmor_restrict_unprivileged_userns", "1"),
    "ok",
    /doesn't concern/,
  ],
  [
    "apparmor-userns",
    {
      ...sysctl("kernel.apparmor_restrict_unprivileged_userns", "1"),
      ...env({ KINI_UNPRIVILEGED: "true" }),
    },
    "warning",
    /AppArmor/,
  ],
  [
    "subid-ranges",
    {
      ...machine({ subgid: "ada:100000:65536\n" }),
      ...env({ KINI_UNPRIVILEGED: "1" }),
    },
    "failure",
    /in \/etc\/subgid$/,
    [
      "echo root:1000000:1000000000 | sudo tee -a /etc/subgid",
      "sudo systemctl restart incus",
    ],
  ],
  [
    "subid-ranges",
    {
      ...machine({ subuid: undefined as never }),
      ...env({ KINI_UNPRIVILEGED: "1" }),
    },
    "ok",
    /ranges/,
  ],
  ["fuse", machine({ fuse: false }), "ok", /not needed/],
  ["fuse", env({ KINI_UNPRIVILEGED: "yes" }), "ok", /^\/dev\/fuse$/],
  [
    "fuse",
    { ...machine({ fuse: false }), ...env({ KINI_UNPRIVILEGED: "true" }) },
    "failure",
    /no \/dev\/fuse$/,
    [
      "sudo modprobe -a fuse",
      "printf '%s\\n' fuse | sudo tee -a /etc/modules-load.d/kini.conf",
    ],
  ],
  [
    "unstarted-containers",
    server({
      instances: {
        value: [
          instance("foreign"),
          instance("c1", { config: { "user.kini.id": "a".repeat(64) } }),
          runningInstance("c2", { config: { "user.kini.id": "b".repeat(64) } }),
        ],
      },
    }),
    "warning",
    /: c1$/,
    ["kini docker rm -f c1"],
  ],
  [
    "unfinished-images",
    server({
      images: {
        value: [
          image("docker.io/library/a:1").image,
          image("docker.io/library/b:1", {
            fingerprint: "1".repeat(64),
            properties: { "user.kini.image-id": "sha256:2" },
            aliases: [],
          }).image,
        ],
      },
    }),
    "warning",
    /server: 111111111111$/,
    ["incus image delete 111111111111"],
  ],
  [
    "unfinished-images",
    store({ unfinished: 2 }),
    "warning",
    /2 in \/home\/ada/,
    ["kini docker image prune -f"],
  ],
];

for (const [name, change, level, found, fix] of CASES) {
  Deno.test(`${name}: ${level}: ${found.source}`, () => {
    const finding = judge(name, change);
    assert.equal(finding.level, level, finding.found);
    assert.match(finding.found, found);
    assert.doesNotMatch(JSON.stringify(finding), /u:secret|undefined/);
    if (fix) assert.deepEqual(finding.fix, fix);
    // What is wrong is explained.
    if (level === "warning" || level === "failure") {
      assert.ok(finding.why);
      if (!UNMENDED.some((one) => one.test(finding.found))) {
        assert.ok(finding.fix?.length, "there is no command that mends it");
      }
    }
  });
}

/** What only the user can mend: another server, another proxy, another machine. */
const UNMENDED = [/^other 7/, /^HTTP_PROXY names this machine itself/, /^no$/];

Deno.test("every check has a case in which it doesn't say ok", () => {
  const covered = new Set(
    CASES.filter(([, , level]) => level !== "ok").map(([name]) => name),
  );
  assert.deepEqual(
    checks.map(({ name }) => name).filter((name) => !covered.has(name)),
    [],
  );
});

Deno.test("without a server, only what needs it can't be told", () => {
  const findings = runChecks({
    ...HEALTHY,
    ...unreachable("down", "/run/incus/unix.socket", "incus-admin"),
  });
  const unknown = findings.filter(({ level }) => level === "unknown");
  assert.deepEqual(
    findings.filter(({ level }) => level === "failure").map(({ name }) => name),
    ["server"],
  );
  for (const { found } of unknown) {
    assert.equal(found, "the server doesn't answer");
  }
});

Deno.test("the machine of a remote server is not judged by this one", () => {
  const { machine: _, ...facts } = HEALTHY;
  const unknown = runChecks(facts).filter(({ level }) => level === "unknown");
  assert.ok(unknown.some(({ name }) => name === "cgroup"));
  assert.equal(worstLevel(runChecks(facts)), "ok");
});

Deno.test("docs/troubleshooting.md has a section for each check, in their order", async () => {
  const path = new URL("../../../docs/troubleshooting.md", import.meta.url);
  const text = await Deno.readTextFile(path);
  assert.deepEqual(
    Array.from(text.matchAll(/^## (\S+)$/gm), ([, name]) => name),
    checks.map(({ name }) => name),
  );
});
