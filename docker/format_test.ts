import assert from "node:assert/strict";

import {
  renderInspect,
  renderRows,
  renderValue,
  type RowOptions,
  TemplateError,
} from "./format.ts";
import { type GoInput, goMap, goNil, goRow, goStruct } from "./go_value.ts";

const CONTAINER = containerWith({ "6443/tcp": ["127.0.0.1", "38143"] });
const STOPPED = containerWith({});

const NETWORK = goStruct("network.Inspect", {
  Name: "kind",
  "ID:Id": "0123456789abcdef",
  IPAM: goStruct("network.IPAM", {
    Driver: "default",
    Options: goNil("map[string]string"),
    Config: [
      ipamConfig("172.18.0.0/16", "172.18.0.1"),
      ipamConfig("fc00:f853:ccd:e793::/64", "fc00:f853:ccd:e793::1"),
    ],
  }),
  Options: { "com.docker.network.driver.mtu": "1500" },
});

const IMAGE = goStruct("image.InspectResponse", {
  "ID:Id": "sha256:abc",
  RepoTags: ["kindest/node:v1.33.0"],
});

const INFO = goStruct("system.dockerInfo", {
  Driver: "overlay2",
  DriverStatus: [["Backing Filesystem", "extfs"]],
  SecurityOptions: ["name=seccomp,profile=builtin", "name=cgroupns"],
  CgroupVersion: "2",
  MemoryLimit: true,
});

const CONTEXT = goStruct("context.ClientContext", {
  Name: "default",
  Endpoints: goMap(
    { docker: goStruct("docker.EndpointMeta", { Host: "unix:///d.sock" }) },
    "map[string]docker.EndpointMeta",
  ),
});

function containerWith(ports: Record<string, [string, string]>) {
  const bindings: Record<string, GoInput> = {};
  for (const [port, [ip, number]] of Object.entries(ports)) {
    bindings[port] = [
      goStruct("nat.PortBinding", { "HostIP:HostIp": ip, HostPort: number }),
    ];
  }
  return goStruct("container.InspectResponse", {
    "ID:Id": "abcdef",
    Name: "/kind-control-plane",
    State: goStruct("*container.State", { Status: "running", Running: true }),
    Config: goStruct("*container.Config", {
      Image: "kindest/node:v1.33.0",
      Labels: {
        "io.x-k8s.kind.role": "control-plane",
        "io.x-k8s.kind.cluster": "kind",
      },
    }),
    Mounts: [
      goStruct("container.MountPoint", {
        Source: "/lib/modules",
        Destination: "/lib/modules",
      }),
      goStruct("container.MountPoint", { Source: "/v", Destination: "/var" }),
    ],
    NetworkSettings: goStruct("*container.NetworkSettings", {
      Ports: goMap(bindings, "map[nat.Port][]nat.PortBinding"),
      Networks: goMap({
        kind: goStruct("*network.EndpointSettings", {
          IPAddress: "172.18.0.2",
          GlobalIPv6Address: "fc00::2",
        }),
      }, "map[string]*network.EndpointSettings"),
    }),
  });
}

function ipamConfig(subnet: string, gateway: string) {
  return goStruct("network.IPAMConfig", {
    "Subnet,omitempty": subnet,
    "IPRange,omitempty": "",
    "Gateway,omitempty": gateway,
    "AuxAddress:AuxiliaryAddresses,omitempty": goNil("map[string]string"),
  });
}

const CONTAINERS: RowOptions = {
  headers: {
    ID: "CONTAINER ID",
    Image: "IMAGE",
    Names: "NAMES",
    Ports: "PORTS",
  },
  table: "{{.ID}}\\t{{.Image}}\\t{{.Names}}",
  raw: "container_id: {{.ID}}\nnames: {{.Names}}\n",
  quietFirst: true,
};

const ROWS = [
  row("0123456789ab", "kind-control-plane", "127.0.0.1:38143->6443/tcp"),
  row("ba9876543210", "kind-worker", ""),
];

