/**
 * The functions that docker adds to Go's.
 *
 * @module
 */

import { goJson } from "./go_json.ts";
import { GoSlice, goSlice, type GoValue } from "./go_value.ts";
import { CallError } from "./template_error.ts";
import {
  type FunctionTable,
  intArgument,
  stringArgument as text,
} from "./template_function.ts";

/** docker's functions for rows and inspected objects. */
export const DOCKER_FUNCTIONS: FunctionTable = {
  json: { parameters: ["any"], call: (value) => goJson(value) },
  split: {
    parameters: ["string", "string"],
    call: (value, separator) =>
      goSlice(splitText(text(value), text(separator)), "[]string"),
  },
  join: {
    parameters: ["[]string", "string"],
    call: (value, separator) => joinSlice(value, text(separator)),
  },
  title: { parameters: ["string"], call: (value) => titleCase(text(value)) },
  lower: {
    parameters: ["string"],
    call: (value) => text(value).toLowerCase(),
  },
  upper: {
    parameters: ["string"],
    call: (value) => text(value).toUpperCase(),
  },
  pad: {
    parameters: ["string", "int", "int"],
    call: (value, before, after) =>
      padText(text(value), intArgument(before), intArgument(after)),
  },
  truncate: {
    parameters: ["string", "int"],
    call: (value, length) => truncateText(text(value), intArgument(length)),
  },
};

/** The same in a table's header, where most leave the column's name alone. */
export const HEADER_FUNCTIONS: FunctionTable = {
  ...DOCKER_FUNCTIONS,
  json: { parameters: ["string"], call: (value) => value },
  split: { parameters: ["string", "string"], call: (value) => value },
  join: { parameters: ["string", "string"], call: (value) => value },
  title: { parameters: ["string"], call: (value) => value },
  lower: { parameters: ["string"], call: (value) => value },
  upper: { parameters: ["string"], call: (value) => value },
  truncate: { parameters: ["string", "int"], call: (value) => value },
};

function splitText(value: string, separator: string): string[] {
  return separator === "" ? [...value] : value.split(separator);
}

function joinSlice(value: GoValue, separator: string): string {
  return value instanceof GoSlice
    ? value.values().map(text).join(separator)
    : "";
}

function titleCase(value: string): string {
  return value.replace(
    /(^|[^\p{L}\p{N}_])(\p{L})/gu,
    (whole, before: string, letter: string) =>
      // Beyond ASCII only white space ends a word.
      before === "" || /[\0-\x7f]|\s/.test(before)
        ? before + letter.toUpperCase()
        : whole,
  );
}

function padText(value: string, before: number, after: number): string {
  if (value === "") return value;
  if (before < 0 || after < 0) {
    throw new CallError("strings: negative Repeat count");
  }
  return " ".repeat(before) + value + " ".repeat(after);
}

function truncateText(value: string, length: number): string {
  if (length < 0) {
    throw new CallError(
      `runtime error: slice bounds out of range [:${length}]`,
    );
  }
  const bytes = new TextEncoder().encode(value);
  if (bytes.length < length) return value;
  return new TextDecoder().decode(bytes.subarray(0, length));
}
