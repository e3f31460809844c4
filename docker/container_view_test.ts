import assert from "node:assert/strict";
import {
  container,
  containerState,
  endpoint,
} from "../tests/container_builders.ts";
import type { Container } from "./container.ts";
import golden from "./container_view_golden.json" with { type: "json" };
import { containerView } from "./container_view.ts";
import { renderInspect } from "./format.ts";
import { TemplateError } from "./template.ts";

/** As docker run of a kind node's command line makes it, with busybox as its image. */
const NODE: Container = {
  id: "01705d9a60b3864582d933aea524d2d08928c5bedd24c3412d7547a65101e9e1",
  name: "n1",
  created: "",
  record: container({
    name: "n1",
    image: "busybox:1.37",
    imageId:
      "sha256:8935bab4f2cf35d1906c348d5dff52d1acd942727e0c698af94b2af53439a8d3",
    cmd: ["sleep", "1000"],
    env: [
      "KUBECONFIG=/etc/kubernetes/admin.conf",
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    ],
    exposedPorts: ["6443/tcp", "80/tcp", "99/tcp"],
    hostname: "n1",
    tty: true,
    privileged: true,
    init: false,
    restart: { name: "on-failure", maximumRetryCount: 1 },
    network: "kvnet",
    binds: ["/lib/modules:/lib/modules:ro"],
    tmpfs: { "/tmp": "", "/run": "" },
    mounts: [{
      type: "bind",
      source: "/lib/modules",
      destination: "/lib/modules",
      mode: "ro",
      readonly: true,
      propagation: "rprivate",
    }, {
      type: "volume",
      name: "5fad8aad27bd8d2abd157eef18796f00482d16dc90460aba1cd6989ce4c2960d",
      source: "",
      destination: "/var",
      mode: "",
      readonly: false,
      propagation: "",
    }],
    publishes: [
      {
        hostIp: "127.0.0.1",
        hostPort: 38143,
        containerPort: 6443,
        protocol: "tcp",
      },
      { hostIp: "", hostPort: 8099, containerPort: 80, protocol: "tcp" },
    ],
    securityOpt: [
      "seccomp=unconfined",
      "apparmor=unconfined",
      "label=disable",
    ],
    sysctls: { "net.ipv4.ip_forward": "1" },
    devices: [{ source: "/dev/null", target: "/dev/nn", permissions: "rwm" }],
  }).record,
  labels: {
    "io.x-k8s.kind.cluster": "kind",
    "io.x-k8s.kind.role": "control-plane",
  },
  state: containerState({ pid: 8182 }),
  endpoints: [{
    network: "kvnet",
    networkId:
      "e5f71e7a2e7d5001476228f930a04f92fb73428fe79ce8d8b747bb6158830b29",
    endpointId:
      "8cce7b8d5730b3cda1aead2c3cb44840fa6f655fdcb5b909bf06e0e548563af9",
    ipv4: "172.29.0.2",
    ipv4Prefix: 16,
    ipv4Gateway: "172.29.0.1",
    ipv6: "fc00:8866:27d0:bd7e::2",
    ipv6Prefix: 64,
    ipv6Gateway: "fc00:8866:27d0:bd7e::1",
    mac: "02:42:ac:1d:00:02",
  }],
  ports: [
    {
      hostIp: "127.0.0.1",
      hostPort: 38143,
      containerPort: 6443,
      protocol: "tcp",
    },
    { hostIp: "0.0.0.0", hostPort: 8099, containerPort: 80, protocol: "tcp" },
  ],
  platform: "linux",
  driver: "incus",
};

function format(shown: Container, template: string): string {
  return renderInspect([containerView(shown)], template);
}

Deno.test("containerView() is what Docker Engine 26.1 prints", () => {
  // The golden is Docker's own output of that command line. Replaced were only
  // what it alone has: paths of its files, graph driver, runtime and sandbox.
  const [docker] = golden;
  const shown = {
    ...NODE,
    created: docker!.Created,
    state: { ...NODE.state, startedAt: docker!.State.StartedAt },
  };
  assert.equal(format(shown, ""), `${JSON.stringify(golden, null, 4)}\n`);
});

