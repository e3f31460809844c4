/**
 * Images on this machine, as an OCI image layout.
 *
 * ```
 * oci-layout         that it is one
 * index.json         the names, each with what it stands for
 * blobs/sha256/HEX   everything else, by content; never changed
 * ingest/            blobs on their way, one folder a session
 * partial/HEX        blobs that broke off and may be resumed
 * names.lock         held alone to change index.json
 * sessions.lock      shared by sessions; held alone to remove blobs
 * ```
 *
 * Processes may come and go at any point: a blob gets its place by a rename
 * when it is whole, and a name by a rename of index.json when its blobs are
 * there. What a process leaves behind is of no name, and the next session or
 * {@linkcode ImageStore.collect} removes it.
 *
 * @see https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 * @module
 */
import { parseDigest } from "./digest.ts";
import type { Ingest } from "./ingest.ts";
import { BlobMissingError, StoreError, storeFailure } from "./store_error.ts";
import {
  makePrivateFolder,
  namesIn,
  removeIfThere,
  replaceFile,
  statIfThere,
} from "./store_files.ts";
import {
  formatStoreIndex,
  parseStoreIndex,
  type StoredName,
} from "./store_index.ts";
import { type Lock, takeLock, tryLock } from "./store_lock.ts";

export { BlobMissingError, IngestError, StoreError } from "./store_error.ts";
export { storeFolder } from "./store_folder.ts";
export type { StoredName } from "./store_index.ts";
export type { ExpectedBlob, Ingest, WrittenBlob } from "./ingest.ts";

const LAYOUT = `{"imageLayoutVersion":"1.0.0"}\n`;

/** The images of one folder. */
export class ImageStore {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /**
   * Opens a store; makes it where there is none.
   *
   * @throws {StoreError} when the folder has something else.
   */
  static async open(folder: string): Promise<ImageStore> {
    const store = await ImageStore.find(folder);
    if (store) return store;
    const made = new ImageStore(folder);
    await made.#create();
    return made;
  }

  /** Opens a store, or returns undefined where there is none. */
  static async find(folder: string): Promise<ImageStore | undefined> {
    let layout: string;
    try {
      layout = await Deno.readTextFile(`${folder}/oci-layout`);
    } catch (cause) {
      if (cause instanceof Deno.errors.NotFound) return undefined;
      throw storeFailure("read", folder, cause);
    }
    if (layoutVersion(layout) !== "1.0.0") {
      throw new StoreError(
        `Cannot use the image store "${folder}": "oci-layout" in it names a ` +
          "layout that kini does not know; move the folder away, or set " +
          "KINI_CACHE to another",
      );
    }
    return new ImageStore(folder);
  }

  /** Where a blob is, or would be. */
  blobPath(digest: string): string {
    const [algorithm, hex] = parseDigest(digest).split(":");
    return `${this.folder}/blobs/${algorithm}/${hex}`;
  }

  async hasBlob(digest: string): Promise<boolean> {
    return (await statIfThere(this.blobPath(digest)))?.isFile === true;
  }

