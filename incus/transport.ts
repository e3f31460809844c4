/**
 * The way to a server, by its Unix socket or by HTTPS.
 *
 * @module
 */
import type { ByteStream } from "./byte_stream.ts";
import type { ConnectionError } from "./errors.ts";

/** What is sent; the path and query go beside it. */
export interface TransportRequest {
  method: string;
  headers: Headers;
  body?: BodyInit | null;
  signal?: AbortSignal | undefined;
}

/** The way to one server. */
export interface Transport {
  /**
   * Sends a request for `target`, a path with its query.
   *
   * @throws {TypeError} as fetch(), when the server can't be reached.
   * @throws {ConnectionError} the same, already in words for users.
   */
  fetch(target: string, request: TransportRequest): Promise<Response>;
  /** Opens a connection for a WebSocket. */
  connect(): Promise<ByteStream>;
  /** Says why a connection that was there is there no more. */
  lost(): ConnectionError | Promise<ConnectionError>;
  close(): void;
}
