/**
 * Blobs on their way into the store.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { IngestError } from "./store_error.ts";
import {
  removeIfThere,
  statIfThere,
  syncFolder,
  writeAll,
} from "./store_files.ts";
import type { Lock } from "./store_lock.ts";

/** What is known of a blob before its bytes come. */
export interface ExpectedBlob {
  digest?: string;
  /** Bytes. */
  size?: number;
}

/** A blob that was written. */
export interface WrittenBlob {
  digest: string;
  /** Bytes. */
  size: number;
}

/** What a session needs of its store. */
export interface IngestPlace {
  /** The session's own folder. */
  readonly folder: string;
  /** Files that came in part, by the hexadecimal digits of their digest. */
  readonly partials: string;
  readonly blobs: string;
  /** Keeps clean-up away. */
  readonly lock: Lock;
}

/**
 * A session that adds blobs to the store. While it lasts no blob of the store
 * is removed, so those that it found there may be relied on.
 */
export class Ingest {
  readonly #place: IngestPlace;
  /** Digest → file of the session. */
  readonly #written = new Map<string, string>();
  #count = 0;
  #closed = false;

  constructor(place: IngestPlace) {
    this.#place = place;
  }

  /** Whether a blob is in the store or was written in this session. */
  async has(digest: string): Promise<boolean> {
    return this.#written.has(digest) ||
      (await statIfThere(this.#stored(digest)))?.isFile === true;
  }

  /** The file that has a blob of the session or the store. */
  path(digest: string): string {
    return this.#written.get(digest) ?? this.#stored(digest);
  }

  /**
   * Writes a blob that the store does not have before {@linkcode commit}.
   *
   * @throws {IngestError} when size or digest are not those expected.
   */
  async writeBlob(
    source: ReadableStream<Uint8Array> | Uint8Array,
    expect: ExpectedBlob = {},
  ): Promise<WrittenBlob> {
    const path = this.#nextPath();
    try {
      const written = await receive(path, chunksOf(source), expect);
      return await this.#keep(path, written);
    } catch (error) {
      await removeIfThere(path);
      throw error;
    }
  }

  /**
   * Writes a blob whose bytes may come in several goes: what came before an
   * error is kept, also over the end of the process, and the next call asks
   * for the rest.
   *
   * @param open gets the bytes from this one on.
   */
  async resumeBlob(
    expect: { digest: string; size: number },
    open: (offset: number) => Promise<ReadableStream<Uint8Array>>,
  ): Promise<WrittenBlob> {
    const hex = hexOf(expect.digest);
    const partial = `${this.#place.partials}/${hex}`;
    const path = `${this.#place.folder}/${hex}.partial`;
    // One session takes it: a rename has one winner.
    await Deno.rename(partial, path).catch(ignoreNotFound);
    const there = (await statIfThere(path))?.size ?? 0;
    if (there > expect.size) await removeIfThere(path);
    const offset = there > expect.size ? 0 : there;
    try {
      const rest = offset === expect.size
        ? empty()
        : chunksOf(await open(offset));
      const written = await receive(path, rest, expect);
      return await this.#keep(path, written);
    } catch (error) {
      // Wrong bytes are worth nothing; missing ones may still come.
      if (error instanceof IngestError && !error.incomplete) {
        await removeIfThere(path);
      } else await Deno.rename(path, partial).catch(ignoreNotFound);
      throw error;
    }
  }

  /** Puts all that was written into the store, each blob as a whole. */
  async commit(): Promise<void> {
    for (const [digest, path] of this.#written) {
      await Deno.rename(path, this.#stored(digest));
      this.#written.delete(digest);
    }
    await syncFolder(this.#place.blobs);
  }

  /** Ends the session; what was not committed is gone. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      await removeIfThere(this.#place.folder);
    } finally {
      this.#place.lock.release();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #keep(path: string, written: WrittenBlob): Promise<WrittenBlob> {
    if (this.#written.has(written.digest)) await removeIfThere(path);
    else this.#written.set(written.digest, path);
    return written;
  }

  #nextPath(): string {
    return `${this.#place.folder}/${this.#count++}`;
  }

  #stored(digest: string): string {
    return `${this.#place.blobs}/${hexOf(digest)}`;
  }
}

/** Appends to a file and hashes all of it. */
async function receive(
  path: string,
  source: AsyncIterable<Uint8Array>,
  { digest, size }: ExpectedBlob,
): Promise<WrittenBlob> {
  const hash = createHash("sha256");
  const file = await Deno.open(path, {
    read: true,
    write: true,
    create: true,
    mode: 0o600,
  });
  let total = 0;
  try {
    const buffer = new Uint8Array(1024 * 1024);
    for (let n; (n = await file.read(buffer)) !== null; total += n) {
      hash.update(buffer.subarray(0, n));
    }
    for await (const chunk of source) {
      total += chunk.length;
      if (size !== undefined && total > size) {
        throw new IngestError(
          `Blob ${digest ?? ""} is larger than the ${size} bytes announced`,
        );
      }
      hash.update(chunk);
      await writeAll(file, chunk);
    }
    if (size !== undefined && total < size) {
      throw new IngestError(
        `Blob ${digest ?? ""} ended early: ${total} of ${size} bytes came`,
        { incomplete: true },
      );
    }
    await file.sync();
  } finally {
    file.close();
  }
  const found = `sha256:${hash.digest("hex")}`;
  if (digest !== undefined && found !== digest) {
    throw new IngestError(
      `Blob ${digest} has the wrong content: its digest is ${found}`,
    );
  }
  return { digest: found, size: total };
}

async function* chunksOf(
  source: ReadableStream<Uint8Array> | Uint8Array,
): AsyncGenerator<Uint8Array> {
  if (source instanceof Uint8Array) yield source;
  else yield* source;
}

async function* empty(): AsyncGenerator<Uint8Array> {}

function hexOf(digest: string): string {
  const [algorithm, hex = ""] = digest.split(":");
  if (algorithm !== "sha256" || !/^[0-9a-f]{64}$/.test(hex)) {
    throw new IngestError(`Unsupported digest "${digest}"`);
  }
  return hex;
}

function ignoreNotFound(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
