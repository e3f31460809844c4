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
  /** The proxy on the way there. */
  proxy?: URL | undefined;
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

/** No talk by TLS comes about, whoever is there. */
export class TlsError extends Error {
  override readonly name: string = "TlsError";
}

/** What the server showed is not what is trusted. */
export class DistrustError extends TlsError {
  override readonly name = "DistrustError";
}

/** How long a server may take to answer before it counts as unreachable. */
const CONNECT_TIMEOUT = 15_000;

/**
 * Connects, and resolves once the server's certificate is verified. Nothing is
 * sent to any other server.
 *
 * @throws {UnreachableError} when no connection comes about.
 * @throws {DistrustError} when the certificate is not accepted.
 * @throws {TlsError} when there is no TLS, or no use of the client's certificate.
 */
export async function openTlsStream(
  target: TlsTarget,
  signal?: AbortSignal,
): Promise<ByteStream> {
  const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>();
  const { hostname, proxy } = target;
  const tcp = connectTcp(
    proxy
      ? { host: nameOf(proxy), port: Number(proxy.port || 80) }
      : { host: hostname, port: target.port },
  );
  let far: TLSSocket | undefined;
  const stop = () => {
    reject(
      signal?.aborted ? signal.reason : new UnreachableError(
        `no answer in ${CONNECT_TIMEOUT / 1000} seconds`,
      ),
    );
    far?.destroy();
    tcp.destroy();
  };
  const timer = setTimeout(stop, CONNECT_TIMEOUT);
  signal?.addEventListener("abort", stop);
  tcp.once(
    "error",
    (cause: Error) => reject(unreachable(reason(cause), proxy, cause)),
  );
  tcp.once("connect", async () => {
    tcp.setNoDelay(true);
    if (proxy) {
      try {
        const { askProxy } = await import("./https_proxy.ts");
        await askProxy(tcp, proxy, target);
      } catch (cause) {
        return reject(unreachable((cause as Error).message, proxy, cause));
      }
    }
    const { ca, cert, key, serverName, pinned } = target;
    try {
      far = connectTls({
        socket: tcp,
        host: hostname,
        ...(serverName && { servername: serverName }),
        ...(ca && { ca }),
        cert,
        key,
        ALPNProtocols: ["http/1.1"],
      });
    } catch (error) {
      return reject(error);
    }
    const socket = far;
    socket.on("error", (cause: Error) => {
      reject(handshakeError(cause));
      socket.destroy();
    });
    socket.once("close", () => reject(new TlsError("the server hung up")));
    socket.once("secureConnect", () => {
      // The event comes for a handshake that failed, too, but then there is no
      // certificate: this decides.
      const raw = socket.getPeerCertificate()?.raw as Uint8Array | undefined;
      if (!raw) return;
      if (pinned && !equal(raw, pinned)) {
        reject(new DistrustError("it is not the pinned certificate"));
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

/** The runtime has words and no classes for what rustls says. */
function handshakeError(cause: Error): TlsError {
  const certificate = /^invalid peer certificate: (.*)$/.exec(cause.message);
  if (certificate) return new DistrustError(certificate[1], { cause });
  return new TlsError(
    cause.message.includes("InvalidContentType")
      ? "what answers there does not speak TLS"
      : cause.message,
    { cause },
  );
}

function unreachable(
  text: string,
  proxy: URL | undefined,
  cause: unknown,
): UnreachableError {
  const through = proxy ? `by the proxy ${proxy.host}: ` : "";
  return new UnreachableError(through + text, { cause });
}

function nameOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, "");
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection refused",
  ENOTFOUND: "no such host",
  EAI_AGAIN: "its name can't be looked up",
  EHOSTUNREACH: "there is no way to it",
  ENETUNREACH: "there is no way to it",
  ETIMEDOUT: "no answer",
};

/** Why there is no connection; of a name with several addresses, why to none. */
function reason(error: Error & { code?: string }): string {
  if (error instanceof AggregateError) {
    return [...new Set(error.errors.map(reason))].join(", ");
  }
  return REASONS[error.code ?? ""] ?? error.message;
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
