/**
 * Blobs on their way into the store.
 *
 * @module
 */
import { readBlobFile } from "./blob_file.ts";
import {
  type ExpectedBlob,
  receiveFile,
  type WrittenBlob,
} from "./ingest_file.ts";
import { BlobMissingError, IngestError } from "./store_error.ts";
import { removeIfThere, statIfThere, syncFolder } from "./store_files.ts";
import type { Lock } from "./store_lock.ts";

export type { ExpectedBlob, WrittenBlob } from "./ingest_file.ts";

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

/** Files that are on their way to the disk at a time; each is open. */
const MAX_SYNCING = 16;

/**
 * A session that adds blobs to the store. While it lasts no blob of the store
 * is removed, so those that it found there may be relied on.
 */
export class Ingest {
  readonly #place: IngestPlace;
  /** Digest → file of the session. */
  readonly #written = new Map<string, string>();
  readonly #syncing = new Set<Promise<void>>();
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

  /** As the store's, also for what this session has written. */
  async readBlob(
    digest: string,
    limit: number,
  ): Promise<Uint8Array<ArrayBuffer>> {
    let file: Deno.FsFile;
    try {
      file = await Deno.open(this.path(digest));
    } catch (cause) {
      if (cause instanceof Deno.errors.NotFound) {
        throw new BlobMissingError(digest, { cause });
      }
      throw cause;
    }
    return await readBlobFile(file, digest, limit);
  }

  /**
   * Writes a blob that the store does not have before {@linkcode commit}.
   *
   * @param source its pieces; one must keep its content until the one after
   * the next is asked for.
   * @throws {IngestError} when size or digest are not those expected.
   */
  async writeBlob(
    source: AsyncIterable<Uint8Array> | Uint8Array,
    expect: ExpectedBlob = {},
  ): Promise<WrittenBlob> {
    const path = this.#nextPath();
    try {
      return await this.#receive(path, chunksOf(source), expect);
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
      return await this.#receive(path, rest, expect);
    } catch (error) {
      // Wrong bytes are worth nothing; missing ones may still come.
      if (error instanceof IngestError && !error.incomplete) {
        await removeIfThere(path);
      } else await Deno.rename(path, partial).catch(ignoreNotFound);
      throw error;
    }
  }

  /**
   * Puts what was written into the store, each blob as a whole.
   *
   * @param wanted only these; the others go when the session ends.
   */
  async commit(wanted?: ReadonlySet<string>): Promise<void> {
    await Promise.all(this.#syncing);
    for (const [digest, path] of this.#written) {
      if (wanted && !wanted.has(digest)) continue;
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
      await Promise.allSettled(this.#syncing);
    } finally {
      this.#place.lock.release();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #receive(
    path: string,
    source: AsyncIterable<Uint8Array>,
    expect: ExpectedBlob,
  ): Promise<WrittenBlob> {
    const { blob, synced } = await receiveFile(path, source, expect);
    // The disk takes its time, and the next blobs can come meanwhile.
    this.#syncing.add(synced);
    synced.then(() => this.#syncing.delete(synced), () => {});
    if (this.#syncing.size >= MAX_SYNCING) await Promise.race(this.#syncing);
    if (this.#written.has(blob.digest)) await removeIfThere(path);
    else this.#written.set(blob.digest, path);
    return blob;
  }

  #nextPath(): string {
    return `${this.#place.folder}/${this.#count++}`;
  }

  #stored(digest: string): string {
    return `${this.#place.blobs}/${hexOf(digest)}`;
  }
}

async function* chunksOf(
  source: AsyncIterable<Uint8Array> | Uint8Array,
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
