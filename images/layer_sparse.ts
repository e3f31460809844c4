/**
 * Files with holes, in the ways that GNU tar has had for them.
 *
 * @see https://www.gnu.org/software/tar/manual/html_node/Sparse-Formats.html
 *
 * @module
 */
import type { LayerBytes } from "./layer_bytes.ts";
import { type SparseMap, textOf } from "./layer_entry.ts";
import { LayerError } from "./layer_error.ts";
import { readNumber } from "./layer_number.ts";
import { paxNumber, type PaxRecords } from "./layer_pax.ts";

const BLOCK = 512;
/** Offset and length, 12 bytes each. */
const PAIR = 24;
const FIELD = 12;

/** More pieces than any file of an image has. */
const MAX_PARTS = 1 << 20;

/** A file's map, and how many bytes of its content the map took. */
export interface SparseFile {
  map: SparseMap;
  used: number;
}

/**
 * The map of an old GNU entry: in its header, and in blocks that follow it
 * and don't count as content.
 */
export async function oldSparseMap(
  header: Uint8Array,
  bytes: LayerBytes,
): Promise<SparseMap> {
  const size = readNumber(header.subarray(483, 495));
  const parts: number[] = [];
  readPairs(header.subarray(386, 386 + 4 * PAIR), parts);
  let more = header[482] !== 0;
  while (more) {
    const block = await bytes.take(BLOCK);
    if (!block) throw invalid();
    readPairs(block.subarray(0, 21 * PAIR), parts);
    more = block[504] !== 0;
  }
  return { size, parts };
}

function readPairs(fields: Uint8Array, parts: number[]): void {
  for (let at = 0; at < fields.length && fields[at] !== 0; at += PAIR) {
    add(parts, readNumber(fields.subarray(at, at + FIELD)));
    add(parts, readNumber(fields.subarray(at + FIELD, at + PAIR)));
  }
}

/** The map of an entry with PAX records, or `undefined` when it is no such file. */
export async function paxSparseMap(
  pax: PaxRecords,
  bytes: LayerBytes,
  contentSize: number,
): Promise<SparseFile | undefined> {
  const { values } = pax;
  const size = values.get("GNU.sparse.realsize") ??
    values.get("GNU.sparse.size");
  if (size === undefined) return undefined;
  const map: SparseMap = { size: paxNumber(size), parts: [] };
  if (values.get("GNU.sparse.major") === "1") {
    const { parts, used } = await leadingMap(bytes, contentSize);
    return { map: { ...map, parts }, used };
  }
  const text = values.get("GNU.sparse.map");
  const parts = text === undefined
    ? pax.sparseParts
    : text.split(",").map(paxNumber);
  return { map: { ...map, parts }, used: 0 };
}

/** Format 1.0: numbers in lines in front of the content, filled up to a block. */
async function leadingMap(
  bytes: LayerBytes,
  contentSize: number,
): Promise<{ parts: number[]; used: number }> {
  const parts: number[] = [];
  let wanted = -1;
  let used = 0;
  let rest = "";
  while (wanted < 0 || parts.length < wanted) {
    if (used + BLOCK > contentSize) throw invalid();
    const block = await bytes.take(BLOCK);
    if (!block) throw invalid();
    used += BLOCK;
    const lines = (rest + textOf(block)).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      if (wanted < 0) wanted = 2 * paxNumber(line);
      else if (parts.length < wanted) add(parts, paxNumber(line));
    }
  }
  return { parts, used };
}

/**
 * Checks a map against the content that there is. Tar stores pieces in whole
 * blocks, so only the last one may end inside one.
 *
 * @throws {LayerError}
 */
export function checkSparseMap(
  { size, parts }: SparseMap,
  contentSize: number,
): void {
  let end = 0;
  let sum = 0;
  for (let at = 0; at < parts.length; at += 2) {
    const offset = parts[at]!;
    const length = parts[at + 1] ?? -1;
    if (offset < end || length < 0) throw invalid();
    if (length > 0 && sum % BLOCK !== 0) throw invalid();
    end = offset + length;
    sum += length;
  }
  if (end > size || size < 0 || sum !== contentSize) throw invalid();
}

function add(parts: number[], value: number): void {
  if (parts.length >= MAX_PARTS) throw invalid();
  parts.push(value);
}

function invalid(): LayerError {
  return new LayerError("the archive has a damaged map of a sparse file");
}
