/**
 * What listings have in common.
 *
 * @module
 */
import { Filters } from "../../docker/filter.ts";
import { DaemonError } from "../errors.ts";
import { type FlagTable, flagValueError } from "../flags.ts";

/** The help of `--format` in listings. */
export const LIST_FORMAT_USAGE = `Format output using a custom template:
'table':            Print output in table format with column headers (default)
'table TEMPLATE':   Print output in table format using the given Go template
'json':             Print in JSON format
'TEMPLATE':         Print output using the given Go template.
Refer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates`;

/** The help of `--format` for single objects. */
export const FORMAT_USAGE = `Format output using a custom template:
'json':             Print in JSON format
'TEMPLATE':         Print output using the given Go template.
Refer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates`;

/**
 * Reads the values of `--filter`.
 *
 * @throws {UsageError} When one is no `name=value`.
 */
export function readFilters(
  flags: FlagTable,
  texts: readonly string[],
): Filters {
  try {
    return Filters.parse(texts);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const bad = texts.find((text) => text !== "" && !text.includes("=")) ?? "";
    throw flagValueError(flags, "filter", bad, error);
  }
}

/** Runs a filter; what it refuses, docker's daemon would have refused. */
export function applyFilters<T>(filter: () => T): T {
  try {
    return filter();
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError) {
      throw new DaemonError(error.message, { cause: error });
    }
    throw error;
  }
}
