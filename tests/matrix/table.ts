/**
 * Results as tables of Markdown.
 *
 * @module
 */
import {
  type Cell,
  cellId,
  KINDS,
  PRIVILEGES,
  SERVERS,
  TOPOLOGIES,
} from "./cell.ts";
import type { CellResult } from "./result.ts";

export type Results = ReadonlyMap<string, CellResult>;

/** A table's lines. */
export function table(head: readonly string[], rows: string[][]): string[] {
  return [head, head.map(() => "---"), ...rows].map((cells) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`
  );
}

/** A line a server and mode, a column a topology: whether every kind works. */
export function summaryTable(results: Results): string[] {
  const topologies = Object.entries(TOPOLOGIES);
  const head = PRIVILEGES.flatMap((privilege) =>
    topologies.map(([, { label }]) =>
      privilege === "privileged" ? label : `unprivileged: ${label}`
    )
  );
  const rows = SERVERS.map(({ host, mode, label }) => [
    label,
    mode.toUpperCase(),
    ...PRIVILEGES.flatMap((privilege) =>
      topologies.map(([nodes]) =>
        summary(
          results,
          { host, mode, privilege, nodes: nodes as Cell["nodes"] },
        )
      )
    ),
  ]);
  return table(["server", "mode", ...head], rows);
}

/** `yes`, `no`, or what holds for which kind. */
function summary(results: Results, rest: Omit<Cell, "kind">): string {
  const words = KINDS.map((kind) => {
    const result = results.get(cellId({ ...rest, kind }));
    if (!result) return "not run";
    return result.failure ? "no" : "yes";
  });
  if (new Set(words).size === 1) return words[0] ?? "";
  return KINDS.map((kind, index) => `${words[index]} (kind ${kind})`)
    .join(", ");
}

/**
 * A line a server, mode and privilege, a column a topology and kind: how long
 * each cell took and what its nodes were made of, or `note`'s word for a red one.
 */
export function cellTable(
  results: Results,
  note: (result: CellResult) => string,
): string[] {
  const columns = (Object.keys(TOPOLOGIES) as Cell["nodes"][]).flatMap(
    (nodes) => KINDS.toReversed().map((kind) => ({ nodes, kind })),
  );
  const head = columns.map(({ nodes, kind }) =>
    `${TOPOLOGIES[nodes].label}, kind ${kind}`
  );
  const rows = SERVERS.flatMap(({ host, mode, label }) =>
    PRIVILEGES.map((privilege) => {
      const row = columns.map((column) =>
        results.get(cellId({ host, mode, privilege, ...column }))
      );
      return [
        label,
        mode.toUpperCase(),
        privilege,
        ...row.map((result) => {
          if (!result) return "not run";
          if (result.failure) return note(result);
          const image = mode === "lxc" ? `, ${result.facts.image}` : "";
          return `${result.seconds} s${image}`;
        }),
      ];
    })
  );
  return table(["server", "mode", "nodes", ...head], rows);
}
