/**
 * An HTTP/1.1 server on a Unix socket. `Deno.serve` can't drop a connection in
 * the middle of an answer, nor end a WebSocket without a close frame, and both
 * is what Incus does.
 *
 * @module
 */
import { ByteReader } from "./byte_reader.ts";

/** A request, with its whole body. */
export interface HttpRequest {
  method: string;
  /** Path and query as they came. */
  target: string;
  headers: Headers;
  body: Uint8Array;
}

/** An answer with a body; a promised body is sent after the head. */
export interface HttpReply {
  status: number;
  headers?: Record<string, string>;
  body?: string | Uint8Array | Promise<string | Uint8Array>;
  /** The connection breaks off before the last byte of the body. */
  cut?: boolean;
}

/** The connection is handed over as it is; it is closed in the end. */
export interface HttpUpgrade {
  upgrade: (conn: Deno.Conn, reader: ByteReader) => Promise<void>;
}

/** `"drop"` closes the connection without an answer. */
export type HttpAnswer = HttpReply | HttpUpgrade | "drop";

/** Answers one request. */
export type HttpHandler = (request: HttpRequest) => Promise<HttpAnswer>;

const encoder = new TextEncoder();

/** A listening server; disposal closes every connection and waits for them. */
export class HttpServer implements AsyncDisposable {
  readonly #listener: Deno.UnixListener;
  readonly #handler: HttpHandler;
  readonly #connections = new Set<Deno.Conn>();
  readonly #tasks = new Set<Promise<void>>();
  /** Ends whatever a test has left hanging. */
  readonly #closing = Promise.withResolvers<"drop">();

  constructor(path: string, handler: HttpHandler) {
    this.#handler = handler;
    this.#listener = Deno.listen({ transport: "unix", path });
    this.#track(this.#accept());
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.#connections.size;
  }

  async #accept(): Promise<void> {
    try {
      for await (const conn of this.#listener) this.#track(this.#serve(conn));
    } catch {
      // Closed.
    }
  }

  #track(task: Promise<void>): void {
    this.#tasks.add(task);
    void task.finally(() => this.#tasks.delete(task));
  }

  async #serve(conn: Deno.Conn): Promise<void> {
    this.#connections.add(conn);
    try {
      const reader = new ByteReader(conn);
      let request = await readRequest(reader);
      while (request) {
        const answer = await Promise.race([
          this.#handler(request),
          this.#closing.promise,
        ]);
        if (answer === "drop") return;
        if ("upgrade" in answer) return await answer.upgrade(conn, reader);
        const writing = writeReply(conn, request.method, answer);
        writing.catch(() => {});
        await Promise.race([writing, this.#closing.promise]);
        if (answer.cut) return;
        request = await readRequest(reader);
      }
    } catch {
      // The client went away, or a promised body failed: either ends it here.
    } finally {
      this.#connections.delete(conn);
      closeQuietly(conn);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.#closing.resolve("drop");
    for (const conn of this.#connections) closeQuietly(conn);
    await Promise.all(this.#tasks);
  }
}

/** Closes a connection that may be closed already. */
export function closeQuietly(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch {
    // It is.
  }
}

/** Writes all of `data`. */
export async function writeAll(
  conn: Deno.Conn,
  data: Uint8Array,
): Promise<void> {
  for (let at = 0; at < data.length;) {
    at += await conn.write(data.subarray(at));
  }
}

async function readRequest(
  reader: ByteReader,
): Promise<HttpRequest | undefined> {
  const first = await reader.line();
  if (first === null) return undefined;
  const [method = "", uri = ""] = first.split(" ");
  // A client that takes the socket for a proxy sends the absolute form.
  const target = uri.replace(/^http:\/\/[^/]*/, "");
  const headers = new Headers();
  for (let line = await reader.line(); line; line = await reader.line()) {
    const at = line.indexOf(":");
    headers.append(line.slice(0, at), line.slice(at + 1).trim());
  }
  const body = headers.get("transfer-encoding") === "chunked"
    ? await readChunks(reader)
    : await reader.exactly(Number(headers.get("content-length") ?? 0));
  return body ? { method, target, headers, body } : undefined;
}

async function readChunks(reader: ByteReader): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  while (true) {
    const head = await reader.line();
    if (head === null) return null;
    const chunk = await reader.exactly(parseInt(head, 16));
    await reader.line();
    if (!chunk) return null;
    if (chunk.length === 0) break;
    chunks.push(chunk);
  }
  return new Uint8Array(await new Blob(chunks as BlobPart[]).arrayBuffer());
}

async function writeReply(
  conn: Deno.Conn,
  method: string,
  reply: HttpReply,
): Promise<void> {
  const body = reply.body ?? "";
  const promised = body instanceof Promise;
  const bytes = promised ? undefined : toBytes(body);
  const headers = new Headers(reply.headers);
  if (bytes) {
    if (!headers.has("content-length")) {
      const missing = reply.cut ? 1 : 0;
      headers.set("content-length", String(bytes.length + missing));
    }
  } else headers.set("transfer-encoding", "chunked");
  let head = `HTTP/1.1 ${reply.status} ${
    REASONS[reply.status] ?? "Status"
  }\r\n`;
  for (const [name, value] of headers) head += `${name}: ${value}\r\n`;
  await writeAll(conn, encoder.encode(`${head}\r\n`));
  if (method === "HEAD") return;
  if (bytes) return await writeAll(conn, bytes);
  const late = toBytes(await body);
  await writeAll(conn, encoder.encode(`${late.length.toString(16)}\r\n`));
  await writeAll(conn, late);
  await writeAll(conn, encoder.encode("\r\n0\r\n\r\n"));
}

function toBytes(body: string | Uint8Array): Uint8Array {
  return typeof body === "string" ? encoder.encode(body) : body;
}

const REASONS: Record<number, string> = {
  200: "OK",
  201: "Created",
  202: "Accepted",
  206: "Partial Content",
  400: "Bad Request",
  403: "Forbidden",
  404: "Not Found",
  409: "Conflict",
  416: "Requested Range Not Satisfiable",
  500: "Internal Server Error",
  503: "Service Unavailable",
};
