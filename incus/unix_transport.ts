/**
 * Requests and WebSockets by a Unix socket.
 *
 * @module
 */
import type { ByteStream } from "./byte_stream.ts";
import type { ConnectionError } from "./errors.ts";
import { explainFailure } from "./remote.ts";
import type { Transport, TransportRequest } from "./transport.ts";

/**
 * The response of each body. The runtime forgets to abort a body whose Response
 * is no longer in use, and a stream that is read for long outlives its Response.
 */
const responses = new WeakMap<ReadableStream, Response>();

/** The way to the server of this machine. */
export class UnixTransport implements Transport {
  readonly #path: string;
  readonly #http: Deno.HttpClient;

  constructor(path: string) {
    this.#path = path;
    this.#http = Deno.createHttpClient({
      proxy: { transport: "unix", path },
      // Each request has a connection of its own. A pool opens some ahead of
      // their use, and LXD 5.0 accepts no other connection, not even of its
      // own hooks, until the newest one has sent something.
      poolMaxIdlePerHost: 0,
    });
  }

  async fetch(
    target: string,
    { signal, ...request }: TransportRequest,
  ): Promise<Response> {
    const response = await fetch(`http://incus${target}`, {
      ...request,
      client: this.#http,
      ...(signal && { signal }),
    });
    if (response.body) responses.set(response.body, response);
    return response;
  }

  async connect(): Promise<ByteStream> {
    try {
      return await Deno.connect({ transport: "unix", path: this.#path });
    } catch {
      throw await this.lost();
    }
  }

  lost(): Promise<ConnectionError> {
    return explainFailure(this.#path);
  }

  close(): void {
    this.#http.close();
  }
}
