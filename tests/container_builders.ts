/**
 * Containers for tests, filled in with what a test does not care about.
 *
 * @module
 */
import type {
  Container,
  ContainerRecord,
  ContainerState,
  Endpoint,
} from "../docker/container.ts";
import { emptyRecord } from "../docker/empty_record.ts";
import type { Instance } from "../incus/types.ts";
import { ID_KEY, RECORD_KEY } from "../modes/keys.ts";
import {
  fingerprintFor,
  instance,
  runningInstance,
  SOME_TIME,
} from "./builders.ts";

/** What was asked for: busybox that sleeps, on docker's `bridge`. */
export function containerRecord(
  overrides: Partial<ContainerRecord> = {},
): ContainerRecord {
  return {
    ...emptyRecord(),
    name: "c1",
    image: "busybox:1.37",
    imageId: `sha256:${fingerprintFor("busybox")}`,
    cmd: ["sleep", "1000"],
    env: ["PATH=/bin"],
    network: "bridge",
    networkId: fingerprintFor("bridge"),
    serverNetwork: "incusbr0",
    gateways: { ipv4: "10.0.3.1", ipv6: "fd42::1" },
    ...overrides,
  };
}

/** A container that runs, with an address on its network. */
export function container(
  record: Partial<ContainerRecord> = {},
  overrides: Partial<Container> = {},
): Container {
  const whole = containerRecord(record);
  return {
    id: fingerprintFor(whole.name),
    name: whole.name,
    created: SOME_TIME,
    record: whole,
    labels: whole.labels,
    state: containerState(),
    endpoints: [endpoint({
      network: whole.network,
      networkId: whole.networkId,
    })],
    ports: [],
    platform: "linux",
    driver: "incus",
    ...overrides,
  };
}

/** The state of a container that runs. */
export function containerState(
  overrides: Partial<ContainerState> = {},
): ContainerState {
  return {
    status: "running",
    pid: 4242,
    exitCode: 0,
    startedAt: SOME_TIME,
    finishedAt: "",
    ...overrides,
  };
}

/** A place in the network `bridge`. */
export function endpoint(overrides: Partial<Endpoint> = {}): Endpoint {
  return {
    network: "bridge",
    networkId: fingerprintFor("bridge"),
    endpointId: fingerprintFor("endpoint"),
    ipv4: "10.0.3.10",
    ipv4Prefix: 24,
    ipv4Gateway: "10.0.3.1",
    ipv6: "fd42::10",
    ipv6Prefix: 64,
    ipv6Gateway: "fd42::1",
    mac: "10:66:6a:00:00:0a",
    ...overrides,
  };
}

/** The instance of a container that runs. */
export function containerInstance(
  record: Partial<ContainerRecord> = {},
  overrides: Partial<Instance> = {},
): Instance {
  // Its network is known by name alone.
  const whole = containerRecord({ networkId: "", ...record });
  return runningInstance(whole.name, {
    config: containerConfig(whole),
    ...overrides,
  });
}

/** The instance of a container that ran once. */
export function exitedInstance(
  record: Partial<ContainerRecord> = {},
  overrides: Partial<Instance> = {},
): Instance {
  const whole = containerRecord(record);
  return instance(whole.name, {
    config: containerConfig(whole),
    last_used_at: SOME_TIME,
    ...overrides,
  });
}

function containerConfig(record: ContainerRecord): Record<string, string> {
  return {
    [ID_KEY]: fingerprintFor(record.name),
    [RECORD_KEY]: JSON.stringify(record),
  };
}
