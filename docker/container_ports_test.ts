import assert from "node:assert/strict";
import { container, containerState } from "../tests/container_builders.ts";
import type { PortBinding } from "./container.ts";
import { listPorts } from "./container_ports.ts";
import { formatPorts, type Publish } from "./publish.ts";

function binding(overrides: Partial<PortBinding> = {}): PortBinding {
  return {
    containerPort: 80,
    protocol: "tcp",
    hostIp: "0.0.0.0",
    hostPort: 8080,
    ...overrides,
  };
}

function publish(overrides: Partial<Publish> = {}): Publish {
  return {
    hostIp: "",
    hostPort: 8080,
    containerPort: 80,
    protocol: "tcp",
    ...overrides,
  };
}

Deno.test("listPorts() lists both families unless an address was asked for", () => {
  const both = "0.0.0.0:8080 :::8080";
  const cases: {
    name: string;
    publishes: Publish[];
    bindings: PortBinding[];
    want: string;
  }[] = [
    {
      name: "both addresses, which one device opens",
      publishes: [publish({ hostIp: "0.0.0.0" }), publish({ hostIp: "::" })],
      bindings: [binding()],
      want: both,
    },
    {
      name: "both addresses, IPv6 first",
      publishes: [publish({ hostIp: "::" }), publish()],
      bindings: [binding({ hostIp: "::" })],
      want: both,
    },
    {
      name: "no address",
      publishes: [publish()],
      bindings: [binding()],
      want: both,
    },
    {
      name: "explicit 0.0.0.0",
      publishes: [publish({ hostIp: "0.0.0.0" })],
      bindings: [binding()],
      want: "0.0.0.0:8080",
    },
    {
      name: "both are bound",
      publishes: [publish()],
      bindings: [binding(), binding({ hostIp: "::" })],
      want: both,
    },
    {
      name: "explicit 0.0.0.0 with a port that was chosen",
      publishes: [publish({ hostIp: "0.0.0.0", hostPort: 0 })],
      bindings: [binding()],
      want: "0.0.0.0:8080",
    },
    {
      name: "publish all",
      publishes: [],
      bindings: [binding()],
      want: both,
    },
    {
      name: "one address",
      publishes: [publish({ hostIp: "127.0.0.1" })],
      bindings: [binding({ hostIp: "127.0.0.1" })],
      want: "127.0.0.1:8080",
    },
  ];
  for (const { name, publishes, bindings, want } of cases) {
    const ports = listPorts(container({ publishes }, { ports: bindings }));
    const shown = ports.map(({ hostIp, hostPort }) => `${hostIp}:${hostPort}`);
    assert.equal(shown.join(" "), want, name);
  }
});

Deno.test("listPorts() lists exposed ports that are not published", () => {
  const shown = container({ exposedPorts: ["80/tcp", "99/udp"] }, {
    ports: [binding({ hostIp: "127.0.0.1" })],
  });
  assert.equal(
    formatPorts(listPorts(shown)),
    "99/udp, 127.0.0.1:8080->80/tcp",
  );
});

Deno.test("listPorts() has ports of running and paused containers alone", () => {
  const count = (status: "paused" | "exited" | "created") =>
    listPorts(container({ exposedPorts: ["80/tcp"] }, {
      state: containerState({ status }),
    })).length;
  assert.deepEqual(
    [count("paused"), count("exited"), count("created")],
    [1, 0, 0],
  );
});
