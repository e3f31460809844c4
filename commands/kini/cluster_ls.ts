/**
 * `kini cluster ls`
 *
 * @module
 */
import type { Container } from "../../docker/container.ts";
import { alignTable } from "../../docker/table.ts";
import { formatSize } from "../../docker/units.ts";
import { listInstances } from "../../incus/instances.ts";
import { addressOf } from "../../incus/remote.ts";
import type { Instance } from "../../incus/types.ts";
import { containerFrom, isContainer } from "../../modes/containers.ts";
import { defineCommand, exactly } from "../command.ts";
import type { FlagTable } from "../flags.ts";
import { CLUSTER_LABEL, ROLE_LABEL } from "../../modes/kind_labels.ts";

const flags = {
  json: { type: "boolean", usage: "Print the clusters as JSON" },
} satisfies FlagTable;

interface Node {
  name: string;
  role: string;
  state: string;
  addresses: string[];
  ports: string[];
  mode: "oci" | "lxc";
  /** Member of an Incus cluster; empty for a single server. */
  member: string;
  /** Bytes on disk; `null` where the pool can't tell. */
  size: number | null;
}

interface Cluster {
  name: string;
  server: string;
  project: string;
  nodes: Node[];
}

/** Lists kind's clusters with what kind itself doesn't tell. */
export const command = defineCommand({
  usage: "[OPTIONS]",
  args: exactly(0),
  flags,
  details:
    "A size is what the node takes on the server's storage pool, where the " +
    "pool can tell. The JSON has bytes.",
  examples: ["cluster ls", "cluster ls --json"],
  async run(ctx, { values: { json } }) {
    const client = await ctx.incus();
    const clusters = clustersOf(
      await listInstances(client, { state: true }),
      addressOf(client.remote),
      client.remote.project ?? "default",
    );
    const { project } = client.remote;
    if (clusters.length === 0 && project) {
      // Servers answer for a project that isn't there as for an empty one.
      await client.get(`/1.0/projects/${encodeURIComponent(project)}`);
    }
    if (json) {
      const document = { schema: 1, clusters };
      return await ctx.stdout.line(JSON.stringify(document, null, 2));
    }
    if (clusters.length === 0) {
      return await ctx.stderr.line("There are no clusters.");
    }
    await ctx.stdout.line(alignTable(tableOf(clusters)));
  },
});

function clustersOf(
  instances: readonly Instance[],
  server: string,
  project: string,
): Cluster[] {
  const clusters = new Map<string, Cluster>();
  for (const instance of instances.filter(isContainer)) {
    const container = containerFrom(instance);
    const name = container.labels[CLUSTER_LABEL];
    if (!name) continue;
    const cluster = clusters.get(name) ?? { name, server, project, nodes: [] };
    cluster.nodes.push(nodeOf(instance, container));
    clusters.set(name, cluster);
  }
  for (const { nodes } of clusters.values()) nodes.sort(byName);
  return [...clusters.values()].sort(byName);
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1;
}

function nodeOf(instance: Instance, container: Container): Node {
  const { name, labels, state, endpoints, ports } = container;
  // A pool that can't tell says -1.
  const usage = instance.state?.disk?.root?.usage ?? -1;
  return {
    name,
    role: labels[ROLE_LABEL] ?? "",
    state: state.status,
    addresses: endpoints.flatMap(({ ipv4, ipv6 }) => [ipv4, ipv6])
      .filter(Boolean),
    ports: ports.map(({ hostIp, hostPort, containerPort, protocol }) =>
      `${
        hostIp.includes(":") ? `[${hostIp}]` : hostIp
      }:${hostPort}->${containerPort}/${protocol}`
    ),
    mode: instance.config["volatile.container.oci"] === "true" ? "oci" : "lxc",
    member: instance.location === "none" ? "" : instance.location,
    size: usage > 0 ? usage : null,
  };
}

function tableOf(clusters: readonly Cluster[]): string {
  const head =
    "CLUSTER\tNODE\tROLE\tSTATE\tADDRESSES\tPORTS\tSIZE\tMODE\tSERVER";
  const rows = clusters.flatMap(({ name, server, nodes }) =>
    nodes.map((node) =>
      [
        name,
        node.name,
        node.role,
        node.state,
        list(node.addresses),
        list(node.ports),
        node.size === null ? "-" : formatSize(node.size, 3),
        node.mode,
        node.member ? `${server} (${node.member})` : server,
      ].join("\t")
    )
  );
  return [head, ...rows].join("\n");
}

function list(words: readonly string[]): string {
  return words.length === 0 ? "-" : words.join(", ");
}