function row(id: string, name: string, ports: string) {
  const labels: Record<string, string> = { "io.x-k8s.kind.cluster": "kind" };
  return goRow("*formatter.ContainerContext", {
    ID: id,
    Names: name,
    Image: "kindest/node:v1.33.0",
    Ports: ports,
  }, { Label: (label) => labels[label] ?? "" });
}

function failure(run: () => unknown): TemplateError {
  try {
    run();
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
  assert.fail("expected a TemplateError");
}

Deno.test("renderInspect() answers what kind and its users ask", () => {
  const cases: [GoInput, string, string][] = [
    [
      CONTEXT,
      '{{ (index .Endpoints "docker").Host }}',
      "unix:///d.sock",
    ],
    [
      NETWORK,
      '{{ index .Options "com.docker.network.driver.mtu" }}',
      "1500",
    ],
    [
      NETWORK,
      '{{range (index (index . "IPAM") "Config")}}{{index . "Subnet"}} {{end}}',
      "172.18.0.0/16 fc00:f853:ccd:e793::/64 ",
    ],
    [
      CONTAINER,
      '{{ index .Config.Labels "io.x-k8s.kind.role"}}',
      "control-plane",
    ],
    [
      CONTAINER,
      '{{ index .Config.Labels "desktop.docker.io/ports/6443/tcp" }}',
      "",
    ],
    [
      CONTAINER,
      "{{range .NetworkSettings.Networks}}{{.IPAddress}},{{.GlobalIPv6Address}}{{end}}",
      "172.18.0.2,fc00::2",
    ],
    [
      CONTAINER,
      '{{ with (index (index .NetworkSettings.Ports "6443/tcp") 0) }}{{ printf "%s\t%s" .HostIp .HostPort }}{{ end }}',
      "127.0.0.1\t38143",
    ],
    [IMAGE, "{{ .Id }}", "sha256:abc"],
    [IMAGE, "{{.ID}}", "sha256:abc"],
    [CONTAINER, "{{.State.Running}}", "true"],
    [CONTAINER, "{{.State.Status}}", "running"],
    [CONTAINER, "{{.Config.Image}}", "kindest/node:v1.33.0"],
    [
      CONTAINER,
      "{{json .NetworkSettings.Networks.kind}}",
      '{"IPAddress":"172.18.0.2","GlobalIPv6Address":"fc00::2"}',
    ],
    [CONTAINER, "{{json .NetworkSettings.Networks.other}}", "null"],
    [
      CONTAINER,
      "{{ json .NetworkSettings.Ports }}",
      '{"6443/tcp":[{"HostIp":"127.0.0.1","HostPort":"38143"}]}',
    ],
    [STOPPED, "{{ json .NetworkSettings.Ports }}", "{}"],
    [
      CONTAINER,
      "{{ .NetworkSettings.Networks.kind.IPAddress }}",
      "172.18.0.2",
    ],
    [
      CONTAINER,
      "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}",
      "172.18.0.2",
    ],
    [
      CONTAINER,
      '{{(index (index .NetworkSettings.Ports "6443/tcp") 0).HostPort}}',
      "38143",
    ],
    [
      CONTAINER,
      '{{range .Mounts}}{{.Source}} -> {{.Destination}}{{"\\n"}}{{end}}',
      "/lib/modules -> /lib/modules\n/v -> /var\n",
    ],
    [NETWORK, "{{(index .IPAM.Config 0).Subnet}}", "172.18.0.0/16"],
    [
      NETWORK,
      "{{.IPAM.Config}}",
      "[{172.18.0.0/16  172.18.0.1 map[]} " +
      "{fc00:f853:ccd:e793::/64  fc00:f853:ccd:e793::1 map[]}]",
    ],
    [
      NETWORK,
      "{{range .IPAM.Config}}{{println .Subnet}}{{end}}",
      "172.18.0.0/16\nfc00:f853:ccd:e793::/64\n",
    ],
    [
      NETWORK,
      "{{range .IPAM.Config}}{{.Subnet}} {{end}}",
      "172.18.0.0/16 fc00:f853:ccd:e793::/64 ",
    ],
    [
      NETWORK,
      "{{range .IPAM.Config}}{{.Gateway}}{{end}}",
      "172.18.0.1fc00:f853:ccd:e793::1",
    ],
  ];
  for (const [object, format, want] of cases) {
    assert.equal(renderInspect([object], format), `${want}\n`, format);
  }
});

Deno.test("renderInspect() prints an array without a template", () => {
  assert.equal(renderInspect([]), "[]\n");
  assert.equal(renderInspect([], "json"), "[]\n");
  assert.equal(renderInspect([], "{{.Id}}"), "\n");
  assert.equal(
    renderInspect([IMAGE, IMAGE], "json"),
    '[{"Id":"sha256:abc","RepoTags":["kindest/node:v1.33.0"]},' +
      '{"Id":"sha256:abc","RepoTags":["kindest/node:v1.33.0"]}]\n',
  );
  assert.equal(
    renderInspect([IMAGE]),
    `[
    {
        "Id": "sha256:abc",
        "RepoTags": [
            "kindest/node:v1.33.0"
        ]
    }
]
`,
  );
});

Deno.test("renderInspect() fails with docker's texts and exit codes", () => {
  const parse = failure(() => renderInspect([IMAGE], "{{ .Id"));
  assert.equal(
    parse.message,
    "template parsing error: template: :1: unclosed action",
  );
  assert.equal(parse.exitCode, 64);
  const run = failure(() => renderInspect([IMAGE], "{{ .Foo }}"));
  assert.equal(
    run.message,
    'template parsing error: template: :1:3: executing "" at <.Foo>: ' +
      'map has no entry for key "Foo"',
  );
  assert.equal(run.exitCode, 1);
  assert.equal(run.stdout, "\n");
  const ports = failure(() =>
    renderInspect(
      [STOPPED],
      '{{(index (index .NetworkSettings.Ports "6443/tcp") 0).HostPort}}',
    )
  );
  assert.match(ports.message, /error calling index: index of untyped nil$/);
});

Deno.test("renderInspect() goes on after an object that fails", () => {
  const format = "{{range .RepoTags}}{{.}}{{end}}";
  const error = failure(() => renderInspect([IMAGE, NETWORK, IMAGE], format));
  assert.equal(error.stdout, "kindest/node:v1.33.0\n".repeat(2));
  assert.match(error.message, /no entry for key "RepoTags"$/);
});

Deno.test("renderRows() prints a line per row", () => {
  const cases: [string, string][] = [
    ["{{.Names}}", "kind-control-plane\nkind-worker\n"],
    ["{{.ID }}", "0123456789ab\nba9876543210\n"],
    ['{{.Label "io.x-k8s.kind.cluster"}}', "kind\nkind\n"],
    ['{{.Label "none"}}', "\n\n"],
    [
      "{{.Names}}\\t{{.ID}}\\n",
      "kind-control-plane\t0123456789ab\n\nkind-worker\tba9876543210\n\n",
    ],
    [
      "raw",
      [
        "container_id: 0123456789ab\nnames: kind-control-plane\n\n",
        "container_id: ba9876543210\nnames: kind-worker\n\n",
      ].join(""),
    ],
  ];
  for (const [format, want] of cases) {
    assert.equal(renderRows(ROWS, format, CONTAINERS), want, format);
    assert.equal(renderRows([], format, CONTAINERS), "", format);
  }
});

Deno.test("renderRows() aligns tables under their headers", () => {
  assert.equal(
    renderRows(ROWS, "", CONTAINERS),
    `CONTAINER ID   IMAGE                  NAMES
0123456789ab   kindest/node:v1.33.0   kind-control-plane
ba9876543210   kindest/node:v1.33.0   kind-worker
`,
  );
  assert.equal(
    renderRows(
      ROWS,
      "table {{.Names}}\\t{{.Image}}\\t{{.Ports}}",
      CONTAINERS,
    ),
    `NAMES                IMAGE                  PORTS
kind-control-plane   kindest/node:v1.33.0   127.0.0.1:38143->6443/tcp
kind-worker          kindest/node:v1.33.0   ${""}
`,
  );
  assert.equal(
    renderRows([], "table {{.ID}}\\t{{.Names}}", CONTAINERS),
    "CONTAINER ID   NAMES\n",
  );
  assert.equal(
    renderRows(
      ROWS.slice(1),
      'table {{upper .Names}}\\t{{.Label "io.x-k8s.kind.cluster"}}',
      CONTAINERS,
    ),
    "NAMES         cluster\nKIND-WORKER   kind\n",
  );
});

Deno.test("renderRows() prints the JSON of rows", () => {
  const want = '{"ID":"0123456789ab","Image":"kindest/node:v1.33.0",' +
    '"Names":"kind-control-plane","Ports":"127.0.0.1:38143-\\u003e6443/tcp"}\n';
  assert.equal(renderRows(ROWS.slice(0, 1), "json", CONTAINERS), want);
  assert.equal(renderRows(ROWS.slice(0, 1), "{{json .}}", CONTAINERS), want);
});

Deno.test("renderRows() obeys quiet", () => {
  const quiet = { ...CONTAINERS, quiet: true };
  const ids = "0123456789ab\nba9876543210\n";
  assert.equal(renderRows(ROWS, "", quiet), ids);
  assert.equal(renderRows(ROWS, "table", quiet), ids);
  assert.equal(renderRows(ROWS, "{{.Names}}", quiet), ids);
  assert.equal(
    renderRows(ROWS, "{{.Names}}", { ...quiet, quietFirst: false }),
    "kind-control-plane\nkind-worker\n",
  );
});

Deno.test("renderRows() fails with exit code 1", () => {
  const parse = failure(() => renderRows(ROWS, "{{", CONTAINERS));
  assert.equal(
    parse.message,
    "template parsing error: template: :1: unclosed action",
  );
  assert.equal(parse.exitCode, 1);
  const run = failure(() => renderRows(ROWS, "{{.Foo}}", CONTAINERS));
  assert.equal(
    run.message,
    'template parsing error: template: :1:2: executing "" at <.Foo>: ' +
      "can't evaluate field Foo in type *formatter.ContainerContext",
  );
  assert.equal(run.exitCode, 1);
  assert.equal(run.stdout, "");
});

Deno.test("renderValue() executes once", () => {
  const cases: [string, string][] = [
    [
      "{{json .SecurityOptions}}",
      '["name=seccomp,profile=builtin","name=cgroupns"]',
    ],
    [
      "'{{json .SecurityOptions}}'",
      `'["name=seccomp,profile=builtin","name=cgroupns"]'`,
    ],
    ["{{.Driver}}", "overlay2"],
    ["{{json .DriverStatus }}", '[["Backing Filesystem","extfs"]]'],
    ["{{.MemoryLimit}}", "true"],
  ];
  for (const [format, want] of cases) {
    assert.equal(renderValue(INFO, format), `${want}\n`, format);
  }
  const json = renderValue(INFO, "{{json .}}");
  assert.equal(renderValue(INFO, "json"), json);
  assert.deepEqual(JSON.parse(json), {
    Driver: "overlay2",
    DriverStatus: [["Backing Filesystem", "extfs"]],
    SecurityOptions: ["name=seccomp,profile=builtin", "name=cgroupns"],
    CgroupVersion: "2",
    MemoryLimit: true,
  });
});

Deno.test("renderValue() fails with the output so far", () => {
  const error = failure(() => renderValue(INFO, "{{.Driver}} {{.Foo}}"));
  assert.equal(
    error.message,
    'template: :1:14: executing "" at <.Foo>: ' +
      "can't evaluate field Foo in type system.dockerInfo",
  );
  assert.equal(error.exitCode, 1);
  assert.equal(error.stdout, "overlay2 \n");
  assert.equal(failure(() => renderValue(INFO, "{{")).exitCode, 64);
});

Deno.test("renderValue() aligns columns and names the template", () => {
  assert.equal(
    renderValue(INFO, " Driver:\t{{.Driver}}\n Cgroup:\t{{.CgroupVersion}}", {
      table: { minWidth: 20, padding: 1 },
    }),
    " Driver:            overlay2\n Cgroup:            2\n",
  );
  assert.match(
    failure(() => renderValue(INFO, "{{.Foo}}", { name: "version" })).message,
    /^template: version:1:2: executing "version" at <\.Foo>/,
  );
});
