/**
 * What a connection has to offer to those who speak a protocol on it.
 *
 * @module
 */

/** Bytes in both directions; a `Deno.Conn` is one. */
export interface ByteStream {
  /** Fills the buffer and gives the count of bytes, or `null` at the end. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Resolves with the count of bytes that were taken. */
  write(data: Uint8Array): Promise<number>;
  /** Drops the connection at once. */
  close(): void;
}