Deno.test("containerView() answers the templates that kind sends", () => {
  const cases: [template: string, want: string][] = [
    ['{{ index .Config.Labels "io.x-k8s.kind.role"}}', "control-plane"],
    ['{{ index .Config.Labels "desktop.docker.io/ports/6443/tcp" }}', ""],
    [
      "{{range .NetworkSettings.Networks}}{{.IPAddress}},{{.GlobalIPv6Address}}{{end}}",
      "172.29.0.2,fc00:8866:27d0:bd7e::2",
    ],
    [
      '{{ with (index (index .NetworkSettings.Ports "6443/tcp") 0) }}{{ printf "%s\t%s" .HostIp .HostPort }}{{ end }}',
      "127.0.0.1\t38143",
    ],
  ];
  for (const [template, want] of cases) {
    assert.equal(format(NODE, template), `${want}\n`, template);
  }
});

Deno.test("containerView() answers the templates that scripts send", () => {
  const cases: [template: string, want: string][] = [
    ["{{.State.Status}} {{.State.Running}}", "running true"],
    ["{{.Name}} {{.Id}} {{.Platform}}", `/n1 ${NODE.id} linux`],
    ["{{.Config.Image}}", "busybox:1.37"],
    ["{{ .NetworkSettings.Networks.kvnet.IPAddress }}", "172.29.0.2"],
    ["{{json .NetworkSettings.Networks.kind}}", "null"],
    [
      "{{ json .NetworkSettings.Ports }}",
      '{"6443/tcp":[{"HostIp":"127.0.0.1","HostPort":"38143"}],"80/tcp":[{"HostIp":"0.0.0.0","HostPort":"8099"},{"HostIp":"::","HostPort":"8099"}],"99/tcp":null}',
    ],
    [
      '{{(index (index .NetworkSettings.Ports "6443/tcp") 0).HostPort}}',
      "38143",
    ],
    [
      "{{range .Mounts}}{{.Source}} -> {{.Destination}};{{end}}",
      "/lib/modules -> /lib/modules; -> /var;",
    ],
    ["{{.HostConfig.RestartPolicy.Name}}", "on-failure"],
    ["{{.HostConfig.Init}} {{.HostConfig.Privileged}}", "false true"],
    [
      '{{printf "%T %T" .NetworkSettings.Ports .HostConfig.NetworkMode}}',
      "nat.PortMap container.NetworkMode",
    ],
  ];
  for (const [template, want] of cases) {
    assert.equal(format(NODE, template), `${want}\n`, template);
  }
});

Deno.test("containerView() has no ports unless the container runs", () => {
  const stopped = container({ exposedPorts: ["6443/tcp"] }, {
    state: containerState({ status: "exited", exitCode: 3, pid: 0 }),
  });
  assert.equal(format(stopped, "{{json .NetworkSettings.Ports}}"), "{}\n");
  assert.throws(
    () =>
      format(stopped, '{{index (index .NetworkSettings.Ports "6443/tcp") 0}}'),
    (error) => error instanceof TemplateError && error.exitCode === 1,
  );
});

Deno.test("containerView() reads how a container ended only when that is shown", () => {
  let reads = 0;
  const stopped = container({}, {
    state: {
      ...containerState({ status: "exited" }),
      get exitCode() {
        reads++;
        return 3;
      },
    },
  });
  format(stopped, "{{.Name}} {{.Config.Image}} {{.State.Status}}");
  assert.equal(reads, 0);
  assert.equal(format(stopped, "{{.State.ExitCode}}"), "3\n");
});

Deno.test("containerView() repeats the addresses of the network bridge at the top", () => {
  const template = "{{.NetworkSettings.IPAddress}}|" +
    "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{.DNSNames}}{{end}}";
  assert.equal(format(container(), template), "10.0.3.10|10.0.3.10 []\n");
  const other = container({ network: "kind" }, {
    id: "0123456789abcdef",
    endpoints: [endpoint({ network: "kind" })],
  });
  assert.equal(format(other, template), "|10.0.3.10 [c1 0123456789ab]\n");
});

Deno.test("containerView() shows the network of a container that has no interface", () => {
  const alone = container({ network: "none" }, { endpoints: [] });
  assert.equal(
    format(
      alone,
      "{{range $name, $_ := .NetworkSettings.Networks}}{{$name}}{{end}}",
    ),
    "none\n",
  );
});
