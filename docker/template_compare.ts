/**
 * The comparison functions of Go templates.
 *
 * @module
 */

import { printArgument } from "./go_print.ts";
import {
  GoMap,
  GoScalar,
  GoSlice,
  type GoValue,
  NilPointer,
  typeName,
  unbox,
} from "./go_value.ts";
import { CallError } from "./template_error.ts";

/** A value that has an order or at least a basic kind. */
interface Basic {
  readonly kind: string;
  readonly value: string | number | boolean;
}

/** Whether the first value equals one of the others, by Go's rules. */
export function equalsAny(first: GoValue, ...others: GoValue[]): boolean {
  if (others.length === 0) {
    throw new CallError("missing argument for comparison");
  }
  return others.some((other) => equals(unbox(first), unbox(other)));
}

/** Whether the first value is less than the second, by Go's rules. */
export function compareLess(first: GoValue, second: GoValue): boolean {
  const a = basic(unbox(first));
  const b = basic(unbox(second));
  if (!a || !b) throw new CallError("invalid type for comparison");
  if (!sameKind(a, b)) throw incompatible(unbox(first), unbox(second));
  if (a.kind === "bool") throw new CallError("invalid type for comparison");
  return a.value < b.value;
}

function equals(first: GoValue, second: GoValue): boolean {
  const a = basic(first);
  const b = basic(second);
  if (a && b) {
    if (!sameKind(a, b)) throw incompatible(first, second);
    return a.value === b.value;
  }
  if (a || b) {
    if (first === undefined || second === undefined) return false;
    throw incompatible(first, second);
  }
  if (isNil(first) || isNil(second)) return isNil(first) === isNil(second);
  for (const value of [second, first]) {
    if (value instanceof GoMap || value instanceof GoSlice) {
      const text = printArgument(value, { verb: "v" });
      throw new CallError(`non-comparable type ${text}: ${typeName(value)}`);
    }
  }
  return first === second;
}

function sameKind(a: Basic, b: Basic): boolean {
  const integers = /^u?int$/;
  return a.kind === b.kind || (integers.test(a.kind) && integers.test(b.kind));
}

function incompatible(a: GoValue, b: GoValue): CallError {
  return new CallError(
    `incompatible types for comparison: ${typeName(a)} and ${typeName(b)}`,
  );
}

function basic(value: GoValue): Basic | undefined {
  switch (typeof value) {
    case "string":
      return { kind: "string", value };
    case "boolean":
      return { kind: "bool", value };
    case "number":
      return { kind: Number.isInteger(value) ? "int" : "float", value };
  }
  return value instanceof GoScalar && value.kind !== "struct"
    ? { kind: value.kind, value: value.value }
    : undefined;
}

function isNil(value: GoValue): boolean {
  if (value instanceof GoMap || value instanceof GoSlice) return value.isNil;
  return value === undefined || value instanceof NilPointer;
}
