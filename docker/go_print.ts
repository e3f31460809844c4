/**
 * One value by one verb, as Go's `fmt` package prints it.
 *
 * @module
 */

import {
  formatFloat,
  formatInteger,
  type FormatSpec,
  pad,
} from "./go_number.ts";
import { isPrint, quote } from "./go_quote.ts";
import {
  Boxed,
  GoMap,
  GoScalar,
  GoSlice,
  GoStruct,
  type GoValue,
  NilPointer,
  typeName,
  unbox,
} from "./go_value.ts";

/** A spec with the two variants of `%v`. */
export interface PrintSpec extends FormatSpec {
  /** `%+v`: structs with field names. */
  readonly plusV?: boolean;
  /** `%#v`: Go syntax. */
  readonly sharpV?: boolean;
}

/** The spec of a plain `%v`. */
const PLAIN: PrintSpec = { verb: "v" };

/** Prints an argument; undefined is a nil interface. */
export function printArgument(value: GoValue, spec: PrintSpec): string {
  const argument = unbox(value);
  if (argument === undefined) {
    return spec.verb === "v" || spec.verb === "T"
      ? pad("<nil>", spec)
      : `%!${spec.verb}(<nil>)`;
  }
  if (spec.verb === "T") return padString(typeName(argument), spec);
  return printAt(argument, spec, 0);
}

/** Prints operands like Go's `Sprint`: spaces only between two non-strings. */
export function sprint(values: readonly GoValue[]): string {
  let out = "";
  let afterString = true;
  for (const value of values) {
    const string = isString(unbox(value));
    if (!string && !afterString) out += " ";
    out += printArgument(value, PLAIN);
    afterString = string;
  }
  return out;
}

/** Prints operands like Go's `Sprintln`: spaces between all, then a newline. */
export function sprintln(values: readonly GoValue[]): string {
  const parts = values.map((value) => printArgument(value, PLAIN));
  return `${parts.join(" ")}\n`;
}

/**
 * Prints operands as a template shows them: no value for an invalid one, and
 * what a pointer points to instead of the pointer.
 */
export function printable(values: readonly GoValue[]): string {
  return sprint(values.map((boxed) => {
    const value = unbox(boxed);
    if (value === undefined) return "<no value>";
    return value instanceof GoStruct ? value.pointee() : value;
  }));
}

function isString(value: GoValue): boolean {
  return typeof value === "string" ||
    (value instanceof GoScalar && value.kind === "string");
}

function printAt(value: GoValue, spec: PrintSpec, depth: number): string {
  if (value instanceof Boxed) {
    if (value.value === undefined) {
      return spec.sharpV ? "interface {}(nil)" : "<nil>";
    }
    return printAt(value.value, spec, depth + 1);
  }
  if (value === undefined) return "<nil>";
  if (value instanceof GoStruct) return printStruct(value, spec, depth);
  if (value instanceof GoMap) return printMap(value, spec, depth);
  if (value instanceof GoSlice) return printSlice(value, spec, depth);
  if (value instanceof NilPointer) {
    if (spec.sharpV) return `(${value.type})(nil)`;
    if (spec.verb === "v") return pad("<nil>", spec);
    return `%!${spec.verb}(${value.type}=<nil>)`;
  }
  return printBasic(value, spec) ?? badVerb(value, spec);
}

function badVerb(value: GoValue, spec: PrintSpec): string {
  const text = printAt(value, { ...spec, verb: "v" }, 0);
  return `%!${spec.verb}(${typeName(value)}=${text})`;
}

function printStruct(
  struct: GoStruct,
  spec: PrintSpec,
  depth: number,
): string {
  const stringer = struct.methods["String"];
  if (stringer && /^[vsxXq]$/.test(spec.verb) && !spec.sharpV) {
    return printString(String(stringer()), spec) ?? "";
  }
  const fields = struct.fields.map((field) => {
    const text = printAt(struct.get(field), spec, depth + 1);
    return spec.plusV || spec.sharpV ? `${field.name}:${text}` : text;
  });
  const pointer = struct.type.startsWith("*");
  const mark = pointer ? "&" : "";
  if (spec.sharpV) {
    const name = pointer ? struct.type.slice(1) : struct.type;
    return `${mark}${name}{${fields.join(", ")}}`;
  }
  return `${mark}{${fields.join(" ")}}`;
}

