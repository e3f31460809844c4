/**
 * `docker network connect kind kind-registry`
 *
 * All names that `docker network create` gave stand for one network of the
 * server, so a container that is there gets one more name of it. A second
 * network would be of no use: nothing in a container that runs would set it up.
 *
 * @module
 */
import { requireInstance } from "../../modes/container_errors.ts";
import { containerFrom } from "../../modes/containers.ts";
import { networkNames, setNetworkNames } from "../../modes/network_names.ts";
import { parseNetworkSetting } from "../../modes/network_setting.ts";
import { dockerNetworks, findNetwork } from "../../modes/networks.ts";
import { defineCommand, exactly } from "../command.ts";
import { DaemonError } from "../errors.ts";
import type { FlagTable } from "../flags.ts";

const flags = {
  alias: {
    type: "strings",
    value: "strings",
    usage: "Add network-scoped alias for the container",
    ignored: "the server's DNS knows instances by their names only",
  },
  "driver-opt": {
    type: "strings",
    value: "strings",
    usage: "driver options for the network",
    ignored: "the server's network has none",
  },
  ip: { type: "string", usage: 'IPv4 address (e.g., "172.30.100.104")' },
  ip6: { type: "string", usage: 'IPv6 address (e.g., "2001:db8::33")' },
  link: {
    type: "strings",
    value: "list",
    usage: "Add link to another container",
    ignored: "the server's DNS knows instances by their names only",
  },
} satisfies FlagTable;

/** The command. */
export const command = defineCommand({
  usage: "[OPTIONS] NETWORK CONTAINER",
  flags,
  args: exactly(2),
  examples: ["network connect kind kind-registry"],
  async run(ctx, { values, args }) {
    const [ref = "", name = ""] = args;
    const client = await ctx.incus();
    const setting = parseNetworkSetting(ctx.env("KINI_NETWORK"));
    const network = findNetwork(await dockerNetworks(client, setting), ref);
    if (!network) throw new DaemonError(`network ${ref} not found`);
    const instance = await requireInstance(client, name);
    const container = containerFrom(instance);
    const { record, endpoints } = container;
    if (record.network === "none" || network.name === "none") {
      throw new DaemonError(
        "container cannot be connected to multiple networks with one of the " +
          "networks in private (none) mode",
      );
    }
    const names = networkNames(instance, record);
    if (names.some((one) => one.name === network.name)) {
      throw new DaemonError(
        `endpoint with name ${container.name} already exists in network ` +
          network.name,
      );
    }
    if (network.serverNetwork !== record.serverNetwork) {
      throw new DaemonError(
        `container ${container.name} is on the server's network ` +
          `"${record.serverNetwork}" and can't get on ` +
          `"${network.serverNetwork}" as well: make it with --network ` +
          network.name,
      );
    }
    for (const asked of [values.ip, values.ip6]) {
      if (
        !asked ||
        endpoints.some(({ ipv4, ipv6 }) => [ipv4, ipv6].includes(asked))
      ) continue;
      throw new DaemonError(
        `container ${container.name} keeps the address that it has on ` +
          `"${network.serverNetwork}": leave --ip and --ip6 out`,
      );
    }
    await setNetworkNames(client, instance, [
      ...names,
      { name: network.name, id: network.id },
    ]);
  },
});
