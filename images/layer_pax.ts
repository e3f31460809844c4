/**
 * PAX records: what a header has no room for.
 *
 * @see https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html
 *
 * @module
 */
import { textOf } from "./layer_entry.ts";
import { LayerError } from "./layer_error.ts";

/** What the records in front of an entry say of it. */
export interface PaxRecords {
  /** All but those below; the last of a key counts, empty ones don't. */
  values: Map<string, string>;
  /** Extended attributes by their keys. */
  attributes: (readonly [key: string, value: string])[];
  /** Numbers of GNU's sparse format 0.0, which repeats its keys. */
  sparseParts: number[];
}

/** The prefix that docker and all builders of images use. */
const ATTRIBUTE_PREFIX = "SCHILY.xattr.";

/**
 * Parses the records of one header.
 *
 * @throws {LayerError}
 */
export function parsePaxRecords(bytes: Uint8Array): PaxRecords {
  const values = new Map<string, string>();
  const attributes = new Map<string, string>();
  const sparseParts: number[] = [];
  let at = 0;
  while (at < bytes.length && bytes[at] !== 0) {
    const space = bytes.indexOf(0x20, at);
    const length = space < 0 ? "" : textOf(bytes.subarray(at, space));
    const end = at + Number(length);
    if (
      !/^[1-9]\d{0,8}$/.test(length) || end > bytes.length ||
      end < space + 2 || bytes[end - 1] !== 0x0a
    ) throw invalid();
    const equals = bytes.indexOf(0x3d, space + 1);
    if (equals < 0 || equals >= end || equals === space + 1) throw invalid();
    const key = textOf(bytes.subarray(space + 1, equals));
    const value = textOf(bytes.subarray(equals + 1, end - 1));
    if (key.startsWith(ATTRIBUTE_PREFIX)) attributes.set(key, value);
    else if (
      key === "GNU.sparse.offset" || key === "GNU.sparse.numbytes"
    ) sparseParts.push(paxNumber(value));
    else if (value === "") values.delete(key);
    else values.set(key, value);
    at = end;
  }
  return { values, attributes: [...attributes], sparseParts };
}

/**
 * A whole number of a record.
 *
 * @throws {LayerError}
 */
export function paxNumber(text: string): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(value)) return value;
  throw invalid();
}

/** One record as it stands in an archive. */
export function paxRecord(key: string, value: string): string {
  const rest = key.length + value.length + 3;
  let length = rest + String(rest).length;
  if (String(length).length > String(rest).length) length++;
  return `${length} ${key}=${value}\n`;
}

function invalid(): LayerError {
  return new LayerError("the archive has a damaged PAX header");
}
