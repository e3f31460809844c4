/**
 * Reading a connection by lines and counts.
 *
 * @module
 */

/** A buffered reader; what it has read ahead stays with it. */
export class ByteReader {
  readonly #conn: Deno.Conn;
  #buffer = new Uint8Array(0);

  constructor(conn: Deno.Conn) {
    this.#conn = conn;
  }

  /** Whatever comes next, or `null` at the end of the stream. */
  async some(): Promise<Uint8Array | null> {
    if (this.#buffer.length === 0 && !await this.#more()) return null;
    const data = this.#buffer;
    this.#buffer = new Uint8Array(0);
    return data;
  }

  /** Exactly `count` bytes, or `null` when the stream ends before. */
  async exactly(count: number): Promise<Uint8Array | null> {
    while (this.#buffer.length < count) {
      if (!await this.#more()) return null;
    }
    const data = this.#buffer.slice(0, count);
    this.#buffer = this.#buffer.slice(count);
    return data;
  }

  /** One line without its CRLF, or `null` when the stream ends before. */
  async line(): Promise<string | null> {
    while (true) {
      const at = this.#buffer.indexOf(10);
      if (at >= 0) {
        const line = new TextDecoder().decode(this.#buffer.subarray(0, at));
        await this.exactly(at + 1);
        return line.replace(/\r$/, "");
      }
      if (!await this.#more()) return null;
    }
  }

  async #more(): Promise<boolean> {
    const chunk = new Uint8Array(64 * 1024);
    let size: number | null;
    try {
      size = await this.#conn.read(chunk);
    } catch {
      size = null;
    }
    if (size === null) return false;
    const joined = new Uint8Array(this.#buffer.length + size);
    joined.set(this.#buffer);
    joined.set(chunk.subarray(0, size), this.#buffer.length);
    this.#buffer = joined;
    return true;
  }
}
