/**
 * The server's side of a WebSocket (RFC 6455), down to the frames: tests send
 * what a well-behaved library would not.
 *
 * @module
 */
import type { ByteReader } from "./byte_reader.ts";
import {
  closeQuietly,
  type HttpRequest,
  type HttpUpgrade,
  writeAll,
} from "./http_server.ts";

const HANDSHAKE_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Frame types. */
export const OPCODE = {
  continuation: 0,
  text: 1,
  binary: 2,
  close: 8,
  ping: 9,
  pong: 10,
} as const;

/** A whole message from the client. */
export type ClientMessage =
  | { type: "binary"; data: Uint8Array }
  | { type: "text"; text: string };

/** One WebSocket that a client has opened. */
export class ServerSocket {
  readonly #conn: Deno.Conn;
  readonly #reader: ByteReader;
  /** Payloads of the pongs that came. */
  readonly pongs: string[] = [];
  /** Bytes that the kernel has taken, heads included. */
  written = 0;
  #writing: Promise<void> = Promise.resolve();
  readonly #closed = Promise.withResolvers<void>();

  constructor(conn: Deno.Conn, reader: ByteReader) {
    this.#conn = conn;
    this.#reader = reader;
  }

  /** Resolves when either side has closed the connection. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** The next message; `null` once the client has closed. */
  async read(): Promise<ClientMessage | null> {
    while (true) {
      const frame = await this.#readFrame();
      if (!frame || frame.opcode === OPCODE.close) {
        this.abort();
        return null;
      }
      const { opcode, payload } = frame;
      if (opcode === OPCODE.pong) this.pongs.push(decoder.decode(payload));
      if (opcode === OPCODE.binary) return { type: "binary", data: payload };
      if (opcode === OPCODE.text) {
        return { type: "text", text: decoder.decode(payload) };
      }
    }
  }

  async #readFrame(): Promise<
    { opcode: number; payload: Uint8Array } | undefined
  > {
    const head = await this.#reader.exactly(2);
    if (!head) return undefined;
    const opcode = head[0]! & 0x0f;
    let length = head[1]! & 0x7f;
    if (length >= 126) {
      const size = length === 126 ? 2 : 8;
      const bytes = await this.#reader.exactly(size);
      if (!bytes) return undefined;
      const view = new DataView(bytes.buffer);
      length = size === 2 ? view.getUint16(0) : Number(view.getBigUint64(0));
    }
    // A client must mask (RFC 6455, 5.3); Incus's library refuses it otherwise.
    if (!(head[1]! & 0x80)) throw new TypeError("the client did not mask");
    const mask = await this.#reader.exactly(4);
    const payload = mask && await this.#reader.exactly(length);
    if (!payload) return undefined;
    if (mask.some((byte) => byte !== 0)) {
      for (let i = 0; i < length; i++) payload[i]! ^= mask[i % 4]!;
    }
    return { opcode, payload };
  }

  /** Sends one frame as it is told. */
  frame(
    opcode: number,
    data: string | Uint8Array,
    final = true,
  ): Promise<void> {
    const payload = typeof data === "string" ? encoder.encode(data) : data;
    const sent = this.#writing.then(async () => {
      const head = frameHead(opcode, payload.length, final);
      await this.#write(head);
      await this.#write(payload);
    });
    this.#writing = sent.catch(() => {});
    return sent;
  }

  async #write(data: Uint8Array): Promise<void> {
    for (let at = 0; at < data.length;) {
      const size = await this.#conn.write(data.subarray(at));
      at += size;
      this.written += size;
    }
  }

  /** Sends one binary message. */
  async sendBytes(data: Uint8Array): Promise<void> {
    if (data.length > 0) await this.frame(OPCODE.binary, data);
  }

  /** Ends the stream as Incus does: an empty text message. */
  async sendEnd(): Promise<void> {
    await this.frame(OPCODE.text, "");
  }

  /** Closes the connection without a close frame, as Incus does. */
  abort(): void {
    closeQuietly(this.#conn);
    this.#closed.resolve();
  }
}

/** Answers an upgrade; `serve` has the socket until it returns. */
export function acceptSocket(
  request: HttpRequest,
  serve: (socket: ServerSocket) => Promise<void>,
): HttpUpgrade {
  return {
    async upgrade(conn, reader) {
      const key = request.headers.get("sec-websocket-key") ?? "";
      const digest = await crypto.subtle.digest(
        "SHA-1",
        encoder.encode(key + HANDSHAKE_GUID),
      );
      const accept = btoa(String.fromCharCode(...new Uint8Array(digest)));
      await writeAll(
        conn,
        encoder.encode(
          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" +
            `Connection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
        ),
      );
      const socket = new ServerSocket(conn, reader);
      try {
        await serve(socket);
      } finally {
        socket.abort();
      }
    },
  };
}

function frameHead(opcode: number, length: number, final: boolean): Uint8Array {
  const size = length < 126 ? 2 : length < 65536 ? 4 : 10;
  const head = new Uint8Array(size);
  const view = new DataView(head.buffer);
  head[0] = (final ? 0x80 : 0) | opcode;
  head[1] = size === 2 ? length : size === 4 ? 126 : 127;
  if (size === 4) view.setUint16(2, length);
  if (size === 10) view.setBigUint64(2, BigInt(length));
  return head;
}
