/**
 * The bytes of an archive, in the pieces that its format asks for.
 *
 * @module
 */
import { LayerEndError, LayerError } from "./layer_error.ts";

const NOTHING: Uint8Array = new Uint8Array();

/**
 * Reads a stream by counts of bytes. What is handed out is part of the
 * stream's own pieces wherever it can be.
 */
export class LayerBytes {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #seen: ((piece: Uint8Array) => void) | undefined;
  #piece = NOTHING;
  #at = 0;

  /** @param seen is shown each piece of the stream, once and in order. */
  constructor(
    source: AsyncIterable<Uint8Array>,
    seen?: (piece: Uint8Array) => void,
  ) {
    this.#source = source[Symbol.asyncIterator]();
    this.#seen = seen;
  }

  /** The next bytes if they are here already: the fast way of `take`. */
  takeNow(count: number): Uint8Array | undefined {
    const end = this.#at + count;
    if (end > this.#piece.length) return undefined;
    const taken = this.#piece.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  /**
   * The next bytes, or `undefined` when the stream ends in front of them.
   *
   * @throws {LayerError} when it ends among them.
   */
  async take(count: number): Promise<Uint8Array | undefined> {
    const now = this.takeNow(count);
    if (now) return now;
    const taken = new Uint8Array(count);
    let filled = 0;
    while (filled < count) {
      if (this.#at === this.#piece.length && !await this.#fill()) {
        if (filled === 0) return undefined;
        throw truncated();
      }
      const part = this.#some(count - filled);
      taken.set(part, filled);
      filled += part.length;
    }
    return taken;
  }

  /** One byte to `most` bytes; an end of the stream is an error here. */
  async some(most: number): Promise<Uint8Array> {
    if (this.#at === this.#piece.length && !await this.#fill()) {
      throw truncated();
    }
    return this.#some(most);
  }

  /** Passes over bytes, as many as are here already; says how many are left. */
  skipNow(count: number): number {
    const here = Math.min(count, this.#piece.length - this.#at);
    this.#at += here;
    return count - here;
  }

  /** Passes over bytes. */
  async skip(count: number): Promise<void> {
    let left = this.skipNow(count);
    while (left > 0) {
      if (!await this.#fill()) throw truncated();
      left = this.skipNow(left);
    }
  }

  /** Reads to the end of the stream. */
  async drain(): Promise<void> {
    while (await this.#fill());
  }

  /** Gives the stream back, read or not. */
  async close(): Promise<void> {
    await this.#source.return?.();
  }

  #some(most: number): Uint8Array {
    const end = Math.min(this.#at + most, this.#piece.length);
    const part = this.#piece.subarray(this.#at, end);
    this.#at = end;
    return part;
  }

  async #fill(): Promise<boolean> {
    this.#piece = NOTHING;
    this.#at = 0;
    while (true) {
      const { done, value } = await this.#source.next();
      if (done) return false;
      if (value.length === 0) continue;
      this.#seen?.(value);
      this.#piece = value;
      return true;
    }
  }
}

function truncated(): LayerError {
  return new LayerEndError();
}
