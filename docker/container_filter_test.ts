import assert from "node:assert/strict";
import {
  type ContainerFilterOptions,
  filterContainers,
} from "./container_filter.ts";
import { Filters } from "./filter.ts";

const CONTAINERS = [
  {
    id: "aaa1",
    name: "kind-control-plane",
    status: "running",
    exitCode: 0,
    imageId: "sha256:1",
    labels: {
      "io.x-k8s.kind.cluster": "kind",
      "io.x-k8s.kind.role": "control-plane",
    },
    networks: [{ name: "kind", id: "net1" }],
    mounts: [{ name: "vol1", source: "/pool/vol1", destination: "/var" }, {
      source: "/lib/modules",
      destination: "/lib/modules",
    }],
    ports: [{ containerPort: 6443, hostPort: 38143, protocol: "tcp" }, {
      containerPort: 53,
      protocol: "udp",
    }],
  },
  {
    id: "aab2",
    name: "kind-worker",
    status: "exited",
    exitCode: 137,
    labels: { "io.x-k8s.kind.cluster": "kind" },
    networks: [{ name: "kind", id: "net1" }],
  },
  {
    id: "bbb3",
    name: "registry",
    status: "paused",
    exitCode: 0,
    labels: {},
    health: "healthy",
  },
  { id: "ccc4", name: "new", status: "created", exitCode: 0, labels: {} },
];

Deno.test("filterContainers() picks as docker ps does", () => {
  const all = { all: true };
  const cases: [string[], ContainerFilterOptions, string][] = [
    [[], {}, "kind-control-plane registry"],
    [[], all, "kind-control-plane kind-worker registry new"],
    [[], { limit: 2 }, "kind-control-plane kind-worker"],
    [[], { limit: -1 }, "kind-control-plane registry"],
    [["label=io.x-k8s.kind.cluster"], all, "kind-control-plane kind-worker"],
    [
      ["label=io.x-k8s.kind.cluster=kind", "label=io.x-k8s.kind.role"],
      all,
      "kind-control-plane",
    ],
    [["label=io.x-k8s.kind.cluster=other"], all, ""],
    [["name=control-plane"], {}, "kind-control-plane"],
    [["name=^kind"], all, "kind-control-plane kind-worker"],
    [["name=^/kind-worker$"], all, "kind-worker"],
    [["name=kind-worker", "name=new"], all, "kind-worker new"],
    [["id=aa"], all, "kind-control-plane kind-worker"],
    [["id=a2|bb"], all, "registry"],
    [["status=exited"], {}, "kind-worker"],
    [["status=exited", "status=running"], {}, "kind-control-plane kind-worker"],
    [["exited=137"], all, "kind-worker"],
    [["exited=0"], all, ""],
    [["health=healthy"], {}, "registry"],
    [["before=kind-worker"], all, "registry new"],
    [["since=registry"], all, "kind-control-plane kind-worker"],
    [["since=new", "before=aaa"], all, "kind-worker registry"],
    [["network=kind"], all, "kind-control-plane kind-worker"],
    [["network=net"], {}, "kind-control-plane"],
    [["volume=vol1"], {}, "kind-control-plane"],
    [["volume=/lib/modules"], {}, "kind-control-plane"],
    [["volume=/pool/vol1"], {}, ""],
    [["publish=38143"], {}, "kind-control-plane"],
    [["publish=38000-39000/tcp"], {}, "kind-control-plane"],
    [["publish=6443"], {}, ""],
    [["expose=53/udp"], {}, "kind-control-plane"],
    [["ancestor=x"], { ancestorIds: ["sha256:1"] }, "kind-control-plane"],
    [["ancestor=x"], {}, ""],
    [["is-task=false"], {}, "kind-control-plane registry"],
    [["is-task=true"], {}, ""],
  ];
  for (const [texts, options, want] of cases) {
    const picked = filterContainers(CONTAINERS, Filters.parse(texts), options);
    assert.equal(picked.map(({ name }) => name).join(" "), want, texts.join());
  }
});

Deno.test("filterContainers() refuses with docker's texts", () => {
  const cases: [string, string][] = [
    ["foo=1", "invalid filter 'foo'"],
    [
      "status=x",
      "invalid filter 'status=x': invalid value for state (x): must be one of created, running, paused, restarting, removing, exited, dead",
    ],
    [
      "exited=x",
      `invalid filter 'exited=x': strconv.Atoi: parsing "x": invalid syntax`,
    ],
    ["publish=1:2", "filter for 'publish' should not contain ':': 1:2"],
    [
      "expose=x",
      'error while looking up for expose x: strconv.ParseUint: parsing "x": invalid syntax',
    ],
    ["since=gone", "No such container: gone"],
  ];
  for (const [text, message] of cases) {
    assert.throws(() => filterContainers(CONTAINERS, Filters.parse([text])), {
      name: "RangeError",
      message,
    }, text);
  }
});
