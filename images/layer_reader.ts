/**
 * A layer's entries: tar in all forms that builders of images write.
 *
 * The names, owners and times that come out are bytes and numbers as they are
 * in the archive, which is why this is not the reader that `docker cp` uses.
 *
 * @module
 */
import { LayerBytes } from "./layer_bytes.ts";
import {
  type LayerEntry,
  type LayerEntryType,
  shownText,
  textOf,
} from "./layer_entry.ts";
import { LayerEndError, LayerError } from "./layer_error.ts";
import { readNumber } from "./layer_number.ts";
import { layerPath } from "./layer_path.ts";
import { parsePaxRecords, paxNumber, type PaxRecords } from "./layer_pax.ts";
import { checkSparseMap, oldSparseMap, paxSparseMap } from "./layer_sparse.ts";

const BLOCK = 512;

/** Headers of headers are held in memory; no tool makes longer ones. */
const MAX_EXTENSION = 1 << 20;

/** The highest owner; the one above means "no change". */
const MAX_ID = 2 ** 32 - 2;

const TYPES: Readonly<Record<string, LayerEntryType>> = {
  "0": "file",
  "\0": "file",
  "7": "file",
  S: "file",
  "1": "link",
  "2": "symlink",
  "3": "character",
  "4": "block",
  "5": "folder",
  "6": "fifo",
};

const NO_PAX: PaxRecords = {
  values: new Map(),
  attributes: [],
  sparseParts: [],
};

/** What headers before an entry's own say of it. */
interface Extension {
  pax: PaxRecords;
  name?: string;
  target?: string;
}

/** Reads one layer, an entry after the other. */
export class LayerReader {
  readonly #bytes: LayerBytes;
  /** Content of the last entry that was not asked for, and what fills its block. */
  #left = 0;
  #padding = 0;

  /**
   * @param archive the layer, not compressed.
   * @param seen is shown each piece of it, once and in order.
   */
  constructor(
    archive: AsyncIterable<Uint8Array>,
    seen?: (piece: Uint8Array) => void,
  ) {
    this.#bytes = new LayerBytes(archive, seen);
  }

