/**
 * `docker network ls --filter=name=^kind$ --format={{.ID}}`
 *
 * @module
 */
import { renderRows } from "../../docker/format.ts";
import { filterNetworks } from "../../docker/network_filter.ts";
import { NETWORK_ROW_OPTIONS, networkRow } from "../../docker/network_view.ts";
import { listContainers } from "../../modes/containers.ts";
import { membersOf } from "../../modes/network_members.ts";
import { parseNetworkSetting } from "../../modes/network_setting.ts";
import { dockerNetworks } from "../../modes/networks.ts";
import { defineCommand, exactly } from "../command.ts";
import type { FlagTable } from "../flags.ts";
import { applyFilters, LIST_FORMAT_USAGE, readFilters } from "./list_flags.ts";

const flags = {
  filter: {
    type: "strings",
    short: "f",
    value: "filter",
    usage: 'Provide filter values (e.g. "driver=bridge")',
  },
  format: { type: "string", default: "", usage: LIST_FORMAT_USAGE },
  "no-trunc": { type: "boolean", usage: "Do not truncate the output" },
  quiet: { type: "boolean", short: "q", usage: "Only display network IDs" },
} satisfies FlagTable;

/** The command. */
export const command = defineCommand({
  usage: "[OPTIONS]",
  flags,
  args: exactly(0),
  examples: ["network ls --filter=name=^kind$ --format={{.ID}}"],
  async run(ctx, { values }) {
    const filters = readFilters(flags, values.filter);
    const client = await ctx.incus();
    const [networks, containers] = await Promise.all([
      dockerNetworks(client, parseNetworkSetting(ctx.env("KINI_NETWORK"))),
      // Only this filter asks who is in a network.
      filters.has("dangling") ? listContainers(client) : [],
    ]);
    const candidates = networks.map((network) => ({
      ...network,
      network,
      scope: "local",
      inUse: membersOf(network, containers).length > 0,
    }));
    const picked = applyFilters(() => filterNetworks(candidates, filters));
    const row = { noTrunc: values["no-trunc"] };
    const rows = picked.map(({ network }) => networkRow(network, row));
    await ctx.stdout.text(
      renderRows(rows, values.format, {
        ...NETWORK_ROW_OPTIONS,
        quiet: values.quiet,
      }),
    );
  },
});
