/**
 * The cells of the matrix: server and mode, privileges, topology, kind.
 *
 * @module
 */

/** The servers, in the order of the page. `host` is the lab's. */
export const SERVERS = [
  { host: "incus", mode: "oci", label: "Incus 7.0" },
  { host: "incus", mode: "lxc", label: "Incus 7.0" },
  { host: "incus75", mode: "oci", label: "Incus 7.5" },
  { host: "incus60", mode: "lxc", label: "Incus 6.0 LTS" },
  { host: "lxd", mode: "lxc", label: "Canonical LXD 5.0" },
] as const;

export const PRIVILEGES = ["privileged", "unprivileged"] as const;

/** Nodes of a cluster: control planes and workers. */
export const TOPOLOGIES = {
  "1": { controlPlanes: 1, workers: 0, label: "1 node" },
  "1+2": { controlPlanes: 1, workers: 2, label: "1 + 2 workers" },
  "3+lb": { controlPlanes: 3, workers: 0, label: "3 + load balancer" },
} as const;

export const KINDS = ["0.33", "0.27"] as const;

/** One way of having a cluster. */
export interface Cell {
  host: typeof SERVERS[number]["host"];
  mode: typeof SERVERS[number]["mode"];
  privilege: typeof PRIVILEGES[number];
  nodes: keyof typeof TOPOLOGIES;
  kind: typeof KINDS[number];
}

/** A cell's name: in logs, and as a key of its result. */
export function cellId(cell: Cell): string {
  const { host, mode, privilege, nodes, kind } = cell;
  return [host, mode, privilege, nodes, `kind${kind}`].join("-");
}

/** Every cell, those first that say most when there is no time for all. */
export function allCells(): Cell[] {
  const nodes = Object.keys(TOPOLOGIES) as Cell["nodes"][];
  return nodes.flatMap((nodes) =>
    KINDS.flatMap((kind) =>
      PRIVILEGES.flatMap((privilege) =>
        SERVERS.map(({ host, mode }) => ({
          host,
          mode,
          privilege,
          nodes,
          kind,
        }))
      )
    )
  );
}

/** Of each dimension the values that are wanted; all where it is left out. */
export type Selection = {
  [key in keyof Cell]?: readonly string[] | undefined;
};

/**
 * The cells of a selection.
 *
 * @throws {RangeError} No cell has a value that is asked for.
 */
export function select(selection: Selection): Cell[] {
  const all = allCells();
  const wanted = Object.entries(selection) as [
    keyof Cell,
    readonly string[] | undefined,
  ][];
  for (const [key, values] of wanted) {
    const known = new Set<string>(all.map((cell) => cell[key]));
    for (const value of values ?? []) {
      if (known.has(value)) continue;
      throw new RangeError(
        `No cell has ${key} "${value}": there are ${[...known].join(", ")}`,
      );
    }
  }
  return all.filter((cell) =>
    wanted.every(([key, values]) => values?.includes(cell[key]) ?? true)
  );
}
