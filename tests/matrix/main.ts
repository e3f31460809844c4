/**
 * Runs cells of the matrix and writes the page. See README.md.
 *
 * @module
 */
import { type Cell, cellId } from "./cell.ts";
import { labFolder, resetHost } from "./lab_host.ts";
import { limitOf } from "./limits.ts";
import { type Options, parseOptions, USAGE } from "./options.ts";
import { RESULTS, writePages } from "./pages.ts";
import { readResults, writeResults } from "./result.ts";
import { runCell } from "./run_cell.ts";

const results = await readResults(RESULTS);

/** Does what the command line asks for, and returns the exit code. */
async function main(args: string[]): Promise<number> {
  let options: Options;
  try {
    options = parseOptions(args);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) {
      throw error;
    }
    print(`${error.message}\n\n${USAGE}`);
    return 2;
  }
  const { task, resume, jobs } = options;
  const cells = options.cells.filter((cell) => !(resume && isGreen(cell)));
  switch (task) {
    case "help":
      print(USAGE);
      return 0;
    case "list":
      for (const cell of cells) print(`${cellId(cell)}\n`);
      return 0;
    case "render":
      await writePages(results);
      return 0;
    case "run":
      return await runAll(cells, jobs);
  }
}

/** The exit code: a red cell that no known limit explains is a failure. */
async function runAll(cells: Cell[], jobs: number): Promise<number> {
  const queues = [...Map.groupBy(cells, ({ host }) => host).entries()];
  const done = new Set<Cell>();
  await Promise.all(Array.from({ length: jobs }, async () => {
    for (let next = queues.shift(); next; next = queues.shift()) {
      await runHost(...next, done);
    }
  }));
  await writePages(results);
  const red = cells.filter((cell) => !isGreen(cell) || !done.has(cell));
  const unexplained = red.filter((cell) => {
    const result = results.get(cellId(cell));
    return !done.has(cell) || !result || !limitOf(result);
  });
  const explained = red.length - unexplained.length;
  if (explained > 0) print(`${explained} failed by known limits\n`);
  print(`${cells.length - red.length} passed, ${unexplained.length} failed\n`);
  return unexplained.length > 0 ? 1 : 0;
}

/** Runs a host's cells, one after the other: one cluster at a time. */
async function runHost(
  host: string,
  cells: readonly Cell[],
  done: Set<Cell>,
): Promise<void> {
  const folder = `${await labFolder()}/log/matrix`;
  await Deno.mkdir(folder, { recursive: true });
  try {
    // The first cell finds it as after an installation.
    await resetHost(host);
  } catch (error) {
    // The other hosts have cells of their own.
    print(`${host}: ${error}\n`);
    return;
  }
  for (const cell of cells) {
    const result = await runCell(cell, folder);
    const earlier = results.get(cellId(cell))?.failure;
    results.set(cellId(cell), { ...result, ...(earlier && { earlier }) });
    done.add(cell);
    await writeResults(RESULTS, results);
    const { failure, seconds } = result;
    const outcome = failure
      ? `RED: ${failure.step}: ${failure.error}`
      : "green";
    print(`${cellId(cell)} ${seconds} s ${outcome}\n`);
  }
}

function isGreen(cell: Cell): boolean {
  const result = results.get(cellId(cell));
  return result !== undefined && !result.failure;
}

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

Deno.exitCode = await main(Deno.args);
