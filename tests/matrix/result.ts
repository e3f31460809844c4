/**
 * What a cell came to, and the file that keeps it.
 *
 * @module
 */
import { allCells, type Cell, cellId } from "./cell.ts";

/** A cell's outcome. It is green without a {@linkcode Failure}. */
export interface CellResult extends Cell {
  /** The day, as `2026-11-22`. */
  date: string;
  seconds: number;
  facts: Facts;
  /** Names of the steps that succeeded. */
  passed: string[];
  failure?: Failure;
  /** How the run before this one failed: the cell doesn't always work. */
  earlier?: Failure;
}

/** What took part, as it reports itself; empty where it was not asked. */
export interface Facts {
  /** `incus 7.0.2` */
  server?: string;
  /** `0.33.0` */
  kind?: string;
  /** What the nodes were made of: `kindest` or `kubeadm`. */
  image?: string;
  /** `v1.35.0` */
  kubernetes?: string;
}

/** The step that a red cell stopped at. */
export interface Failure {
  step: string;
  /** The first line that tells of an error. */
  error: string;
}

/** The results of a file, by the cell's id; none where there is no file. */
export async function readResults(
  file: string | URL,
): Promise<Map<string, CellResult>> {
  let text = "[]";
  try {
    text = await Deno.readTextFile(file);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const all = JSON.parse(text) as CellResult[];
  return new Map(all.map((result) => [cellId(result), result]));
}

/** Writes all results, in the cells' order, at once or not at all. */
export async function writeResults(
  file: string,
  results: ReadonlyMap<string, CellResult>,
): Promise<void> {
  const sorted = allCells().flatMap((cell) => results.get(cellId(cell)) ?? []);
  await Deno.writeTextFile(
    `${file}.new`,
    `${JSON.stringify(sorted, null, 2)}\n`,
  );
  await Deno.rename(`${file}.new`, file);
}
