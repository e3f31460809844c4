/**
 * Requests and WebSockets to a server that is reached by HTTPS.
 *
 * @module
 */
import { ByteReader } from "./byte_reader.ts";
import type { ByteStream } from "./byte_stream.ts";
import { ConnectionError } from "./errors.ts";
import {
  exchange,
  type HttpConnection,
  type HttpReply,
  NoReplyError,
} from "./http_exchange.ts";
import { checkKeyPair, unusablePair } from "./client_pair.ts";
import { distrusted, noTls, unreachable } from "./https_errors.ts";
import type { HttpsServer } from "./https_server.ts";
import {
  DistrustError,
  openTlsStream,
  TlsError,
  UnreachableError,
} from "./tls_stream.ts";
import type { Transport, TransportRequest } from "./transport.ts";

/** Keeps connections for the next request, as long as the program runs. */
export class HttpsTransport implements Transport {
  readonly #server: HttpsServer;
  readonly #idle: HttpConnection[] = [];
  readonly #open = new Set<ByteStream>();
  #address: string | undefined;

  /** @throws {RangeError} when the client's certificate can't be used. */
  constructor(server: HttpsServer) {
    checkKeyPair(server);
    this.#server = server;
  }

  async fetch(
    target: string,
    { signal, ...request }: TransportRequest,
  ): Promise<Response> {
    const body = request.body ?? null;
    const rest = { ...request, target, body, host: this.#host() };
    const kept = this.#idle.pop();
    if (kept) {
      try {
        return await this.#exchange(kept, rest, signal);
      } catch (error) {
        // The server may have given the connection up meanwhile. What may have
        // been read already, or may have done something, is not sent again.
        const again = error instanceof NoReplyError && !signal?.aborted &&
          request.method === "GET" && body === null;
        if (!again) throw this.#explained(error);
      }
    }
    const stream = await this.connect(signal);
    const connection = { stream, reader: new ByteReader(stream) };
    try {
      return await this.#exchange(connection, rest, signal);
    } catch (error) {
      throw this.#explained(error);
    }
  }

  async #exchange(
    connection: HttpConnection,
    request: Parameters<typeof exchange>[1],
    signal: AbortSignal | undefined,
  ): Promise<Response> {
    const { stream } = connection;
    const abort = () => this.#drop(stream);
    signal?.addEventListener("abort", abort);
    let reply: HttpReply;
    try {
      signal?.throwIfAborted();
      reply = await exchange(connection, request);
    } catch (error) {
      signal?.removeEventListener("abort", abort);
      this.#drop(stream);
      signal?.throwIfAborted();
      throw error;
    }
    void reply.reusable.then((reusable) => {
      signal?.removeEventListener("abort", abort);
      if (reusable && this.#open.has(stream)) this.#idle.push(connection);
      else this.#drop(stream);
    });
    return reply.response;
  }

  async connect(signal?: AbortSignal): Promise<ByteStream> {
    const { addresses, proxies, cert, key, ca, pinned, serverName } =
      this.#server;

    const failures: string[] = [];
    const known = this.#address ? [this.#address] : addresses;
    for (const address of known) {
      const { hostname, port } = new URL(address);
      try {
        const stream = await openTlsStream({
          hostname: hostname.replace(/^\[|\]$/g, ""),
          port: Number(port || 443),
          proxy: proxies?.[address],
          serverName,
          cert,
          key,
          ca,
          pinned,
        }, signal);
        this.#address = address;
        this.#open.add(stream);
        return stream;
      } catch (error) {
        if (error instanceof DistrustError) {
          throw distrusted(this.#server, address, error);
        }
        if (error instanceof Deno.errors.InvalidData) {
          throw unusablePair(this.#server, error.message);
        }
        if (error instanceof TlsError) {
          throw noTls(this.#server, address, error);
        }
        if (!(error instanceof UnreachableError)) throw error;
        failures.push(`${address} (${error.message})`);
      }
    }
    throw unreachable(this.#server, failures);
  }

  lost(): ConnectionError {
    return new ConnectionError(
      `The connection to the server "${this.#server.name}" at ` +
        `${this.#address} was lost. Is it still running?`,
    );
  }

  /** Errors of the connection; all others, such as of a body, stay as they are. */
  #explained(error: unknown): unknown {
    return error instanceof NoReplyError || error instanceof Deno.errors.Http ||
        error instanceof Deno.errors.UnexpectedEof
      ? this.lost()
      : error;
  }

  #host(): string {
    return new URL(this.#address ?? this.#server.addresses[0]!).host;
  }

  #drop(stream: ByteStream): void {
    this.#open.delete(stream);
    stream.close();
  }

  close(): void {
    for (const stream of this.#open) stream.close();
    this.#open.clear();
  }
}
