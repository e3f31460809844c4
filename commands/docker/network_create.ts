/**
 * `docker network create -d=bridge -o com.docker.network.bridge.enable_ip_masquerade=true --ipv6 --subnet fc00:f853:ccd:e793::/64 kind`
 *
 * No second network is made: the one that Incus is configured to use gets one
 * more name, so its addresses and options stay what they are.
 *
 * @module
 */
import { isIpAddress } from "../../docker/ip_address.ts";
import { parseLabel } from "../../docker/label.ts";
import { isPredefinedNetwork } from "../../docker/network_filter.ts";
import { parseNetworkSetting } from "../../modes/network_setting.ts";
import { addNetworkName, dockerNetworks } from "../../modes/networks.ts";
import { defineCommand, exactly } from "../command.ts";
import { DaemonError } from "../errors.ts";
import { type FlagTable, flagValueError } from "../flags.ts";

const CONFIGURED = "the network that Incus is configured to use keeps its own";

const flags = {
  attachable: {
    type: "boolean",
    usage: "Enable manual container attachment",
    ignored: "it is about swarm",
  },
  "aux-address": {
    type: "strings",
    value: "map",
    usage: "Auxiliary IPv4 or IPv6 addresses used by Network driver",
    ignored: CONFIGURED,
  },
  driver: {
    type: "string",
    short: "d",
    default: "bridge",
    usage: "Driver to manage the Network",
  },
  gateway: {
    type: "strings",
    value: "strings",
    usage: "IPv4 or IPv6 Gateway for the master subnet",
    ignored: CONFIGURED,
  },
  internal: {
    type: "boolean",
    usage: "Restrict external access to the network",
    ignored: CONFIGURED,
  },
  "ip-range": {
    type: "strings",
    value: "strings",
    usage: "Allocate container ip from a sub-range",
    ignored: CONFIGURED,
  },
  "ipam-driver": {
    type: "string",
    default: "default",
    usage: "IP Address Management Driver",
    ignored: CONFIGURED,
  },
  "ipam-opt": {
    type: "strings",
    value: "map",
    usage: "Set IPAM driver specific options",
    ignored: CONFIGURED,
  },
  ipv6: { type: "boolean", usage: "Enable IPv6 networking" },
  label: { type: "strings", usage: "Set metadata on a network" },
  opt: {
    type: "strings",
    short: "o",
    value: "map",
    usage: "Set driver specific options",
    ignored: "kept and shown, but the network is there already",
  },
  scope: {
    type: "string",
    usage: "Control the network's scope",
    ignored: "there is only the scope local",
  },
  subnet: {
    type: "strings",
    value: "strings",
    usage: "Subnet in CIDR format that represents a network segment",
    ignored: CONFIGURED,
  },
} satisfies FlagTable;

/** The command. */
export const command = defineCommand({
  usage: "[OPTIONS] NETWORK",
  flags,
  args: exactly(1),
  examples: ["network create -d=bridge kind"],
  async run(ctx, { values, args }) {
    const name = args[0]!;
    const labels = Object.fromEntries(values.label.map(readLabel));
    if (
      values.subnet.length === 0 &&
      values.gateway.length + values["ip-range"].length > 0
    ) {
      throw new Error(
        "every ip-range or gateway must have a corresponding subnet",
      );
    }
    checkName(name);
    checkSubnets(values.subnet);
    if (values.driver !== "bridge") {
      throw new DaemonError(
        `plugin ${JSON.stringify(values.driver)} not found`,
      );
    }
    const client = await ctx.incus();
    const setting = parseNetworkSetting(ctx.env("KINI_NETWORK"));
    const networks = await dockerNetworks(client, setting);
    const taken = networks.some((one) =>
      one.name === name || one.serverNetwork === name
    );
    if (taken) {
      throw new DaemonError(`network with name ${name} already exists`);
    }
    const configured = networks.find((one) =>
      one.configured && one.serverNetwork !== ""
    );
    if (!configured) {
      const { profile } = setting;
      throw new Error(
        `Cannot create network "${name}": the ${profile} profile of Incus has ` +
          "no network that Incus manages. Give it one with " +
          `"incus profile device add ${profile} eth0 nic network=NETWORK"`,
      );
    }
    if (values.ipv6 && !configured.ipv6) {
      // By these words kind knows to do without.
      throw new DaemonError(
        `Cannot read IPv6 setup for bridge ${configured.serverNetwork}: the ` +
          "server's network has ipv6.address=none",
      );
    }
    const record = {
      options: Object.fromEntries(values.opt.map(readOption)),
      labels,
      ipv6: values.ipv6,
    };
    await ctx.stdout.line(
      await addNetworkName(client, configured, name, record, ctx.now()),
    );
  },
});

function checkName(name: string): void {
  if (isPredefinedNetwork(name)) {
    throw new DaemonError(
      `operation is not permitted on predefined ${name} network`,
    );
  }
  if (name.trim() === "") throw new DaemonError("invalid name:");
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name)) {
    throw new DaemonError(
      `invalid name: ${name}: only [a-zA-Z0-9][a-zA-Z0-9_.-]* is allowed`,
    );
  }
}

/** The daemon's check; what a subnet says is not used otherwise. */
function checkSubnets(subnets: readonly string[]): void {
  const bad = subnets.filter((subnet) => {
    const [address = "", bits = "", ...more] = subnet.split("/");
    const most = address.includes(":") ? 128 : 32;
    return more.length > 0 || !isIpAddress(address) ||
      !/^\d+$/.test(bits) || Number(bits) > most;
  });
  if (bad.length === 0) return;
  throw new DaemonError(
    ["invalid network config:"]
      .concat(
        bad.map((subnet) =>
          `invalid subnet ${subnet}: invalid CIDR block notation`
        ),
      ).join("\n"),
  );
}

function readLabel(text: string): [key: string, value: string] {
  try {
    return parseLabel(text);
  } catch (error) {
    throw flagValueError(flags, "label", text, error);
  }
}

function readOption(text: string): [key: string, value: string] {
  const equals = text.indexOf("=");
  return equals < 0
    ? [text, ""]
    : [text.slice(0, equals), text.slice(equals + 1)];
}