  /** A blob's bytes as they are in the file; not checked. */
  async openBlob(digest: string): Promise<ReadableStream<Uint8Array>> {
    return (await this.#openFile(digest)).readable;
  }

  /**
   * A small blob, checked against its digest.
   *
   * @param limit bytes that it may have at most.
   */
  async readBlob(
    digest: string,
    limit: number,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const { readBlobFile } = await import("./blob_file.ts");
    return await readBlobFile(await this.#openFile(digest), digest, limit);
  }

  /** Begins a session that adds blobs. Close it, come what may. */
  async ingest(): Promise<Ingest> {
    await this.#removeLeftOver();
    const lock = await takeLock(this.#sessionsLock, "shared");
    try {
      const [{ sessionName }, { Ingest }] = await Promise.all([
        import("./store_sessions.ts"),
        import("./ingest.ts"),
      ]);
      const folder = `${this.#sessions}/${await sessionName()}`;
      await makePrivateFolder(this.#partials);
      await makePrivateFolder(folder);
      return new Ingest({
        folder,
        partials: this.#partials,
        blobs: this.#blobs,
        lock,
      });
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** All names, in the order in which they were given. */
  async list(): Promise<StoredName[]> {
    const path = `${this.folder}/index.json`;
    try {
      return parseStoreIndex(await Deno.readTextFile(path));
    } catch (cause) {
      throw new StoreError(
        `Cannot read the names of the images in "${path}": ` +
          `${messageOf(cause)}; put the file right, or move the folder ` +
          `"${this.folder}" away and load the images again`,
        { cause },
      );
    }
  }

  /**
   * Changes the names as one step. What new entries refer to must be there.
   *
   * @throws {BlobMissingError} when it is not; nothing is changed then.
   */
  async change(
    edit: (entries: StoredName[]) => StoredName[] | Promise<StoredName[]>,
  ): Promise<void> {
    const lock = await takeLock(this.#namesLock, "exclusive");
    try {
      const before = await this.list();
      const known = new Set(before.map(({ descriptor }) => descriptor.digest));
      const after = await edit(structuredClone(before));
      checkNames(after);
      for (const { descriptor: { digest } } of after) {
        if (known.has(digest)) continue;
        if (!await this.hasBlob(digest)) throw new BlobMissingError(digest);
      }
      const text = formatStoreIndex(after);
      if (text === formatStoreIndex(before)) return;
      await replaceFile(`${this.folder}/index.json`, text);
    } finally {
      lock.release();
    }
  }

  /**
   * Removes the blobs that no name leads to. While somebody adds blobs
   * nothing is removed: theirs have no name yet.
   *
   * @throws {StoreError} when the names can't be read; nothing is removed then.
   */
  async collect(): Promise<{ digests: string[]; bytes: number }> {
    const alone = await this.#aloneLock();
    if (!alone) return { digests: [], bytes: 0 };
    let names: Lock | undefined;
    try {
      // What is there can still get a name.
      names = await takeLock(this.#namesLock, "exclusive");
      const { collectBlobs } = await import("./store_collect.ts");
      const collected = await collectBlobs(this, this.#blobs);
      await this.#removeSessions(await namesIn(this.#sessions));
      await removeIfThere(this.#partials);
      for (const name of await namesIn(this.folder)) {
        if (TEMPORARY.test(name)) await removeIfThere(`${this.folder}/${name}`);
      }
      return collected;
    } finally {
      names?.release();
      alone.release();
    }
  }

  /**
   * Reads every blob and follows every name.
   *
   * @param onProblem told each problem as a sentence.
   * @returns how much was looked at.
   */
  async verify(
    onProblem: (problem: string) => void | Promise<void>,
  ): Promise<{ names: number; blobs: number; bytes: number }> {
    const { verifyStore } = await import("./store_verify.ts");
    // As a session does, this keeps others from removing blobs meanwhile.
    const lock = await takeLock(this.#sessionsLock, "shared");
    try {
      return await verifyStore(this, this.#blobs, onProblem);
    } finally {
      lock.release();
    }
  }

  get #blobs(): string {
    return `${this.folder}/blobs/sha256`;
  }

  get #sessions(): string {
    return `${this.folder}/ingest`;
  }

  get #partials(): string {
    return `${this.folder}/partial`;
  }

  get #namesLock(): string {
    return `${this.folder}/names.lock`;
  }

  get #sessionsLock(): string {
    return `${this.folder}/sessions.lock`;
  }

  async #create(): Promise<void> {
    await makePrivateFolder(this.folder);
    await checkEmptyForStore(this.folder);
    const lock = await takeLock(this.#namesLock, "exclusive");
    try {
      await makePrivateFolder(this.#blobs);
      await makePrivateFolder(this.#sessions);
      const path = `${this.folder}/index.json`;
      if (!await statIfThere(path)) {
        await replaceFile(path, formatStoreIndex([]));
      }
      // Last, since it says that the rest is there.
      await replaceFile(`${this.folder}/oci-layout`, LAYOUT);
    } finally {
      lock.release();
    }
  }

  async #openFile(digest: string): Promise<Deno.FsFile> {
    try {
      return await Deno.open(this.blobPath(digest));
    } catch (cause) {
      if (cause instanceof Deno.errors.NotFound) {
        throw new BlobMissingError(digest, { cause });
      }
      throw cause;
    }
  }

  /** The sessions' lock alone, or undefined while there is a session. */
  async #aloneLock(): Promise<Lock | undefined> {
    const { isAlive } = await import("./store_sessions.ts");
    for (const name of await namesIn(this.#sessions)) {
      if (await isAlive(name)) return undefined;
    }
    return await tryLock(this.#sessionsLock);
  }

  async #removeLeftOver(): Promise<void> {
    const names = await namesIn(this.#sessions);
    if (names.length === 0) return;
    const lock = await this.#aloneLock();
    if (!lock) return;
    try {
      await this.#removeSessions(names);
    } finally {
      lock.release();
    }
  }

  /** Blobs that can be resumed outlive their session. */
  async #removeSessions(names: readonly string[]): Promise<void> {
    for (const name of names) {
      const folder = `${this.#sessions}/${name}`;
      for (const file of await namesIn(folder)) {
        const hex = /^([0-9a-f]{64})\.partial$/.exec(file)?.[1];
        if (!hex) continue;
        await makePrivateFolder(this.#partials);
        await Deno.rename(`${folder}/${file}`, `${this.#partials}/${hex}`);
      }
      await removeIfThere(folder);
    }
  }
}

function layoutVersion(text: string): unknown {
  try {
    return Object(JSON.parse(text)).imageLayoutVersion;
  } catch {
    return undefined;
  }
}

/** What {@linkcode replaceFile} leaves behind when its process is killed. */
const TEMPORARY = /\.[0-9a-f-]{36}\.new$/;

const OWN = /^(?:blobs|ingest|partial|[a-z-]+\.lock|index\.json)(?:\.|$)/;

/** A folder of something else must not be filled with images. */
async function checkEmptyForStore(folder: string): Promise<void> {
  const foreign = (await namesIn(folder)).find((name) =>
    !OWN.test(name) && !/^oci-layout(\.|$)/.test(name)
  );
  if (foreign === undefined) return;
  throw new StoreError(
    `Cannot make an image store in "${folder}": it has "${foreign}" and is ` +
      "no image store; empty it, or set KINI_CACHE to another folder",
  );
}

function checkNames(names: readonly StoredName[]): void {
  const seen = new Set<string>();
  for (const { name } of names) {
    if (name === "") continue;
    if (seen.has(name)) throw new TypeError(`two entries are named ${name}`);
    seen.add(name);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
