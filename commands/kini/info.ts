/**
 * `kini info`
 *
 * @module
 */
import { parseNetworkSetting } from "../../modes/network_setting.ts";
import { dockerNetworks, findNetwork } from "../../modes/networks.ts";
import { defineCommand, exactly } from "../command.ts";
import { serverFacts } from "../docker/server_facts.ts";
import type { FlagTable } from "../flags.ts";

const flags = {
  json: { type: "boolean", usage: "Print it as JSON" },
} satisfies FlagTable;

/** Prints which server is used, and how and why nodes are made there. */
export const command = defineCommand({
  usage: "[OPTIONS]",
  args: exactly(0),
  flags,
  details:
    "The server is the one that docker ps asks: the environment chooses it, " +
    "else the configuration of the incus or lxc client, else the socket of " +
    "this machine. See kini help environment.",
  examples: ["info", "info --json"],
  async run(ctx, { values: { json } }) {
    const client = await ctx.incus();
    const [{ product, version, kini }, networks] = await Promise.all([
      serverFacts(ctx, client),
      dockerNetworks(client, parseNetworkSetting(ctx.env("KINI_NETWORK"))),
    ]);
    const network = findNetwork(networks, "bridge")?.serverNetwork ?? "";
    const facts = {
      server: `${product} ${version}`,
      address: kini.socket,
      project: kini.project,
      network,
      mode: kini.mode,
      modeReason: kini.reason,
      nodeImages: kini.images,
      unprivileged: kini.unprivileged,
    };
    if (json) return await ctx.stdout.line(JSON.stringify(facts));
    const lines: [string, string][] = [
      ["Server", facts.server],
      ["Address", facts.address],
      ["Project", facts.project],
      ["Network", network || "that of the default profile"],
      ["Mode", `${kini.mode || "none"} (${kini.reason})`],
      ["Node images", kini.images],
      ["Nodes", kini.unprivileged ? "unprivileged" : "privileged"],
    ];
    for (const [name, value] of lines) {
      await ctx.stdout.line(`${`${name}:`.padEnd(13)}${value}`);
    }
  },
});
