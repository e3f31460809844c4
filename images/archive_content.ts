/**
 * What is in an archive of images: each file goes into the store's session as
 * it comes, before it is known what it is for, since the list of contents may
 * be at the end.
 *
 * @module
 */
import { ArchiveError } from "./archive_error.ts";
import { DOCUMENT_LIMIT } from "./blob_references.ts";
import {
  detectCompression,
  expand,
  MAGIC_LENGTH,
  peek,
} from "./compression.ts";
import { bytesOf, type LayerEntry } from "./layer_entry.ts";
import { LayerReader } from "./layer_reader.ts";
import type { Ingest, WrittenBlob } from "./store.ts";
import { statIfThere } from "./store_files.ts";

/** Files that say what the others are. */
const DOCUMENTS = ["manifest.json", "index.json", "oci-layout", "repositories"];

/** No image has as many parts. */
const MAX_ENTRIES = 100_000;
/** No layer is as large, and a number in a header is quickly written. */
const MAX_SIZE = 2 ** 40;
const MAX_LINKS = 16;
/** Written again though it is there: that puts a damaged one right. */
const SMALL = 1024 * 1024;

/** An archive's files, by their paths. */
export class ArchiveContent {
  readonly #documents = new Map<string, string>();
  readonly #files = new Map<string, WrittenBlob>();
  readonly #links = new Map<string, string>();

  /** Reads an archive that is not compressed to its end. */
  static async read(
    ingest: Ingest,
    archive: AsyncGenerator<Uint8Array>,
  ): Promise<ArchiveContent> {
    const content = new ArchiveContent();
    const reader = new LayerReader(archive);
    try {
      let count = 0;
      for (let entry; (entry = await reader.next());) {
        if (++count > MAX_ENTRIES) {
          throw new ArchiveError(
            `the archive has more than ${MAX_ENTRIES} files: it is none of images`,
          );
        }
        await content.#add(ingest, entry, reader);
      }
      // Who writes into a pipe wants to get rid of all of it.
      await reader.drain();
      return content;
    } finally {
      await archive.return(undefined);
    }
  }

  /** One of the files that say what the others are, or undefined. */
  document(name: string): string | undefined {
    return this.#documents.get(name);
  }

  /** The file at a path, links followed, or undefined. */
  file(path: string): WrittenBlob | undefined {
    let at = joinPath("", path);
    for (let hops = 0; hops < MAX_LINKS; hops++) {
      const target = this.#links.get(at);
      if (target === undefined) return this.#files.get(at);
      at = target;
    }
    throw new ArchiveError(`the archive's link "${path}" leads nowhere`);
  }

  async #add(
    ingest: Ingest,
    entry: LayerEntry,
    reader: LayerReader,
  ): Promise<void> {
    const path = shown(entry.path);
    switch (entry.type) {
      case "link":
        this.#links.set(path, shown(entry.target));
        return;
      case "symlink": {
        const folder = path.slice(0, path.lastIndexOf("/") + 1);
        this.#links.set(path, joinPath(folder, shown(entry.target)));
        return;
      }
      case "file":
        return await this.#addFile(ingest, path, entry, reader);
    }
  }

  async #addFile(
    ingest: Ingest,
    path: string,
    entry: LayerEntry,
    reader: LayerReader,
  ): Promise<void> {
    const size = entry.sparse?.size ?? entry.size;
    if (size > MAX_SIZE) {
      throw new ArchiveError(
        `the archive says that "${path}" has ${size} bytes, which no image has`,
      );
    }
    if (DOCUMENTS.includes(path)) {
      const text = await readText(path, size, bodyOf(entry, reader));
      const known = this.#documents.get(path);
      if (known !== undefined && known !== text) throw twice(path);
      this.#documents.set(path, text);
      return;
    }
    const blob = await writeFile(ingest, path, size, bodyOf(entry, reader));
    const known = this.#files.get(path);
    if (known && known.digest !== blob.digest) throw twice(path);
    this.#files.set(path, blob);
  }
}

async function writeFile(
  ingest: Ingest,
  path: string,
  size: number,
  body: AsyncGenerator<Uint8Array>,
): Promise<WrittenBlob> {
  const [, folder, hex] =
    /^(blobs\/sha256\/)?([0-9a-f]{64})(?:\.tar|\.json)?$/.exec(path) ?? [];
  const digest = `sha256:${hex}`;
  if (
    hex !== undefined && size > SMALL && await hasBlob(ingest, digest, size)
  ) {
    return { digest, size };
  }
  if (folder) return await ingest.writeBlob(body, { digest, size });
  const { head, chunks } = await peek(body, MAGIC_LENGTH);
  // Nodes don't know a layer that is compressed so; docker takes it.
  const compression = detectCompression(head);
  return await ingest.writeBlob(
    compression === "xz" || compression === "bzip2"
      ? await expand(compression, chunks)
      : chunks,
  );
}

/**
 * Whether a blob of this size is there already. What it is called is what is
 * taken then, so nobody can pass off other content by a wrong name.
 */
async function hasBlob(
  ingest: Ingest,
  digest: string,
  size: number,
): Promise<boolean> {
  const info = await statIfThere(ingest.path(digest));
  return info?.isFile === true && info.size === size;
}

async function readText(
  path: string,
  size: number,
  body: AsyncGenerator<Uint8Array>,
): Promise<string> {
  if (size > DOCUMENT_LIMIT) {
    throw new ArchiveError(
      `the archive's "${path}" has ${size} bytes, which makes no sense`,
    );
  }
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

async function* bodyOf(
  { sparse }: LayerEntry,
  reader: LayerReader,
): AsyncGenerator<Uint8Array> {
  if (!sparse) {
    for (let piece; (piece = await reader.content());) yield piece;
    return;
  }
  let at = 0;
  let piece: Uint8Array = new Uint8Array();
  for (let i = 0; i < sparse.parts.length; i += 2) {
    const [offset = 0, length = 0] = sparse.parts.slice(i, i + 2);
    yield* zeros(offset - at);
    for (let left = length; left > 0;) {
      if (piece.length === 0) piece = await reader.content() ?? piece;
      const part = piece.subarray(0, left);
      piece = piece.subarray(part.length);
      left -= part.length;
      yield part;
    }
    at = offset + length;
  }
  yield* zeros(sparse.size - at);
}

function* zeros(count: number): Generator<Uint8Array> {
  const some = new Uint8Array(Math.min(count, 256 * 1024));
  for (let left = count; left > 0; left -= some.length) {
    yield some.subarray(0, left);
  }
}

/** Where a link leads. */
function joinPath(folder: string, target: string): string {
  const parts: string[] = [];
  const out = target.startsWith("/");
  for (const part of `${folder}${target}`.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) throw leadsOut(target);
  }
  if (out) throw leadsOut(target);
  return parts.join("/");
}

function leadsOut(path: string): ArchiveError {
  return new ArchiveError(
    `the archive has a path that leads out of it: "${path}"`,
  );
}

function twice(path: string): ArchiveError {
  return new ArchiveError(
    `the archive has "${path}" twice, with different content`,
  );
}

/** Names in archives are bytes. */
function shown(path: string): string {
  return new TextDecoder().decode(bytesOf(path));
}
