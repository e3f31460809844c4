/**
 * Lines and counted bytes of a connection.
 *
 * @module
 */
import type { ByteStream } from "./byte_stream.ts";

const BUFFER_SIZE = 64 * 1024;
/** Heads of replies may not be longer than this. */
const MAX_LINE = 32 * 1024;

const decoder = new TextDecoder();

/** Reads ahead in a connection, and never past what is asked for in the end. */
export class ByteReader {
  readonly #stream: ByteStream;
  readonly #buffer = new Uint8Array(BUFFER_SIZE);
  #start = 0;
  #end = 0;

  constructor(stream: ByteStream) {
    this.#stream = stream;
  }

  /** One line without its end, or `undefined` when the stream ends before any. */
  async line(): Promise<string | undefined> {
    let seen = this.#start;
    while (true) {
      const at = this.#buffer.indexOf(10, seen);
      if (at >= 0 && at < this.#end) {
        const line = this.#buffer.subarray(this.#start, at);
        this.#start = at + 1;
        return decoder.decode(line).replace(/\r$/, "");
      }
      const size = this.#end - this.#start;
      if (size > MAX_LINE) {
        throw new Deno.errors.InvalidData("a line of the reply is too long");
      }
      if (!await this.#fill()) {
        if (size === 0) return undefined;
        throw new Deno.errors.UnexpectedEof("the reply ended in its head");
      }
      seen = this.#start + size;
    }
  }

  /** At most `limit` bytes in memory of their own, or `null` at the end. */
  async some(limit: number): Promise<Uint8Array<ArrayBuffer> | null> {
    if (this.#start === this.#end && !await this.#fill()) return null;
    const size = Math.min(limit, this.#end - this.#start);
    const bytes = this.#buffer.slice(this.#start, this.#start + size);
    this.#start += size;
    return bytes;
  }

  /** Reads what has arrived behind what is in the buffer; false at the end. */
  async #fill(): Promise<boolean> {
    if (this.#start > 0) {
      this.#buffer.copyWithin(0, this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
    }
    const size = await this.#stream.read(this.#buffer.subarray(this.#end));
    if (size === null) return false;
    this.#end += size;
    return true;
  }
}
