/**
 * What a layer says of one path.
 *
 * @module
 */

/** What a path is, by the letters that tar has for it. */
export type LayerEntryType =
  | "file"
  | "link"
  | "symlink"
  | "character"
  | "block"
  | "folder"
  | "fifo";

/**
 * One entry of a layer. Texts hold a byte in each character, since names in a
 * file system are bytes and need not be UTF-8.
 */
export interface LayerEntry {
  /** Relative to the root, which is the empty path; checked. */
  path: string;
  type: LayerEntryType;
  /** Permission bits with set-user-ID and the like. */
  mode: number;
  uid: number;
  gid: number;
  /** Whole seconds. */
  mtime: number;
  /** The time as a decimal number where it has a fraction, else empty. */
  exactTime: string;
  /** Bytes that follow in the archive. */
  size: number;
  /** Of a `symlink` as it stands; of a `link` a checked path. */
  target: string;
  major: number;
  minor: number;
  /** Extended attributes by their PAX keys, in order. */
  attributes: readonly (readonly [key: string, value: string])[];
  /** Of a file with holes. */
  sparse?: SparseMap;
}

/** Where the bytes of a file with holes go. */
export interface SparseMap {
  /** Of the file, with its holes. */
  size: number;
  /** Offset and length by turns. */
  parts: readonly number[];
}

/** Bytes as a text with a character for each. */
export function textOf(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 4096) {
    text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  }
  return text;
}

/** The other way round. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/** Such a text for people: as UTF-8, cut where it is long. */
export function shownText(text: string): string {
  const shown = new TextDecoder().decode(bytesOf(text.slice(0, 200)));
  return JSON.stringify(text.length > 200 ? `${shown}…` : shown);
}
