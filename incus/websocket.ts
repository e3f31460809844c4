/**
 * A WebSocket client (RFC 6455) on a socket that is open already.
 *
 * The platform's own `WebSocket` hands over every message as soon as it
 * arrives, so a slow reader would make it fill the memory; and the one with
 * back-pressure, `WebSocketStream`, can't use a Unix socket. Here nothing is
 * read before somebody asks for it.
 *
 * @module
 */
import type { ByteStream } from "./byte_stream.ts";
import { IncusError } from "./errors.ts";

const OPCODE = {
  continuation: 0,
  text: 1,
  binary: 2,
  close: 8,
  ping: 9,
  pong: 10,
} as const;

const BUFFER_SIZE = 256 * 1024;
/** Handshake replies and text messages may not be longer than this. */
const MAX_TEXT = 64 * 1024;
/** The value every server mixes into its answer to the handshake. */
const HANDSHAKE_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * What {@linkcode WebSocketConnection.read} gives: bytes of a binary message
 * (valid until the next read), or a whole text message.
 */
export type Piece =
  | { type: "binary"; data: Uint8Array }
  | { type: "text"; text: string };

/** One WebSocket, client side, with back-pressure in both directions. */
export class WebSocketConnection implements Disposable {
  readonly #conn: ByteStream;
  readonly #buffer = new Uint8Array(BUFFER_SIZE);
  #start = 0;
  #end = 0;
  /** Bytes of the current binary frame that were not handed out yet. */
  #remaining = 0;
  #lastOpcode: number = OPCODE.binary;
  #text = "";
  #closed = false;
  #answersPings = true;
  #writing: Promise<void> = Promise.resolve();

  private constructor(conn: ByteStream) {
    this.#conn = conn;
  }

  /**
   * Upgrades `conn` by a request for `target` (path and query).
   *
   * @throws {IncusError} when the server refuses the upgrade.
   */
  static async open(
    conn: ByteStream,
    target: string,
  ): Promise<WebSocketConnection> {
    const socket = new WebSocketConnection(conn);
    try {
      await socket.#handshake(target);
      return socket;
    } catch (error) {
      socket.close();
      throw error;
    }
  }

