/**
 * The command line of tests/matrix/run.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { type Cell, select } from "./cell.ts";

export const USAGE = `usage: tests/matrix/run [CELLS] [OPTIONS]

CELLS, each with one value or several ("1,1+2"); all unless told:
  --server incus|incus60|incus75|lxd   --mode oci|lxc   --nodes 1|1+2|3+lb
  --privilege privileged|unprivileged  --kind 0.33|0.27
OPTIONS:
  --resume    leave out cells that are green already
  --jobs N    hosts at a time (1)
  --list      print the cells, run nothing
  --render    write the page from the results, run nothing
`;

/** What is wanted. */
export interface Options {
  cells: Cell[];
  resume: boolean;
  jobs: number;
  task: "run" | "list" | "render" | "help";
}

const several = { type: "string" } as const;
const flag = { type: "boolean", default: false } as const;

/**
 * Reads a command line.
 *
 * @throws {TypeError} An option isn't known.
 * @throws {RangeError} No cell has a value that is asked for.
 */
export function parseOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      server: several,
      mode: several,
      nodes: several,
      privilege: several,
      kind: several,
      jobs: { type: "string", default: "1" },
      resume: flag,
      list: flag,
      render: flag,
      help: flag,
    },
  });
  const jobs = Number(values.jobs);
  if (!Number.isInteger(jobs) || jobs < 1) {
    throw new RangeError(`No number of hosts: "${values.jobs}"`);
  }
  const cells = select({
    host: values.server?.split(","),
    mode: values.mode?.split(","),
    nodes: values.nodes?.split(","),
    privilege: values.privilege?.split(","),
    kind: values.kind?.split(","),
  });
  const tasks = ["help", "list", "render"] as const;
  const task = tasks.find((name) => values[name]) ?? "run";
  return { cells, resume: values.resume, jobs, task };
}
