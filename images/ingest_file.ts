import { createHash, type Hash } from "node:crypto";
import { IngestError, storeFailure } from "./store_error.ts";
import { writeAll } from "./store_files.ts";

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

/**
 * Appends to a file, and hashes it with what it has. While a piece is written
 * it is hashed and the next one is fetched, so a piece must keep its content
 * until the one after the next is asked for.
 *
 * @returns `written` is done when the file is on the disk, too.
 * @throws {IngestError} when size or digest are not those expected.
 */
export async function receiveFile(
  path: string,
  source: AsyncIterable<Uint8Array>,
  expect: ExpectedBlob,
): Promise<{ blob: WrittenBlob; synced: Promise<void> }> {
  const file = await openFile(path);
  try {
    const hash = createHash("sha256");
    const there = await hashFile(file, hash);
    const size = await append(
      { file, path },
      source,
      hash,
      there,
      expect,
    );
    const digest = `sha256:${hash.digest("hex")}`;
    if (expect.digest !== undefined && digest !== expect.digest) {
      throw new IngestError(
        `Blob ${expect.digest} has the wrong content: its digest is ${digest}`,
      );
    }
    const synced = file.sync().catch(failed(path)).finally(() => file.close());
    return { blob: { digest, size }, synced };
  } catch (error) {
    file.close();
    throw error;
  }
}

async function hashFile(file: Deno.FsFile, hash: Hash): Promise<number> {
  const { size } = await file.stat();
  if (size === 0) return 0;
  const buffer = new Uint8Array(1024 * 1024);
  let total = 0;
  for (let n; (n = await file.read(buffer)) !== null; total += n) {
    hash.update(buffer.subarray(0, n));
  }
  return total;
}

async function openFile(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, {
      read: true,
      write: true,
      create: true,
      mode: 0o600,
    });
  } catch (error) {
    throw storeFailure("write to", path, error);
  }
}

/** Of the file, not of where the bytes come from. */
function failed(path: string): (error: unknown) => never {
  return (error) => {
    throw storeFailure("write to", path, error);
  };
}

async function append(
  { file, path }: { file: Deno.FsFile; path: string },
  source: AsyncIterable<Uint8Array>,
  hash: Hash,
  there: number,
  { digest, size }: ExpectedBlob,
): Promise<number> {
  let total = there;
  let writing = Promise.resolve();
  const blob = digest === undefined ? "A blob" : `Blob ${digest}`;
  try {
    for await (const chunk of source) {
      total += chunk.length;
      if (size !== undefined && total > size) {
        throw new IngestError(
          `${blob} is larger than the ${size} bytes announced`,
        );
      }
      await writing;
      writing = writeAll(file, chunk).catch(failed(path));
      // Who awaits it may come later.
      writing.catch(() => {});
      hash.update(chunk);
    }
  } finally {
    await writing;
  }
  if (size !== undefined && total < size) {
    throw new IngestError(
      `${blob} ended early: ${total} of ${size} bytes came`,
      { incomplete: true },
    );
  }
  return total;
}
