/**
 * What a function of a template looks like to the executor.
 *
 * @module
 */

import { type GoValue, unbox } from "./go_value.ts";

/**
 * The type of a parameter: "value" takes anything as it is, "any" takes it
 * without its interface, the rest are Go types.
 */
export type ParameterType = "value" | "any" | "string" | "int" | "[]string";

/** A function; it throws a `CallError` to fail the template. */
export interface TemplateFunction {
  readonly parameters: readonly ParameterType[];
  /** Whether the last parameter repeats. */
  readonly variadic?: boolean;
  readonly call: (...args: GoValue[]) => GoValue;
}

/** Functions by name. */
export type FunctionTable = Readonly<Record<string, TemplateFunction>>;

/** The argument of a "string" parameter, which the executor has checked. */
export function stringArgument(value: GoValue): string {
  return String(unbox(value) ?? "");
}

/** The argument of an "int" parameter, which the executor has checked. */
export function intArgument(value: GoValue): number {
  return Number(unbox(value) ?? 0);
}
