/**
 * Compressed streams, told by their first bytes.
 *
 * Each format is a module of its own, loaded at its first stream.
 *
 * @module
 */
import { CompressionError } from "./compression_error.ts";

export { CompressionError } from "./compression_error.ts";

/** How bytes are compressed. */
export type Compression = "none" | "gzip" | "zstd" | "xz" | "bzip2";

/** Bytes that {@linkcode detectCompression} wants to see. */
export const MAGIC_LENGTH = 6;

const MAGIC: readonly [Compression, readonly number[]][] = [
  ["gzip", [0x1f, 0x8b]],
  ["zstd", [0x28, 0xb5, 0x2f, 0xfd]],
  ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ["bzip2", [0x42, 0x5a, 0x68]],
];

/** The compression that the first bytes of a stream tell. */
export function detectCompression(head: Uint8Array): Compression {
  const found = MAGIC.find(([, magic]) =>
    magic.every((byte, i) => head[i] === byte)
  );
  if (found) return found[0];
  // zstd's skippable frames, which pzstd begins with.
  const [a = 0, b, c, d] = head;
  return a >> 4 === 5 && b === 0x2a && c === 0x4d && d === 0x18
    ? "zstd"
    : "none";
}

/** A stream whose first bytes were looked at. */
export interface Peeked {
  /** At least as many as were asked for, unless the stream has fewer. */
  head: Uint8Array;
  /** The whole stream, with the head. */
  chunks: AsyncGenerator<Uint8Array>;
}

/** Looks at the first bytes of a stream. */
export async function peek(
  source: AsyncIterable<Uint8Array>,
  length: number,
): Promise<Peeked> {
  const rest = source[Symbol.asyncIterator]();
  let head = new Uint8Array();
  while (head.length < length) {
    const { done, value } = await rest.next();
    if (done) break;
    if (head.length === 0) head = value as Uint8Array<ArrayBuffer>;
    else {
      const joined = new Uint8Array(head.length + value.length);
      joined.set(head);
      joined.set(value, head.length);
      head = joined;
    }
  }
  return { head, chunks: continued(head, rest) };
}

async function* continued(
  head: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    if (head.length > 0) yield head;
    for (let next; !(next = await rest.next()).done;) yield next.value;
  } finally {
    await rest.return?.();
  }
}

/**
 * Undoes whatever compression a stream has. Chunks are not kept by it, and
 * nothing is read before it is asked for.
 *
 * @throws {CompressionError} while reading, for damaged or cut off streams.
 */
export async function* decompressed(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const { head, chunks } = await peek(source, MAGIC_LENGTH);
  yield* await expand(detectCompression(head), chunks);
}

/** Undoes this compression. */
export async function expand(
  compression: Compression,
  chunks: AsyncGenerator<Uint8Array>,
): Promise<AsyncGenerator<Uint8Array>> {
  switch (compression) {
    case "none":
      return chunks;
    case "gzip":
      return (await import("./compression_gzip.ts")).gunzip(chunks);
    case "zstd":
      return (await import("./compression_zstd.ts")).unzstd(chunks);
    case "xz":
      return (await import("./compression_xz.ts")).unxz(chunks);
    case "bzip2":
      throw new CompressionError(
        "it is compressed with bzip2, which kini can't read: " +
          "compress it with gzip, zstd or xz",
      );
  }
}
