/**
 * Connections by TLS to a server whose certificate is known.
 *
 * Deno's own TLS trusts public authorities beside what it is told to trust and
 * never shows the certificate, so it can't pin one; `node:tls` shows it.
 *
 * @module
 */
import { connect as connectTcp } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import type { ByteStream } from "./byte_stream.ts";

/** Where to connect, what to show there and what to accept. */
export interface TlsTarget {
  hostname: string;
  port: number;
  /** The name that the certificate must carry; unset: `hostname`. */
  serverName?: string | undefined;
  /** Client certificate and key, PEM. */
  cert: string;
  key: string;
  /** Authorities or certificates to trust beside the public ones, PEM. */
  ca?: string | undefined;
  /** The only certificate to accept, as DER. */
  pinned?: Uint8Array | undefined;
}

/** The server can't be reached: nothing of TLS was tried. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";
}

/** What the server showed is not what is trusted, or it refused to talk. */
export class TlsError extends Error {
  override readonly name = "TlsError";
}

/** How long a server may take to answer before it counts as unreachable. */
const CONNECT_TIMEOUT = 15_000;

/**
 * Connects, and resolves once the server's certificate is verified. Nothing is
 * sent to any other server.
 *
 * @throws {UnreachableError} when no connection comes about.
 * @throws {TlsError} when the certificate is not accepted.
 */
export async function openTlsStream(
  target: TlsTarget,
  signal?: AbortSignal,
): Promise<ByteStream> {
  const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>();
  const { hostname, port } = target;
  const tcp = connectTcp({ host: hostname, port });
  let far: TLSSocket | undefined;
  const stop = () => {
    reject(signal?.reason ?? new UnreachableError("no answer in time"));
    far?.destroy();
    tcp.destroy();
  };
  const timer = setTimeout(stop, CONNECT_TIMEOUT);
  signal?.addEventListener("abort", stop);
  tcp.once(
    "error",
    (cause) => reject(new UnreachableError(cause.message, { cause })),
  );
  tcp.once("connect", () => {
    tcp.setNoDelay(true);
    const { ca, cert, key, serverName, pinned } = target;
    far = connectTls({
      socket: tcp,
      host: hostname,
      ...(serverName && { servername: serverName }),
      ...(ca && { ca }),
      cert,
      key,
      ALPNProtocols: ["http/1.1"],
    });
    const socket = far;
    socket.on("error", (cause: Error) => {
      reject(new TlsError(cause.message, { cause }));
      socket.destroy();
    });
    socket.once("close", () => reject(new TlsError("the server hung up")));
    socket.once("secureConnect", () => {
      // The event comes for a handshake that failed, too, but then there is no
      // certificate: this decides.
      const raw = socket.getPeerCertificate()?.raw as Uint8Array | undefined;
      if (!raw) return;
      if (pinned && !equal(raw, pinned)) {
        reject(new TlsError("it is not the pinned certificate"));
        return socket.destroy();
      }
      resolve(socket);
    });
  });
  try {
    if (signal?.aborted) stop();
    return new TlsStream(await promise);
  } catch (error) {
    far?.destroy();
    tcp.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

class TlsStream implements ByteStream {
  readonly #socket: TLSSocket;
  #rest: Uint8Array | undefined;
  #error: Error | undefined;
  #ended = false;
  #wake: () => void = () => {};

  constructor(socket: TLSSocket) {
    this.#socket = socket;
    const ended = () => {
      this.#ended = true;
      this.#wake();
    };
    socket.on("readable", () => this.#wake());
    socket.once("end", ended);
    socket.once("close", ended);
    socket.on("error", (error: Error) => {
      this.#error = error;
      ended();
    });
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    while (!this.#rest) {
      const chunk = this.#socket.read() as Uint8Array | null;
      if (chunk) this.#rest = chunk;
      else if (this.#error) throw this.#error;
      else if (this.#ended) return null;
      else await new Promise<void>((resolve) => this.#wake = resolve);
    }
    const size = Math.min(buffer.length, this.#rest.length);
    buffer.set(this.#rest.subarray(0, size));
    this.#rest = size < this.#rest.length
      ? this.#rest.subarray(size)
      : undefined;
    return size;
  }

  write(data: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      // The caller may use its buffer again once this has resolved.
      this.#socket.write(
        data,
        (error) => error ? reject(error) : resolve(data.length),
      );
    });
  }

  close(): void {
    this.#socket.destroy();
    this.#ended = true;
    this.#wake();
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
