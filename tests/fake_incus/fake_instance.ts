/**
 * One instance of the fake server, with what the API shows of its inside.
 *
 * @module
 */
import type {
  Device,
  Instance,
  InstanceState,
  InstanceStateNetwork,
  Network,
} from "../../incus/types.ts";
import { LOOPBACK } from "../builders.ts";
import { FileTree } from "./file_tree.ts";

/** What an instance may be made with, besides its own fields. */
export interface FakeInstanceOptions {
  files?: Record<string, string>;
  /** Log files by name. */
  logs?: Record<string, string>;
}

/** The log file that kini has the console written to. */
export const CONSOLE_LOG = "migration_kini_console.log";

/** An instance and its inside. */
export class FakeInstance {
  /** As the API gives it, without its state. */
  readonly instance: Instance;
  readonly files: FileTree;
  /** Log files that the API hands out. */
  readonly logs = new Map<string, string>();
  /** Archives of its files that the server keeps, by name. */
  readonly backups = new Map<string, Uint8Array>();
  /** What is sent in the place of its whole archive. */
  archive: Uint8Array | undefined;
  /** Signals that its first process got by a command in the instance. */
  readonly signals: number[] = [];
  /** Console output that nobody has read yet: each byte is given once. */
  consoleUnread = "";
  /** Its IPv4 address from somebody else than the server, as `192.0.2.9/24`. */
  leased = "";
  #state: InstanceState | undefined;
  /** The number behind addresses and process ids. */
  readonly number: number;

  constructor(
    instance: Instance,
    number: number,
    options: FakeInstanceOptions = {},
  ) {
    const { state, ...rest } = instance;
    this.instance = rest;
    this.number = number;
    this.#state = state ?? undefined;
    this.files = new FileTree(options.files);
    for (const [name, text] of Object.entries(options.logs ?? {})) {
      this.logs.set(name, text);
    }
  }

  get name(): string {
    return this.instance.name;
  }

  get running(): boolean {
    return this.instance.status === "Running";
  }

  /** What the process has printed; goes to the console and its log file. */
  print(text: string): void {
    this.consoleUnread += text;
    if (this.instance.config["raw.lxc"]?.includes(CONSOLE_LOG)) {
      this.logs.set(CONSOLE_LOG, (this.logs.get(CONSOLE_LOG) ?? "") + text);
    }
  }

  /** The run-time state. */
  state(networks: ReadonlyMap<string, Network>): InstanceState {
    const { status, status_code } = this.instance;
    if (status === "Stopped") {
      return { status, status_code, pid: 0, processes: -1, network: null };
    }
    const state = this.#state ?? this.#stateFor(networks);
    return { ...state, status, status_code };
  }

  /** Forgets the state of the last run. */
  resetState(): void {
    this.#state = undefined;
  }

  #stateFor(networks: ReadonlyMap<string, Network>): InstanceState {
    const network: Record<string, InstanceStateNetwork> = {
      lo: LOOPBACK,
    };
    for (
      const [name, device] of Object.entries(this.instance.expanded_devices)
    ) {
      if (device.type !== "nic") continue;
      network[device.name ?? name] = this.#interface(name, device, networks);
    }
    return {
      status: "Running",
      status_code: 103,
      pid: 4000 + this.number,
      processes: 1,
      started_at: this.instance.last_used_at,
      network,
    };
  }

  /** What the container runtime was told to set up. */
  #runtimeIpv6(): string | undefined {
    return /^lxc\.net\.0\.ipv6\.address=(.*)\/\d+$/m.exec(
      this.instance.config["raw.lxc"] ?? "",
    )?.[1];
  }

  #interface(
    name: string,
    device: Device,
    networks: ReadonlyMap<string, Network>,
  ): InstanceStateNetwork {
    const config = networks.get(device.network ?? "")?.config ?? {};
    const [ipv4, bits4] = (config["ipv4.address"] ?? "").split("/");
    const [ipv6, bits6] = (config["ipv6.address"] ?? "").split("/");
    const addresses: InstanceStateNetwork["addresses"] = [];
    const [leased = "", leasedBits = ""] = this.leased.split("/");
    if (leased) {
      addresses.push({
        family: "inet",
        address: leased,
        netmask: leasedBits,
        scope: "global",
      });
    } else if (ipv4 && bits4) {
      addresses.push({
        family: "inet",
        address: device["ipv4.address"] ??
          ipv4.replace(/\d+$/, String(9 + this.number)),
        netmask: bits4,
        scope: "global",
      });
    }
    if (ipv6 && bits6) {
      addresses.push({
        family: "inet6",
        address: device["ipv6.address"] ?? this.#runtimeIpv6() ??
          ipv6.replace(/::.*$/, `::${(15 + this.number).toString(16)}`),
        netmask: bits6,
        scope: "global",
      });
    }
    addresses.push({
      family: "inet6",
      address: `fe80::1266:6aff:fe00:${(15 + this.number).toString(16)}`,
      netmask: "64",
      scope: "link",
    });
    return {
      addresses,
      hwaddr: device.hwaddr ??
        this.instance.config[`volatile.${name}.hwaddr`] ?? "",
      host_name: `veth${String(this.number).padStart(8, "0")}`,
      mtu: 1500,
      state: "up",
      type: "broadcast",
    };
  }
}
