/**
 * zstd, one block after the other.
 *
 * The library decompresses all that it is given in one go, and one kilobyte
 * may stand for megabytes; so it is given single blocks, of which none stands
 * for more than 128 KiB. It doesn't look at checksums: the digests of what is
 * inside do that.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8878
 * @module
 */
import { Decompress } from "fzstd";
import { CompressionError } from "./compression_error.ts";

/** As far back as a frame may refer; each byte of it is kept in memory. */
const MAX_WINDOW = 64 * 1024 * 1024;
const FRAME = 0xfd2fb528;
const MAX_BLOCK = 128 * 1024;

/** Reads zstd with any number of frames. */
export async function* unzstd(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const input = new Input(source);
  try {
    while (await input.has(1)) yield* frame(input);
  } finally {
    await input.close();
  }
}

async function* frame(input: Input): AsyncGenerator<Uint8Array> {
  const magic = number(await input.take(4));
  if (magic >= 0x184d2a50 && magic <= 0x184d2a5f) {
    for (let left = number(await input.take(4)); left > 0;) {
      const step = Math.min(left, MAX_BLOCK);
      await input.take(step);
      left -= step;
    }
    return;
  }
  if (magic !== FRAME) throw damaged();
  const header = await input.take(1);
  const descriptor = header[0]!;
  const single = (descriptor >> 5 & 1) === 1;
  const sizeBytes = [single ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
  const dictionary = [0, 1, 2, 4][descriptor & 3]!;
  const rest = await input.take((single ? 0 : 1) + dictionary + sizeBytes);
  checkWindow(
    single ? contentSize(rest.subarray(dictionary)) : windowSize(rest[0]!),
  );
  if (dictionary > 0) {
    throw new CompressionError("its zstd compression needs a dictionary");
  }
  let out: Uint8Array[] = [];
  const decoder = new Decompress((chunk) => void out.push(chunk));
  const start = join(Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd), header, rest);
  push(decoder, start);
  for (let last = false; !last;) {
    const head = await input.take(3);
    const value = head[0]! | head[1]! << 8 | head[2]! << 16;
    last = (value & 1) === 1;
    const type = value >> 1 & 3;
    const size = value >> 3;
    if (size > MAX_BLOCK || type === 3) throw damaged();
    const block = join(head, await input.take(type === 1 ? 1 : size));
    push(decoder, block);
    for (const chunk of out) if (chunk.length > 0) yield chunk;
    out = [];
  }
  if (descriptor >> 2 & 1) await input.take(4);
}

function push(decoder: Decompress, bytes: Uint8Array): void {
  try {
    decoder.push(bytes);
  } catch (cause) {
    throw damaged(cause);
  }
  // Given exactly a block, it keeps the empty rest of it, and with that the
  // block, until it gets a part of one.
  const kept = decoder as unknown as { c: Uint8Array[]; l: number };
  if (kept.l === 0) kept.c.length = 0;
}

function checkWindow(window: number): void {
  if (window <= MAX_WINDOW) return;
  throw new CompressionError(
    `its zstd compression needs ${
      Math.ceil(window / 2 ** 20)
    } MiB of memory, ` +
      `kini takes ${
        MAX_WINDOW / 2 ** 20
      }: compress it without --long or --ultra`,
  );
}

function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + base / 8 * (descriptor & 7);
}

function contentSize(bytes: Uint8Array): number {
  return number(bytes) + (bytes.length === 2 ? 256 : 0);
}

/** Little endian. */
function number(bytes: Uint8Array): number {
  return bytes.reduceRight((sum, byte) => sum * 256 + byte, 0);
}

function join(...parts: Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, p) => sum + p.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

function damaged(cause?: unknown): CompressionError {
  return new CompressionError("its zstd compression is damaged", { cause });
}

/** Bytes by number. */
class Input {
  readonly #source: AsyncIterator<Uint8Array>;
  #chunk = new Uint8Array();
  #at = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Whether there are more; `count` at least one. */
  async has(count: number): Promise<boolean> {
    while (this.#chunk.length - this.#at < count) {
      const { done, value } = await this.#source.next();
      if (done) return false;
      this.#chunk = join(this.#chunk.subarray(this.#at), value) as Uint8Array<
        ArrayBuffer
      >;
      this.#at = 0;
    }
    return true;
  }

  async take(count: number): Promise<Uint8Array> {
    if (count > 0 && !await this.has(count)) {
      throw new CompressionError("unexpected EOF");
    }
    return this.#chunk.subarray(this.#at, this.#at += count);
  }

  async close(): Promise<void> {
    await this.#source.return?.();
  }
}
