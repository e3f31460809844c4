/**
 * The functions of Go templates that look into collections and strings.
 *
 * @module
 */

import {
  GoMap,
  goNamed,
  GoScalar,
  GoSlice,
  GoStruct,
  type GoValue,
  NilPointer,
  typeName,
  unbox,
} from "./go_value.ts";
import { CallError } from "./template_error.ts";

/** `index x 1 "a"` is `x[1]["a"]`; a map's missing key is its zero value. */
export function index(container: GoValue, ...keys: GoValue[]): GoValue {
  let item: GoValue = unbox(container);
  if (item === undefined) throw new CallError("index of untyped nil");
  for (const boxed of keys) {
    const key = unbox(boxed);
    const current: GoValue = unbox(item);
    if (current === undefined || current instanceof NilPointer) {
      throw new CallError("index of nil pointer");
    }
    item = element(current, key);
  }
  return item;
}

/** `slice x 1 2` is `x[1:2]`; strings are cut by bytes. */
export function slice(container: GoValue, ...bounds: GoValue[]): GoValue {
  const item = unbox(container);
  if (item === undefined) throw new CallError("slice of untyped nil");
  if (item instanceof NilPointer) throw new CallError("slice of nil pointer");
  if (bounds.length > 3) {
    throw new CallError(`too many slice indexes: ${bounds.length}`);
  }
  const text = stringOf(item);
  if (text !== undefined && bounds.length === 3) {
    throw new CallError("cannot 3-index slice a string");
  }
  if (text === undefined && !(item instanceof GoSlice)) {
    throw new CallError(`can't slice item of type ${valueTypeName(item)}`);
  }
  const bytes = new TextEncoder().encode(text ?? "");
  const size = item instanceof GoSlice ? item.length : bytes.length;
  const [start = 0, end = size, capacity = size] = bounds.map((bound) =>
    position(unbox(bound), size)
  );
  for (const [low, high] of [[start, end], [end, capacity]] as const) {
    if (low > high) {
      throw new CallError(`invalid slice index: ${low} > ${high}`);
    }
  }
  if (item instanceof GoSlice) return item.slice(start, end);
  return new TextDecoder().decode(bytes.subarray(start, end));
}

/** The number of elements, or of bytes of a string. */
export function length(container: GoValue): GoValue {
  const item = unbox(container);
  if (item === undefined && container === undefined) {
    throw new CallError(
      "reflect: call of reflect.Value.Type on zero Value",
    );
  }
  if (item === undefined || item instanceof NilPointer) {
    throw new CallError("len of nil pointer");
  }
  if (item instanceof GoMap) return item.keys.length;
  if (item instanceof GoSlice) return item.length;
  const text = stringOf(item);
  if (text === undefined) {
    throw new CallError(`len of type ${valueTypeName(item)}`);
  }
  return new TextEncoder().encode(text).length;
}

function element(item: GoValue, key: GoValue): GoValue {
  if (item instanceof GoMap) return item.get(mapKey(item, key)) ?? item.zero();
  const text = stringOf(item);
  if (text !== undefined) {
    const bytes = new TextEncoder().encode(text);
    const byte = bytes[position(key, bytes.length)];
    if (byte === undefined) {
      throw new CallError("reflect: string index out of range");
    }
    return goNamed("uint8", byte);
  }
  if (!(item instanceof GoSlice)) {
    throw new CallError(`can't index item of type ${valueTypeName(item)}`);
  }
  const at = position(key, item.length);
  if (at >= item.length) {
    throw new CallError("reflect: slice index out of range");
  }
  return item.at(at);
}

function mapKey(map: GoMap, key: GoValue): string {
  const { keyType } = map;
  if (key === undefined) {
    throw new CallError(`value is nil; should be of type ${keyType}`);
  }
  if (typeName(key) !== keyType && keyType !== "interface {}") {
    throw new CallError(
      `value has type ${typeName(key)}; should be ${keyType}`,
    );
  }
  return String(key instanceof GoScalar ? key.value : key);
}

function position(key: GoValue, size: number): number {
  if (key === undefined) {
    throw new CallError("cannot index slice/array with nil");
  }
  const scalar = key instanceof GoScalar && /int/.test(key.kind);
  const number = scalar ? key.value : key;
  if (typeof number !== "number" || !Number.isInteger(number)) {
    throw new CallError(
      `cannot index slice/array with type ${typeName(key)}`,
    );
  }
  if (number < 0 || number > size) {
    throw new CallError(`index out of range: ${number}`);
  }
  return number;
}

function stringOf(item: GoValue): string | undefined {
  if (item instanceof GoScalar) {
    return item.kind === "string" ? String(item.value) : undefined;
  }
  return typeof item === "string" ? item : undefined;
}

/** The type behind a pointer, which these functions look through. */
function valueTypeName(item: GoValue): string {
  const name = typeName(item);
  return item instanceof GoStruct ? name.replace(/^\*/, "") : name;
}
