import assert from "node:assert/strict";
import { renderValue } from "./format.ts";
import { clientInfoText, serverInfoText } from "./info_text.ts";
import {
  cgroupWarnings,
  type ClientFacts,
  infoView,
  type ServerFacts,
} from "./info_view.ts";

const CLIENT: ClientFacts = {
  version: "26.1.5",
  build: "kini-0.1.0",
  architecture: "amd64",
};

const SERVER: ServerFacts = {
  name: "host1",
  product: "Incus",
  version: "7.0.2",
  kernelVersion: "6.12.0",
  operatingSystem: "Debian GNU/Linux 13",
  osVersion: "13",
  architecture: "x86_64",
  driver: "zfs",
  driverVersion: "2.3",
  runtime: "lxc 6.0.4",
  firewall: "nftables",
  cgroup: {
    version: "2",
    driver: "systemd",
    memory: true,
    pids: true,
    cpu: true,
    cpuset: true,
  },
  securityOptions: ["name=seccomp,profile=builtin", "name=cgroupns"],
  cpus: 4,
  memory: 8 * 2 ** 30,
  now: new Date("2026-01-02T03:04:05Z"),
  kini: {
    images: "kindest/node",
    unprivileged: false,
    version: "0.1.0",
    mode: "oci",
    reason: "the best that the server can do",
    socket: "/run/incus/unix.socket",
    project: "default",
  },
};

const COUNTS = { running: 2, paused: 1, stopped: 3, images: 4 };

function format(template: string): string {
  return renderValue(infoView(SERVER, CLIENT, () => COUNTS), template);
}

Deno.test("infoView() has what kind reads, in the types it insists on", () => {
  const info = JSON.parse(format("{{json .}}"));
  const { CgroupDriver, CgroupVersion, SecurityOptions } = info;
  assert.deepEqual({ CgroupDriver, CgroupVersion, SecurityOptions }, {
    CgroupDriver: "systemd",
    CgroupVersion: "2",
    SecurityOptions: ["name=seccomp,profile=builtin", "name=cgroupns"],
  });
  for (const name of ["MemoryLimit", "PidsLimit", "CPUShares"]) {
    assert.equal(info[name], true, name);
  }
  assert.deepEqual(
    [info.Containers, info.ContainersRunning, info.Images],
    [6, 2, 4],
  );
  assert.deepEqual(info.Kini, {
    NodeImages: "kindest/node",
    Unprivileged: false,
    Version: "0.1.0",
    Mode: "oci",
    ModeReason: "the best that the server can do",
    Server: "Incus",
    Socket: "/run/incus/unix.socket",
    Project: "default",
  });
});

Deno.test("infoView() answers the templates that kind sends", () => {
  const cases: [template: string, want: string][] = [
    [
      "'{{json .SecurityOptions}}'",
      '\'["name=seccomp,profile=builtin","name=cgroupns"]\'',
    ],
    ["{{.Driver}}", "zfs"],
    ["{{json .DriverStatus }}", '[["Version","2.3"]]'],
  ];
  for (const [template, want] of cases) {
    assert.equal(format(template), `${want}\n`);
  }
});

Deno.test("infoView() counts only when the counts are shown", () => {
  const view = infoView(SERVER, CLIENT, () => {
    throw new Error("counted");
  });
  assert.equal(renderValue(view, "{{.Name}} {{.NCPU}}"), "host1 4\n");
});

Deno.test("serverInfoText() is laid out as docker's", () => {
  const text = clientInfoText(CLIENT) + serverInfoText(SERVER, COUNTS);
  assert.equal(
    text,
    `Client:
 Version:    26.1.5
 Context:    default
 Debug Mode: false

Server:
 Containers: 6
  Running: 2
  Paused: 1
  Stopped: 3
 Images: 4
 Server Version: 7.0.2
 Storage Driver: zfs
  Version: 2.3
 Logging Driver: json-file
 Cgroup Driver: systemd
 Cgroup Version: 2
 Swarm: inactive
 Default Runtime: lxc 6.0.4
 Firewall: nftables
 Security Options:
  seccomp
   Profile: builtin
  cgroupns
 Kernel Version: 6.12.0
 Operating System: Debian GNU/Linux 13
 OSType: linux
 Architecture: x86_64
 CPUs: 4
 Total Memory: 8GiB
 Name: host1
 Kini:
  Version: 0.1.0
  Server: Incus 7.0.2
  Socket: /run/incus/unix.socket
  Project: default
  Mode: oci (the best that the server can do)
  Node Images: kindest/node
  Unprivileged: false

`,
  );
});

Deno.test("cgroupWarnings() names what can't be limited", () => {
  assert.deepEqual(cgroupWarnings(SERVER.cgroup), []);
  assert.deepEqual(cgroupWarnings({ ...SERVER.cgroup, memory: false }), [
    "WARNING: No memory limit support",
  ]);
});
