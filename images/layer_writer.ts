/**
 * Headers of the archive that comes out.
 *
 * They are of GNU tar's kind, which takes names as bytes and numbers of any
 * size; PAX records only carry what it has no field for.
 *
 * @module
 */
import { bytesOf, type LayerEntry, type SparseMap } from "./layer_entry.ts";
import { writeNumber } from "./layer_number.ts";
import { paxRecord } from "./layer_pax.ts";

const BLOCK = 512;
const NAME = 100;

const LETTERS: Readonly<Record<LayerEntry["type"], string>> = {
  file: "0",
  link: "1",
  symlink: "2",
  character: "3",
  block: "4",
  folder: "5",
  fifo: "6",
};

/** All that stands in front of an entry's content. */
export function layerHeader(entry: LayerEntry): Uint8Array[] {
  const blocks: Uint8Array[] = [];
  const name = entry.type === "folder" ? `${entry.path || "."}/` : entry.path;
  const records = recordsOf(entry);
  if (records !== "") {
    blocks.push(...extension("x", "././@PaxHeader", bytesOf(records)));
  }
  if (entry.target.length > NAME) blocks.push(...longText("K", entry.target));
  if (name.length > NAME) blocks.push(...longText("L", name));
  blocks.push(...ownHeader(entry, name));
  return blocks;
}

/** What ends an archive. */
export function archiveEnd(): Uint8Array {
  return new Uint8Array(2 * BLOCK);
}

/** What fills up the last block of a content. */
export function contentPadding(size: number): Uint8Array {
  return new Uint8Array(-size & (BLOCK - 1));
}

function recordsOf({ exactTime, attributes }: LayerEntry): string {
  return (exactTime && paxRecord("mtime", exactTime)) +
    attributes.map(([key, value]) => paxRecord(key, value)).join("");
}

function ownHeader(entry: LayerEntry, name: string): Uint8Array[] {
  const { sparse } = entry;
  const block = new Uint8Array(BLOCK);
  put(block, 0, name.slice(0, NAME));
  writeNumber(block, 100, 8, entry.mode);
  writeNumber(block, 108, 8, entry.uid);
  writeNumber(block, 116, 8, entry.gid);
  writeNumber(block, 124, 12, entry.size);
  writeNumber(block, 136, 12, entry.mtime);
  put(block, 156, sparse ? "S" : LETTERS[entry.type]);
  put(block, 157, entry.target.slice(0, NAME));
  if (entry.type === "character" || entry.type === "block") {
    writeNumber(block, 329, 8, entry.major);
    writeNumber(block, 337, 8, entry.minor);
  }
  if (!sparse) return [finished(block)];
  const parts = closedMap(sparse);
  const rest = putPairs(block, 386, 4, parts, 0);
  if (rest < parts.length) block[482] = 1;
  writeNumber(block, 483, 12, sparse.size);
  return [finished(block), ...mapBlocks(parts, rest)];
}

/** GNU tar ends a file where its last piece ends, so that must be its end. */
function closedMap({ size, parts }: SparseMap): readonly number[] {
  const [offset = 0, length = 0] = parts.slice(-2);
  return offset + length < size ? [...parts, size, 0] : parts;
}

/** Further blocks of the map of a file with holes. */
function mapBlocks(parts: readonly number[], start: number): Uint8Array[] {
  const blocks: Uint8Array[] = [];
  for (let at = start; at < parts.length;) {
    const block = new Uint8Array(BLOCK);
    at = putPairs(block, 0, 21, parts, at);
    if (at < parts.length) block[504] = 1;
    blocks.push(block);
  }
  return blocks;
}

function putPairs(
  block: Uint8Array,
  start: number,
  most: number,
  parts: readonly number[],
  from: number,
): number {
  const end = Math.min(from + 2 * most, parts.length);
  for (let at = from; at < end; at++) {
    writeNumber(block, start + (at - from) * 12, 12, parts[at]!);
  }
  return end;
}

function longText(letter: string, text: string): Uint8Array[] {
  return extension(letter, "././@LongLink", bytesOf(`${text}\0`));
}

function extension(
  letter: string,
  name: string,
  content: Uint8Array,
): Uint8Array[] {
  const block = new Uint8Array(BLOCK);
  put(block, 0, name);
  for (const at of [100, 108, 116]) writeNumber(block, at, 8, 0);
  writeNumber(block, 124, 12, content.length);
  writeNumber(block, 136, 12, 0);
  put(block, 156, letter);
  return [finished(block), content, contentPadding(content.length)];
}

function finished(block: Uint8Array): Uint8Array {
  put(block, 257, "ustar  \0");
  put(block, 148, "        ");
  let sum = 0;
  for (const byte of block) sum += byte;
  put(block, 148, `${sum.toString(8).padStart(6, "0")}\0 `);
  return block;
}

function put(block: Uint8Array, at: number, text: string): void {
  for (let index = 0; index < text.length; index++) {
    block[at + index] = text.charCodeAt(index);
  }
}
