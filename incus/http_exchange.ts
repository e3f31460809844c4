/**
 * One request and its reply on a connection that is open already (HTTP/1.1).
 *
 * The platform's own `fetch` has no way to trust one certificate and nothing
 * else, and resolves the name that it verifies.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9112
 * @module
 */
import { ByteReader } from "./byte_reader.ts";
import type { ByteStream } from "./byte_stream.ts";

/** A request; the target is a path with its query. */
export interface HttpRequest {
  method: string;
  target: string;
  host: string;
  headers: Headers;
  body: BodyInit | null;
}

/** A connection that carries one request after the other. */
export interface HttpConnection {
  readonly stream: ByteStream;
  readonly reader: ByteReader;
}

/** A reply, and what became of its connection. */
export interface HttpReply {
  response: Response;
  /** Resolves, once the body is read, with whether the connection can be used again. */
  reusable: Promise<boolean>;
}

/** No byte of a reply came: an idle connection that the server had closed. */
export class NoReplyError extends Error {
  override readonly name = "NoReplyError";
}

const encoder = new TextEncoder();

/** Sends a request; resolves with the head of the reply, its body follows. */
export async function exchange(
  { stream, reader }: HttpConnection,
  request: HttpRequest,
): Promise<HttpReply> {
  const sending = new Sending(stream, request);
  let head: Head;
  try {
    head = await Promise.race([readHead(reader), sending.sourceFailed]);
  } catch (error) {
    stream.close();
    throw error;
  }
  // A server that answers before it has read all wants no more of it.
  if (!sending.done) sending.stop();
  const { status, headers } = head;
  const { promise: reusable, resolve } = Promise.withResolvers<boolean>();
  const persistent = () => head.persistent && sending.done;
  const chunks = bodyOf(request.method, head, reader);
  if (!chunks) {
    resolve(persistent());
    return { response: new Response(null, { status, headers }), reusable };
  }
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { value, done } = await chunks.next();
        if (!done) return controller.enqueue(value);
        controller.close();
        resolve(persistent() && isDelimited(headers));
      } catch (error) {
        stream.close();
        resolve(false);
        // As fetch() does when a connection breaks in the middle.
        controller.error(
          new TypeError("the reply was cut short", { cause: error }),
        );
      }
    },
    cancel() {
      stream.close();
      resolve(false);
    },
  }, { highWaterMark: 0 });
  return { response: new Response(body, { status, headers }), reusable };
}

/** The request on its way. */
class Sending {
  /** Everything is written. */
  done = false;
  /** Rejects when the source of the body fails; a broken connection shows in the reply. */
  readonly sourceFailed: Promise<never>;
  #source: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #stopped = false;

  constructor(stream: ByteStream, request: HttpRequest) {
    const { promise, reject } = Promise.withResolvers<never>();
    this.sourceFailed = promise;
    promise.catch(() => {});
    void this.#send(stream, request, reject);
  }

  /** Sends no more of the body. */
  stop(): void {
    if (!this.#source) return;
    this.#stopped = true;
    this.#source.cancel().catch(() => {});
  }

  async #send(
    stream: ByteStream,
    request: HttpRequest,
    fail: (error: unknown) => void,
  ): Promise<void> {
    const { body } = request;
    const headers = new Headers(request.headers);
    const fixed = typeof body === "string"
      ? encoder.encode(body)
      : body instanceof Uint8Array
      ? body
      : body === null
      ? new Uint8Array()
      : undefined;
    if (fixed) {
      if (body !== null || /^(POST|PUT|PATCH)$/.test(request.method)) {
        headers.set("content-length", String(fixed.length));
      }
    } else if (!headers.has("content-length")) {
      headers.set("transfer-encoding", "chunked");
    }
    const source = fixed ? undefined : new Response(body);
    const type = source?.headers.get("content-type");
    if (type && !headers.has("content-type")) headers.set("content-type", type);
    try {
      await writeAll(stream, encoder.encode(headOf(request, headers)));
      if (fixed) await writeAll(stream, fixed);
      else await this.#sendStream(stream, source!.body!, headers, fail);
      this.done = !this.#stopped;
    } catch {
      // The connection broke. The server may have said why before.
      this.stop();
    }
  }

