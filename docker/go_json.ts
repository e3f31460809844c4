/**
 * Go values as JSON: as docker prints it, and decoded again for the second
 * attempt of `docker inspect --format`.
 *
 * @module
 */

import {
  Boxed,
  GoMap,
  GoScalar,
  GoSlice,
  GoStruct,
  type GoValue,
  isEmpty,
  NilPointer,
} from "./go_value.ts";

/** How {@linkcode goJson} writes. */
export interface GoJsonOptions {
  /** The indentation of one level; none writes everything on one line. */
  indent?: string;
  /** Whether `<`, `>` and `&` are written as escapes. */
  escapeHtml?: boolean;
}

/** The JSON of a value: struct fields in their order, map keys sorted. */
export function goJson(value: GoValue, options: GoJsonOptions = {}): string {
  return write(value, options, "\n");
}

/**
 * The value that decoding its JSON into an `interface {}` gives: structs are
 * maps by JSON name, and numbers are `json.Number`, a kind of string.
 */
export function rawView(value: GoValue): GoValue {
  if (value instanceof Boxed) return rawView(value.value);
  if (value instanceof NilPointer) return undefined;
  if (value instanceof GoStruct) {
    return rawMap(jsonEntries(value));
  }
  if (value instanceof GoMap) {
    return value.isNil ? undefined : rawMap(mapEntries(value));
  }
  if (value instanceof GoSlice) {
    if (value.isNil) return undefined;
    const items = value.values().map(rawView);
    return new GoSlice("[]interface {}", items);
  }
  if (value instanceof GoScalar) {
    return typeof value.value === "number"
      ? rawNumber(value.value)
      : value.value;
  }
  return typeof value === "number" ? rawNumber(value) : value;
}

function rawNumber(value: number): GoScalar {
  return new GoScalar("json.Number", "string", String(value));
}

function rawMap(entries: Iterable<[string, GoValue]>): GoMap {
  const raw: Record<string, GoValue> = Object.create(null);
  for (const [name, value] of entries) raw[name] = rawView(value);
  return new GoMap("map[string]interface {}", raw);
}

function mapEntries(map: GoMap): [string, GoValue][] {
  return map.keys.map((key) => [key, map.get(key)]);
}

function jsonEntries(struct: GoStruct): [string, GoValue][] {
  const entries: [string, GoValue][] = [];
  for (const field of struct.fields) {
    if (field.json === undefined) continue;
    const value = struct.get(field);
    if (field.omitEmpty && isEmpty(value)) continue;
    entries.push([field.json, value]);
  }
  if (struct.style === "row") {
    entries.sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0);
  }
  return entries;
}

function write(value: GoValue, options: GoJsonOptions, line: string): string {
  if (value instanceof Boxed) return write(value.value, options, line);
  if (value === undefined || value instanceof NilPointer) return "null";
  if (value instanceof GoStruct) {
    const inner = value.style === "row"
      ? { ...options, escapeHtml: true }
      : options;
    return writeObject(jsonEntries(value), inner, line);
  }
  if (value instanceof GoMap) {
    if (value.isNil) return "null";
    return writeObject(mapEntries(value), options, line);
  }
  if (value instanceof GoSlice) {
    if (value.isNil) return "null";
    const next = line + (options.indent ?? "");
    const items = value.values().map((item) => write(item, options, next));
    return wrap("[", items, "]", options, line);
  }
  if (value instanceof GoScalar) {
    // A json.Number is a string in templates and a number in JSON.
    if (value.type === "json.Number") return String(value.value);
    return writeBasic(value.value, options);
  }
  return writeBasic(value, options);
}

function writeBasic(
  value: string | number | boolean,
  options: GoJsonOptions,
): string {
  return typeof value === "string"
    ? writeString(value, options)
    : String(value);
}

function writeString(value: string, options: GoJsonOptions): string {
  const pattern = options.escapeHtml ? /[<>&\u2028\u2029]/g : /[\u2028\u2029]/g;
  return JSON.stringify(value).replace(
    pattern,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function writeObject(
  entries: readonly [string, GoValue][],
  options: GoJsonOptions,
  line: string,
): string {
  const colon = options.indent === undefined ? ":" : ": ";
  const next = line + (options.indent ?? "");
  const members = entries.map(([name, value]) =>
    writeString(name, options) + colon + write(value, options, next)
  );
  return wrap("{", members, "}", options, line);
}

function wrap(
  open: string,
  parts: readonly string[],
  close: string,
  options: GoJsonOptions,
  line: string,
): string {
  if (parts.length === 0 || options.indent === undefined) {
    return open + parts.join(",") + close;
  }
  const next = line + options.indent;
  return open + next + parts.join(`,${next}`) + line + close;
}