  async #handshake(target: string): Promise<void> {
    const key = btoa(
      String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))),
    );
    const expected = acceptFor(key);
    await this.#writeAll(encoder.encode(
      `GET ${target} HTTP/1.1\r\nHost: incus\r\nConnection: Upgrade\r\n` +
        `Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
        `Sec-WebSocket-Key: ${key}\r\n\r\n`,
    ));
    const head = await this.#readHead();
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0);
    if (status !== 101) {
      throw new IncusError(
        status,
        `GET ${target.split("?")[0]}`,
        (await this.#readErrorText(head)) || `unexpected reply: ${status}`,
      );
    }
    const accept = /^sec-websocket-accept:\s*(\S+)/im.exec(head)?.[1];
    if (accept !== await expected) {
      throw new IncusError(
        status,
        `GET ${target.split("?")[0]}`,
        "the server's WebSocket handshake is wrong",
      );
    }
  }

  async #readHead(): Promise<string> {
    let head = "";
    while (true) {
      const at = head.indexOf("\r\n\r\n");
      if (at >= 0) {
        // What follows the head belongs to the next reader.
        this.#start -= head.length - (at + 4);
        return head.slice(0, at);
      }
      if (head.length > MAX_TEXT || !await this.#fill(1)) {
        throw new Deno.errors.UnexpectedEof("no answer to the handshake");
      }
      // Heads are ASCII, so characters and bytes are the same.
      head += latin1(this.#buffer.subarray(this.#start, this.#end));
      this.#start = this.#end;
    }
  }

  async #readErrorText(head: string): Promise<string> {
    const length = Number(/^content-length:\s*(\d+)/im.exec(head)?.[1] ?? 0);
    if (length === 0 || length > MAX_TEXT || !await this.#fill(length)) {
      return "";
    }
    const body = decoder.decode(
      this.#buffer.subarray(this.#start, this.#start + length),
    );
    try {
      return String((JSON.parse(body) as { error?: unknown }).error ?? body);
    } catch {
      return body.trim();
    }
  }

  /**
   * The next piece, or `null` once the other side has closed.
   *
   * A connection that breaks off counts as closed: Incus ends exec sockets
   * without a close frame, after an empty text message.
   */
  async read(): Promise<Piece | null> {
    while (!this.#closed) {
      if (this.#remaining > 0) return await this.#readPayload();
      if (!await this.#fill(2)) break;
      const first = this.#buffer[this.#start]!;
      const second = this.#buffer[this.#start + 1]!;
      const headLength = headSize(second);
      if (!await this.#fill(headLength)) break;
      const length = this.#frameLength(second);
      this.#start += headLength;
      const piece = await this.#frame(first, length);
      if (piece) return piece;
    }
    return null;
  }

  #frameLength(second: number): number {
    const view = new DataView(this.#buffer.buffer, this.#start);
    if (second === 126) return view.getUint16(2);
    if (second === 127) return Number(view.getBigUint64(2));
    return second;
  }

  async #frame(first: number, length: number): Promise<Piece | null> {
    const opcode = first & 0x0f;
    if (opcode === OPCODE.binary || opcode === OPCODE.text) {
      this.#lastOpcode = opcode;
      this.#text = "";
    }
    const kind = opcode === OPCODE.continuation ? this.#lastOpcode : opcode;
    if (kind === OPCODE.binary) {
      this.#remaining = length;
      return null;
    }
    if (length > MAX_TEXT || !await this.#fill(length)) {
      this.close();
      return null;
    }
    const payload = this.#buffer.slice(this.#start, this.#start + length);
    this.#start += length;
    switch (kind) {
      case OPCODE.text:
        this.#text += decoder.decode(payload);
        return first & 0x80 ? { type: "text", text: this.#text } : null;
      case OPCODE.ping:
        if (!this.#answersPings) return null;
        await this.#send(OPCODE.pong, payload).catch(() => {});
        return null;
      case OPCODE.close:
        await this.#send(OPCODE.close, payload.subarray(0, 2)).catch(() => {});
        this.close();
        return null;
      default:
        return null;
    }
  }

  async #readPayload(): Promise<Piece | null> {
    if (this.#start === this.#end && !await this.#fill(1)) return null;
    const first = this.#start;
    let last = this.#take(first);
    // Servers send frames of a few KiB: what has arrived of them is handed out
    // at once, moved together over the heads between.
    while (this.#remaining === 0 && this.#enterBinaryFrame()) {
      last = this.#take(last);
    }
    return { type: "binary", data: this.#buffer.subarray(first, last) };
  }

  /** Moves what the buffer has of the current frame to `to`; gives its end. */
  #take(to: number): number {
    const size = Math.min(this.#remaining, this.#end - this.#start);
    if (to !== this.#start) {
      this.#buffer.copyWithin(to, this.#start, this.#start + size);
    }
    this.#start += size;
    this.#remaining -= size;
    return to + size;
  }

  /** Steps into the next frame if its head is in the buffer, and is binary. */
  #enterBinaryFrame(): boolean {
    const available = this.#end - this.#start;
    if (available < 2) return false;
    const opcode = this.#buffer[this.#start]! & 0x0f;
    const isBinary = opcode === OPCODE.binary ||
      (opcode === OPCODE.continuation && this.#lastOpcode === OPCODE.binary);
    const second = this.#buffer[this.#start + 1]!;
    const size = headSize(second);
    if (!isBinary || available < size) return false;
    this.#remaining = this.#frameLength(second);
    this.#lastOpcode = OPCODE.binary;
    this.#start += size;
    return true;
  }

  /** Makes at least `count` bytes available; false at the end of the stream. */
  async #fill(count: number): Promise<boolean> {
    if (this.#end - this.#start >= count) return true;
    if (this.#start > 0) {
      this.#buffer.copyWithin(0, this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
    }
    while (this.#end < count) {
      let size: number | null;
      try {
        size = await this.#conn.read(this.#buffer.subarray(this.#end));
      } catch {
        size = null;
      }
      if (size === null) {
        this.close();
        return false;
      }
      this.#end += size;
    }
    return true;
  }

  /**
   * Sends nothing any more, not even answers to pings: for a connection that is
   * only read. What is sent to a server that has closed already makes its side
   * refuse the connection, and by TLS what it sent before can then be lost.
   */
  readOnly(): void {
    this.#answersPings = false;
  }

  /** Sends one binary message; resolves when the kernel has taken it. */
  sendBytes(data: Uint8Array): Promise<void> {
    return this.#send(OPCODE.binary, data);
  }

  /** Sends one text message. */
  sendText(text: string): Promise<void> {
    return this.#send(OPCODE.text, encoder.encode(text));
  }

  #send(opcode: number, payload: Uint8Array): Promise<void> {
    const sent = this.#writing.then(async () => {
      await this.#writeAll(frameHead(opcode, payload.length));
      if (payload.length > 0) await this.#writeAll(payload);
    });
    this.#writing = sent.catch(() => {});
    return sent;
  }

  async #writeAll(data: Uint8Array): Promise<void> {
    let at = 0;
    while (at < data.length) at += await this.#conn.write(data.subarray(at));
  }

  /** Drops the connection at once; closing twice is fine. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#conn.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** How long the head of a server's frame is, by its second byte. */
function headSize(second: number): number {
  return second === 126 ? 4 : second === 127 ? 10 : 2;
}

/**
 * The head of a client frame. The mask that the protocol wants is all zeroes:
 * it guards against proxies that misread traffic, of which a socket to the
 * server itself has none, and it saves a pass over every byte.
 */
function frameHead(opcode: number, length: number): Uint8Array {
  const size = length < 126 ? 2 : length < 65536 ? 4 : 10;
  const head = new Uint8Array(size + 4);
  const view = new DataView(head.buffer);
  head[0] = 0x80 | opcode;
  if (size === 2) head[1] = 0x80 | length;
  else if (size === 4) {
    head[1] = 0x80 | 126;
    view.setUint16(2, length);
  } else {
    head[1] = 0x80 | 127;
    view.setBigUint64(2, BigInt(length));
  }
  return head;
}

async function acceptFor(key: string): Promise<string> {
  const digest = await crypto.subtle.digest(
    "SHA-1",
    encoder.encode(key + HANDSHAKE_GUID),
  );
  return btoa(latin1(new Uint8Array(digest)));
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