  async #sendStream(
    stream: ByteStream,
    source: ReadableStream<Uint8Array>,
    headers: Headers,
    fail: (error: unknown) => void,
  ): Promise<void> {
    const chunked = headers.has("transfer-encoding");
    this.#source = source.getReader();
    while (!this.#stopped) {
      let next: ReadableStreamReadResult<Uint8Array>;
      try {
        next = await this.#source.read();
      } catch (error) {
        if (!this.#stopped) fail(error);
        this.#stopped = true;
        return;
      }
      if (next.done) break;
      const { length } = next.value;
      if (length === 0) continue;
      if (chunked) {
        await writeAll(stream, encoder.encode(`${length.toString(16)}\r\n`));
      }
      await writeAll(stream, next.value);
      if (chunked) await writeAll(stream, encoder.encode("\r\n"));
    }
    if (chunked && !this.#stopped) {
      await writeAll(stream, encoder.encode("0\r\n\r\n"));
    }
  }
}

function headOf(
  { method, target, host }: HttpRequest,
  headers: Headers,
): string {
  let head = `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\n`;
  for (const [name, value] of headers) head += `${name}: ${value}\r\n`;
  return `${head}\r\n`;
}

interface Head {
  status: number;
  headers: Headers;
  persistent: boolean;
}

async function readHead(reader: ByteReader): Promise<Head> {
  while (true) {
    let first: string | undefined;
    try {
      first = await reader.line();
    } catch (cause) {
      throw new NoReplyError("the connection broke", { cause });
    }
    if (first === undefined) throw new NoReplyError("the connection ended");
    const found = /^HTTP\/1\.([01]) (\d{3})/.exec(first);
    if (!found) {
      throw new Deno.errors.InvalidData(`not an HTTP reply: ${first}`);
    }
    const headers = new Headers();
    while (true) {
      const line = await headerLine(reader);
      if (line === "") break;
      const colon = line.indexOf(":");
      if (colon > 0) {
        headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
      }
    }
    const status = Number(found[2]);
    // "100 Continue" and its like go before the reply.
    if (status < 200) continue;
    const persistent = found[1] === "1" &&
      !/\bclose\b/i.test(headers.get("connection") ?? "");
    return { status, headers, persistent };
  }
}

async function headerLine(reader: ByteReader): Promise<string> {
  let line: string | undefined;
  let cause: unknown;
  try {
    line = await reader.line();
  } catch (error) {
    cause = error;
  }
  if (line !== undefined) return line;
  throw new Deno.errors.UnexpectedEof("the reply ended in its head", { cause });
}

function isDelimited(headers: Headers): boolean {
  return headers.has("transfer-encoding") || headers.has("content-length");
}

/** The body in pieces; `undefined` where there is none. */
function bodyOf(
  method: string,
  { status, headers }: Head,
  reader: ByteReader,
): AsyncGenerator<Uint8Array<ArrayBuffer>> | undefined {
  if (method === "HEAD" || status === 204 || status === 304) return undefined;
  if (/\bchunked\b/i.test(headers.get("transfer-encoding") ?? "")) {
    return chunkedBody(reader);
  }
  const length = headers.get("content-length");
  return countedBody(reader, length === null ? Infinity : Number(length));
}

async function* countedBody(
  reader: ByteReader,
  length: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let left = length;
  while (left > 0) {
    const bytes = await reader.some(left);
    if (!bytes) {
      if (left === Infinity) return;
      throw new Deno.errors.UnexpectedEof("the reply ended in its body");
    }
    left -= bytes.length;
    yield bytes;
  }
}

async function* chunkedBody(
  reader: ByteReader,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  while (true) {
    const head = /^([0-9a-f]{1,12})\s*(;|$)/i.exec(await reader.line() ?? "");
    if (!head) throw new Deno.errors.InvalidData("a chunk has no size");
    const size = parseInt(head[1]!, 16);
    if (size === 0) break;
    yield* countedBody(reader, size);
    if (await reader.line() !== "") {
      throw new Deno.errors.InvalidData("a chunk has no end");
    }
  }
  // Trailers end with an empty line.
  while (await reader.line());
}

async function writeAll(stream: ByteStream, data: Uint8Array): Promise<void> {
  let at = 0;
  while (at < data.length) at += await stream.write(data.subarray(at));
}
