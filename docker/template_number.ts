/**
 * Number and character literals of a Go template.
 *
 * @module
 */

import { quote, unquote } from "./go_quote.ts";
import type { NumberNode } from "./template_node.ts";

/** An integer literal with its sign and base prefix. */
const INTEGER =
  /^([+-]?)(?:0[xX]_?([\da-fA-F](?:_?[\da-fA-F])*)|0[bB]_?([01](?:_?[01])*)|0[oO]?_?([0-7](?:_?[0-7])*)|(0|[1-9](?:_?\d)*))$/;

/** A decimal floating-point literal. */
const FLOAT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Reads a number literal; throws when it is malformed or too large. */
export function parseNumber(source: string, at: number): NumberNode {
  const node = { kind: "number", at, source } as const;
  const integer = readInteger(source);
  if (integer !== undefined) {
    if (integer >= 2n ** 64n || integer < -(2n ** 63n)) {
      throw new RangeError(`integer overflow: ${quote(source)}`);
    }
    // Go has no int for these, though it has a uint64.
    const fits = integer < 2n ** 63n;
    return {
      ...node,
      integer: fits ? Number(integer) : undefined,
      float: Number(integer),
    };
  }
  const float = Number(source);
  if (!FLOAT.test(source) || !Number.isFinite(float)) {
    throw new SyntaxError(`illegal number syntax: ${quote(source)}`);
  }
  if (!/[.eE]/.test(source)) {
    throw new RangeError(`integer overflow: ${quote(source)}`);
  }
  return {
    ...node,
    integer: Number.isInteger(float) ? float : undefined,
    float,
  };
}

/** Reads a character literal; throws when it is not one character. */
export function parseCharacter(source: string, at: number): NumberNode {
  if (source === "''" || source === "'''") {
    throw new SyntaxError("invalid syntax");
  }
  const chars = [...unquote(source)];
  if (chars.length > 1) {
    throw new SyntaxError(`malformed character constant: ${source}`);
  }
  const point = chars[0]?.codePointAt(0) ?? 0;
  return { kind: "number", at, source, integer: point, float: point };
}

function readInteger(source: string): bigint | undefined {
  const match = INTEGER.exec(source);
  if (!match) return undefined;
  const [, sign, hex, binary, octal, decimal] = match;
  const digits = hex !== undefined
    ? `0x${hex}`
    : binary !== undefined
    ? `0b${binary}`
    : octal !== undefined
    ? `0o${octal}`
    : decimal ?? "0";
  const value = BigInt(digits.replaceAll("_", ""));
  return sign === "-" ? -value : value;
}
