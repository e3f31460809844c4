/**
 * Limits of the servers: why a cell is red that no change of kini makes green.
 *
 * @module
 */
import type { Cell } from "./cell.ts";
import type { CellResult } from "./result.ts";

/** A limit of a server, a footnote on the page. */
export interface Limit {
  /** The cells that it concerns; what is left out doesn't matter. */
  cells: Partial<Cell>;
  /** The step that it makes fail. */
  step: string;
  /** What the error's line has in it. */
  error: string;
  /** One sentence or two: what the server can't do, and since when it can. */
  why: string;
}

export const LIMITS: readonly Limit[] = [];

/** The limit that explains a red cell, if one does. */
export function limitOf(
  result: CellResult,
  limits: readonly Limit[] = LIMITS,
): Limit | undefined {
  const { failure } = result;
  if (!failure) return;
  return limits.find(({ cells, step, error }) =>
    step === failure.step && failure.error.includes(error) &&
    Object.entries(cells).every(([key, value]) =>
      result[key as keyof Cell] === value
    )
  );
}
