/**
 * The functions that every Go template has.
 *
 * @module
 */

import { sprintf } from "./go_format.ts";
import { printable, sprint, sprintln } from "./go_print.ts";
import { isPrint } from "./go_quote.ts";
import { compareLess, equalsAny } from "./template_compare.ts";
import { index, length, slice } from "./template_index.ts";
import { CallError } from "./template_error.ts";
import { type FunctionTable, stringArgument } from "./template_function.ts";
import { type GoValue, isTrue, typeName, unbox } from "./go_value.ts";

/** Go's built-in functions; `and` and `or` are evaluated by the executor. */
export const BUILTINS: FunctionTable = {
  and: { parameters: ["value", "value"], variadic: true, call: (v) => v },
  or: { parameters: ["value", "value"], variadic: true, call: (v) => v },
  not: { parameters: ["value"], call: (value) => !isTrue(unbox(value)) },
  call: {
    parameters: ["value", "value"],
    variadic: true,
    // No value of ours is a function; the executor puts the source text first.
    call: (source, value) => {
      const callee = unbox(value);
      if (callee === undefined) throw new CallError("call of nil");
      throw new CallError(
        `non-function ${source} of type ${typeName(callee)}`,
      );
    },
  },
  index: { parameters: ["value", "value"], variadic: true, call: index },
  slice: { parameters: ["value", "value"], variadic: true, call: slice },
  len: { parameters: ["value"], call: length },
  eq: { parameters: ["value", "value"], variadic: true, call: equalsAny },
  ne: { parameters: ["value", "value"], call: (a, b) => !equalsAny(a, b) },
  lt: { parameters: ["value", "value"], call: compareLess },
  le: { parameters: ["value", "value"], call: lessOrEqual },
  gt: { parameters: ["value", "value"], call: (a, b) => !lessOrEqual(a, b) },
  ge: { parameters: ["value", "value"], call: (a, b) => !compareLess(a, b) },
  print: {
    parameters: ["any"],
    variadic: true,
    call: (...values) => sprint(values),
  },
  println: {
    parameters: ["any"],
    variadic: true,
    call: (...values) => sprintln(values),
  },
  printf: {
    parameters: ["string", "any"],
    variadic: true,
    call: (format, ...values) => sprintf(stringArgument(format), values),
  },
  html: {
    parameters: ["any"],
    variadic: true,
    call: (...values) => escapeHtml(printable(values)),
  },
  js: {
    parameters: ["any"],
    variadic: true,
    call: (...values) => escapeScript(printable(values)),
  },
  urlquery: {
    parameters: ["any"],
    variadic: true,
    call: (...values) => escapeQuery(printable(values)),
  },
};

function lessOrEqual(a: GoValue, b: GoValue): boolean {
  return compareLess(a, b) || equalsAny(a, b);
}

function escapeHtml(text: string): string {
  return text.replace(
    /["'&<>\0]/g,
    (char) =>
      ({ '"': "&#34;", "'": "&#39;", "&": "&amp;", "<": "&lt;", ">": "&gt;" })[
        char
      ] ?? "\ufffd",
  );
}

function escapeScript(text: string): string {
  return text.replace(/[\\'"<>&=]|[^ -~]/gu, (char) => {
    if (char === "\x7f") return char;
    if (/[\\'"]/.test(char)) return `\\${char}`;
    const point = char.codePointAt(0) ?? 0;
    if (point > 0x7f && isPrint(char)) return char;
    return `\\u${point.toString(16).toUpperCase().padStart(4, "0")}`;
  });
}

function escapeQuery(text: string): string {
  return encodeURIComponent(text).replace(
    /%20|[!'()*]/g,
    (part) =>
      part === "%20"
        ? "+"
        : `%${part.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
