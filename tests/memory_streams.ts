/**
 * Standard streams in memory.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Input, Output } from "../commands/context.ts";

/** What stdin may be. */
export type StdinSource = string | Uint8Array | ReadableStream<Uint8Array>;

/** Called before a piece is taken. */
export type OnWrite = (data: Uint8Array) => void | Promise<void>;

const encoder = new TextEncoder();

/** Keeps what is written. */
export class MemoryOutput implements Output {
  readonly #terminal: boolean;
  readonly #dumb: boolean;
  readonly #onWrite: OnWrite | undefined;
  readonly #chunks: Uint8Array[] = [];
  #changed = Promise.withResolvers<void>();

  constructor(terminal: boolean, dumb: boolean, onWrite?: OnWrite) {
    this.#terminal = terminal;
    this.#dumb = dumb;
    this.#onWrite = onWrite;
  }

  async write(data: Uint8Array): Promise<void> {
    // The writer may use its buffer again.
    const copy = data.slice();
    await this.#onWrite?.(copy);
    this.#chunks.push(copy);
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  text(text: string): Promise<void> {
    return this.write(encoder.encode(text));
  }

  line(text: string): Promise<void> {
    return this.text(`${text}\n`);
  }

  isTerminal(): boolean {
    return this.#terminal;
  }

  canRedraw(): boolean {
    return this.#terminal && !this.#dumb;
  }

  /** All of it so far. */
  bytes(): Uint8Array {
    const size = this.#chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const all = new Uint8Array(size);
    let at = 0;
    for (const chunk of this.#chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    return all;
  }

  /** All of it so far, as text. */
  toString(): string {
    return new TextDecoder().decode(this.bytes());
  }

  /** Resolves once `text` is in it; fails when `done` comes first. */
  async until(text: string | RegExp, done: Promise<unknown>): Promise<void> {
    const ended = done.then(() => "ended" as const);
    while (!matches(this.toString(), text)) {
      const what = await Promise.race([this.#changed.promise, ended]);
      if (what === "ended" && !matches(this.toString(), text)) {
        assert.fail(`ended without printing ${text}:\n${this.toString()}`);
      }
    }
  }
}

function matches(all: string, text: string | RegExp): boolean {
  return typeof text === "string" ? all.includes(text) : text.test(all);
}

/** Gives what it was made with. */
export class MemoryInput implements Input {
  readonly #terminal: boolean;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #left: Uint8Array = new Uint8Array(0);
  /** The mode that was set last. */
  raw = false;

  constructor(terminal: boolean, source: StdinSource = "") {
    this.#terminal = terminal;
    this.#reader = streamOf(source).getReader();
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    while (this.#left.length === 0) {
      const { value, done } = await this.#reader.read();
      if (done) return null;
      this.#left = value;
    }
    const size = Math.min(buffer.length, this.#left.length);
    buffer.set(this.#left.subarray(0, size));
    this.#left = this.#left.subarray(size);
    return size;
  }

  isTerminal(): boolean {
    return this.#terminal;
  }

  setRaw(raw: boolean): void {
    this.raw = raw;
  }

  /** Tells the source that nobody reads any more. */
  async cancel(): Promise<void> {
    await this.#reader.cancel().catch(() => {});
  }
}

function streamOf(
  source: StdinSource,
): ReadableStream<Uint8Array> {
  if (source instanceof ReadableStream) return source;
  const bytes = typeof source === "string" ? encoder.encode(source) : source;
  return ReadableStream.from(bytes.length > 0 ? [bytes] : []);
}