  /**
   * The next entry, or `undefined` after the last one. Content of the one
   * before that was not read is passed over.
   *
   * @throws {LayerError}
   */
  async next(): Promise<LayerEntry | undefined> {
    await this.#pass(this.#left + this.#padding);
    this.#left = this.#padding = 0;
    let extension: Extension = { pax: NO_PAX };
    while (true) {
      const header = this.#bytes.takeNow(BLOCK) ??
        await this.#bytes.take(BLOCK);
      // Some archives end without the two empty blocks.
      if (!header || isEmpty(header)) return undefined;
      checkSum(header);
      const type = String.fromCharCode(header[156]!);
      switch (type) {
        case "x":
          extension = {
            ...extension,
            pax: parsePaxRecords(await this.#extension(header)),
          };
          break;
        case "g":
          // For all entries; docker ignores it too, and git alone writes it.
          await this.#extension(header);
          break;
        case "L":
          extension.name = untilZero(await this.#extension(header));
          break;
        case "K":
          extension.target = untilZero(await this.#extension(header));
          break;
        default:
          return await this.#entry(header, type, extension);
      }
    }
  }

  /** The next piece of the entry's content, or `undefined` after the last one. */
  async content(): Promise<Uint8Array | undefined> {
    if (this.#left === 0) return undefined;
    const piece = await this.#bytes.some(this.#left);
    this.#left -= piece.length;
    return piece;
  }

  /** Reads what stands behind the last entry: it counts for the digest. */
  drain(): Promise<void> {
    return this.#bytes.drain();
  }

  /** Ends reading, at any point. */
  close(): Promise<void> {
    return this.#bytes.close();
  }

  async #pass(count: number): Promise<void> {
    const left = this.#bytes.skipNow(count);
    if (left > 0) await this.#bytes.skip(left);
  }

  async #extension(header: Uint8Array): Promise<Uint8Array> {
    const size = readNumber(header.subarray(124, 136));
    if (size < 0 || size > MAX_EXTENSION) {
      throw new LayerError("the archive has a header that is too big");
    }
    // A copy: the next block may come from another piece of the stream.
    const content = (await this.#bytes.take(size))?.slice();
    if (!content && size > 0) {
      throw new LayerEndError();
    }
    await this.#pass(-size & (BLOCK - 1));
    return content ?? new Uint8Array();
  }

  async #entry(
    header: Uint8Array,
    letter: string,
    { pax, name: longName, target: longTarget }: Extension,
  ): Promise<LayerEntry> {
    const { values } = pax;
    const name = values.get("GNU.sparse.name") ?? values.get("path") ??
      longName ?? nameOf(header);
    let type = TYPES[letter];
    if (!type) {
      throw new LayerError(
        `${shownText(name)} is of the unknown type ${shownText(letter)}`,
      );
    }
    // Before there were folders in tar, a slash made one.
    if (letter === "\0" && name.endsWith("/")) type = "folder";
    const device = type === "character" || type === "block";
    const target = type === "link" || type === "symlink"
      ? values.get("linkpath") ?? longTarget ??
        untilZero(header.subarray(157, 257))
      : "";
    const time = timeOf(header, values.get("mtime"));
    const entry: LayerEntry = {
      path: layerPath(name),
      type,
      mode: readNumber(header.subarray(100, 108)) & 0o7777,
      uid: idOf(header.subarray(108, 116), values.get("uid")),
      gid: idOf(header.subarray(116, 124), values.get("gid")),
      ...time,
      size: 0,
      target: type === "link" ? layerPath(target) : target,
      major: device ? readNumber(header.subarray(329, 337)) : 0,
      minor: device ? readNumber(header.subarray(337, 345)) : 0,
      attributes: pax.attributes,
    };
    if (type === "symlink" && (target === "" || target.includes("\0"))) {
      throw new LayerError(`the link ${shownText(name)} leads nowhere`);
    }
    // Only files have content, whatever the header of another says.
    if (type !== "file") return entry;
    const long = values.get("size");
    const size = long === undefined
      ? readNumber(header.subarray(124, 136))
      : paxNumber(long);
    if (size < 0) throw new LayerError("the archive has a damaged header");
    const sparse = letter === "S"
      ? { map: await oldSparseMap(header, this.#bytes), used: 0 }
      : await paxSparseMap(pax, this.#bytes, size);
    this.#left = entry.size = size - (sparse?.used ?? 0);
    this.#padding = -size & (BLOCK - 1);
    if (sparse) {
      checkSparseMap(sparse.map, entry.size);
      entry.sparse = sparse.map;
    }
    return entry;
  }
}

/** The name in the header itself; POSIX tar has a second field for its front. */
function nameOf(header: Uint8Array): string {
  const name = untilZero(header.subarray(0, 100));
  // GNU tar's magic has a space here, and other things in that field.
  if (untilZero(header.subarray(257, 263)) !== "ustar") return name;
  const isStar = textOf(header.subarray(508, 512)) === "tar\0";
  const prefix = untilZero(header.subarray(345, isStar ? 476 : 500));
  return prefix === "" ? name : `${prefix}/${name}`;
}

function timeOf(
  header: Uint8Array,
  text: string | undefined,
): { mtime: number; exactTime: string } {
  if (text === undefined) {
    return { mtime: readNumber(header.subarray(136, 148)), exactTime: "" };
  }
  const match = /^(-?\d{1,12})(?:\.(\d{0,30}))?$/.exec(text);
  if (!match) throw new LayerError("the archive has a damaged PAX header");
  const hasFraction = /[1-9]/.test(match[2] ?? "");
  return { mtime: Number(match[1]), exactTime: hasFraction ? text : "" };
}

function idOf(field: Uint8Array, text: string | undefined): number {
  const id = text === undefined ? readNumber(field) : paxNumber(text);
  if (id >= 0 && id <= MAX_ID) return id;
  throw new LayerError(`the archive has an owner that can't be: ${id}`);
}

function untilZero(field: Uint8Array): string {
  const end = field.indexOf(0);
  return textOf(end < 0 ? field : field.subarray(0, end));
}

function isEmpty(block: Uint8Array): boolean {
  // The first byte of a name is almost never zero.
  return block[0] === 0 && block.every((byte) => byte === 0);
}

/** Old programs summed signed bytes; both sums are right. */
function checkSum(header: Uint8Array): void {
  const want = readNumber(header.subarray(148, 156));
  let sum = 8 * 0x20;
  let high = 0;
  for (let at = 0; at < BLOCK; at++) {
    if (at === 148) at = 156;
    const byte = header[at]!;
    sum += byte;
    if (byte > 127) high++;
  }
  if (sum === want || sum - 256 * high === want) return;
  throw new LayerError("the archive has a damaged header");
}
