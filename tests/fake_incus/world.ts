/**
 * Everything that the fake server knows.
 *
 * @module
 */
import type {
  Instance,
  InstanceState,
  Network,
  Profile,
  Server,
} from "../../incus/types.ts";
import type { ClusterMember } from "../../incus/cluster.ts";
import type { FakeImage } from "../builders.ts";
import { Refusal } from "./answers.ts";
import type { ExecHandler } from "./fake_exec.ts";
import { FakeInstance, type FakeInstanceOptions } from "./fake_instance.ts";

/** What happens in an instance at the test's word. */
export interface Hooks {
  /** Runs a command; `undefined` leaves it to the built-in ones. */
  onExec?: ExecHandler;
  /**
   * Called when a command in the instance signals its first process; `false`
   * is a process that lives on.
   */
  onSignal?: (instance: FakeInstance, signal: number) => boolean;
  /** Called when an instance starts; what it throws makes the start fail. */
  onStart?: (instance: FakeInstance) => void | Promise<void>;
  /** Called before a clean stop; `false` is a process that won't stop. */
  onStop?: (instance: FakeInstance) => boolean;
}

/** The state of the server. */
export class World {
  server: Server;
  readonly instances = new Map<string, FakeInstance>();
  /** The image store, by fingerprint. */
  readonly images = new Map<string, FakeImage>();
  /** Images that can be pulled, by `registry/repository:tag`. */
  readonly registry = new Map<string, FakeImage>();
  readonly networks = new Map<string, Network>();
  readonly profiles = new Map<string, Profile>();
  readonly projects = new Set(["default"]);
  /** Of a cluster; the server itself is the first. */
  readonly members: ClusterMember[] = [];
  /** Addresses that something else listens on: `tcp:0.0.0.0:80`. */
  readonly busyPorts = new Set<string>();
  readonly hooks: Hooks = {};
  /** The server's clock. */
  now: () => Date = () => new Date("2026-01-02T03:04:05Z");
  #count = 0;

  constructor(server: Server) {
    this.server = server;
  }

  /** The number that the next instance gets; addresses are made of it. */
  get nextNumber(): number {
    return this.#count + 1;
  }

  /** Puts an instance there. */
  addInstance(
    instance: Instance,
    options: FakeInstanceOptions = {},
  ): FakeInstance {
    const made = new FakeInstance(instance, ++this.#count, options);
    this.instances.set(instance.name, made);
    return made;
  }

  /** An instance of the request's path; 404 when there is none. */
  instance(name: string): FakeInstance {
    const found = this.instances.get(decodeURIComponent(name));
    if (found) return found;
    throw new Refusal(
      404,
      `Failed to fetch instance "${
        decodeURIComponent(name)
      }" in project "default": Instance not found`,
    );
  }

  /** An instance with its state, as the full form has it. */
  fullInstance(instance: FakeInstance): Instance & {
    state: InstanceState;
    snapshots: null;
    backups: null;
  } {
    return {
      ...instance.instance,
      state: instance.state(this.networks),
      snapshots: null,
      backups: null,
    };
  }

  /** Works out what an instance gets with its profiles. */
  expand(instance: Instance): void {
    const profiles = instance.profiles.map((name) => this.profiles.get(name));
    instance.expanded_config = Object.assign(
      {},
      ...profiles.map((one) => one?.config),
      instance.config,
    );
    instance.expanded_devices = Object.assign(
      {},
      ...profiles.map((one) => one?.devices),
      instance.devices,
    );
  }

  /** URLs of what has a device on the network. */
  usersOf(network: string): string[] {
    const uses = (devices: Instance["devices"]) =>
      Object.values(devices).some((device) =>
        device.type === "nic" &&
        (device.network === network || device.parent === network)
      );
    const users: string[] = [];
    for (const { instance } of this.instances.values()) {
      if (uses(instance.expanded_devices)) {
        users.push(`/1.0/instances/${instance.name}`);
      }
    }
    for (const profile of this.profiles.values()) {
      if (uses(profile.devices)) users.push(`/1.0/profiles/${profile.name}`);
    }
    return users;
  }

  /** True when the server has the API extension. */
  has(extension: string): boolean {
    return this.server.api_extensions?.includes(extension) ?? false;
  }

  /** The time now as the API writes it. */
  time(): string {
    return this.now().toISOString().replace(/\.000Z$/, "Z");
  }
}