function printMap(map: GoMap, spec: PrintSpec, depth: number): string {
  if (spec.sharpV && map.isNil) return `${map.type}(nil)`;
  const entries = map.keys.map((key) =>
    `${printAt(key, spec, depth + 1)}:${printAt(map.get(key), spec, depth + 1)}`
  );
  return spec.sharpV
    ? `${map.type}{${entries.join(", ")}}`
    : `map[${entries.join(" ")}]`;
}

function printSlice(slice: GoSlice, spec: PrintSpec, depth: number): string {
  if (spec.sharpV && slice.isNil) return `${slice.type}(nil)`;
  const items = slice.values().map((item) => printAt(item, spec, depth + 1));
  return spec.sharpV
    ? `${slice.type}{${items.join(", ")}}`
    : `[${items.join(" ")}]`;
}

function printBasic(
  value: string | number | boolean | GoScalar,
  spec: PrintSpec,
): string | undefined {
  if (value instanceof GoScalar) {
    if (value.text !== undefined && /^[vsxXq]$/.test(spec.verb)) {
      return printString(value.text, spec);
    }
    if (value.kind === "struct") return `{${value.text ?? value.value}}`;
    if (value.kind === "float") return formatFloat(Number(value.value), spec);
    return printBasic(value.value, spec);
  }
  switch (typeof value) {
    case "string":
      return printString(value, spec);
    case "boolean":
      return /^[tv]$/.test(spec.verb) ? pad(String(value), spec) : undefined;
    case "number":
      return Number.isInteger(value)
        ? printInteger(value, spec)
        : formatFloat(value, spec);
  }
}

function printInteger(value: number, spec: PrintSpec): string | undefined {
  const inRange = value >= 0 && value <= 0x10ffff;
  const char = inRange ? String.fromCodePoint(value) : "\ufffd";
  switch (spec.verb) {
    case "c":
      return pad(char, spec);
    case "q":
      return pad(quote(char, "'", spec.plus), spec);
    case "U": {
      const code = value.toString(16).toUpperCase().padStart(4, "0");
      const shown = spec.sharp && isPrint(char) ? ` '${char}'` : "";
      return pad(`U+${code}${shown}`, { ...spec, zero: false });
    }
  }
  return formatInteger(value, spec);
}

function printString(text: string, spec: PrintSpec): string | undefined {
  const cut = spec.precision === undefined
    ? text
    : [...text].slice(0, spec.precision).join("");
  switch (spec.verb) {
    case "v":
      return spec.sharpV ? pad(quote(cut), spec) : pad(cut, spec);
    case "s":
      return pad(cut, spec);
    case "q":
      return spec.sharp && !/[`\p{Cc}]/u.test(cut.replaceAll("\t", ""))
        ? pad(`\`${cut}\``, spec)
        : pad(quote(cut, '"', spec.plus), spec);
    case "x":
    case "X":
      return pad(hexOf(text, spec), spec);
  }
  return undefined;
}

function padString(text: string, spec: PrintSpec): string {
  return printString(text, { ...spec, verb: "s" }) ?? text;
}

function hexOf(text: string, spec: PrintSpec): string {
  let bytes = [...new TextEncoder().encode(text)];
  if (spec.precision !== undefined) bytes = bytes.slice(0, spec.precision);
  const digits = bytes.map((byte) => byte.toString(16).padStart(2, "0"));
  if (digits.length === 0) return "";
  const mark = spec.sharp ? "0x" : "";
  const out = spec.space
    ? digits.map((pair) => mark + pair).join(" ")
    : mark + digits.join("");
  return spec.verb === "X" ? out.toUpperCase() : out;
}
