/**
 * `docker network rm ID`
 *
 * Takes names away that `docker network create` gave; the server's networks
 * themselves are left alone.
 *
 * @module
 */
import type { Container } from "../../docker/container.ts";
import { isPredefinedNetwork } from "../../docker/network_filter.ts";
import type { IncusClient } from "../../incus/client.ts";
import { listContainers } from "../../modes/containers.ts";
import { membersOf } from "../../modes/network_members.ts";
import { parseNetworkSetting } from "../../modes/network_setting.ts";
import {
  dockerNetworks,
  findNetwork,
  removeNetworkName,
} from "../../modes/networks.ts";
import type { DockerNetwork } from "../../docker/network.ts";
import { atLeast, defineCommand } from "../command.ts";
import type { FlagTable } from "../flags.ts";

const flags = {
  force: {
    type: "boolean",
    short: "f",
    usage: "Do not error if the network does not exist",
  },
} satisfies FlagTable;

/** The command. */
export const command = defineCommand({
  usage: "NETWORK [NETWORK...]",
  flags,
  args: atLeast(1),
  examples: ["network rm kind"],
  async run(ctx, { values, args }) {
    const client = await ctx.incus();
    const [networks, containers] = await Promise.all([
      dockerNetworks(client, parseNetworkSetting(ctx.env("KINI_NETWORK"))),
      listContainers(client),
    ]);
    const failures: string[] = [];
    for (const ref of args) {
      const network = findNetwork(networks, ref);
      if (!network && values.force) continue;
      const failure = await remove(client, network, ref, containers);
      if (failure) failures.push(`Error response from daemon: ${failure}`);
      else await ctx.stdout.line(ref);
    }
    if (failures.length > 0) throw new Error(failures.join("\n"));
  },
});

/** Removes a name, or says in docker's words why not. */
async function remove(
  client: IncusClient,
  network: DockerNetwork | undefined,
  ref: string,
  containers: readonly Container[],
): Promise<string | undefined> {
  if (!network) return `network ${ref} not found`;
  const { name, id } = network;
  if (isPredefinedNetwork(name)) {
    return `${name} is a pre-defined network and cannot be removed`;
  }
  if (!network.added) {
    return `network ${name} was not made by docker: ` +
      `"incus network delete ${network.serverNetwork}" removes it`;
  }
  if (membersOf(network, containers).length > 0) {
    return `error while removing network: network ${name} id ${id} ` +
      "has active endpoints";
  }
  await removeNetworkName(client, network);
}
