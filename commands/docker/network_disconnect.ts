/**
 * `docker network disconnect kind kind-registry`
 *
 * Takes one name of its network from a container that has several; the network
 * itself stays.
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
  force: {
    type: "boolean",
    short: "f",
    usage: "Force the container to disconnect from a network",
    ignored: "no endpoint outlives its container",
  },
} satisfies FlagTable;

/** The command. */
export const command = defineCommand({
  usage: "[OPTIONS] NETWORK CONTAINER",
  flags,
  args: exactly(2),
  examples: ["network disconnect kind web"],
  async run(ctx, { args }) {
    const [ref = "", name = ""] = args;
    const client = await ctx.incus();
    const setting = parseNetworkSetting(ctx.env("KINI_NETWORK"));
    const network = findNetwork(await dockerNetworks(client, setting), ref);
    if (!network) throw new DaemonError(`network ${ref} not found`);
    const instance = await requireInstance(client, name);
    const { id, name: shown, record } = containerFrom(instance);
    const names = networkNames(instance, record);
    const rest = names.filter((one) => one.name !== network.name);
    if (rest.length === names.length) {
      throw new DaemonError(
        `container ${id} is not connected to network ${network.name}`,
      );
    }
    if (rest.length === 0) {
      throw new DaemonError(
        `container ${shown} would be left without any network, where nothing ` +
          "in it could set one up again: stop or pause it to take it away " +
          "from the others",
      );
    }
    await setNetworkNames(client, instance, rest);
  },
});
