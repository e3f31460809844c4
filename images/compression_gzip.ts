import { createGunzip } from "node:zlib";
import { CompressionError } from "./compression_error.ts";

/**
 * Bytes that come out at once. Each time they are a new buffer, and of larger
 * ones more is kept in memory until the next collection.
 */
const CHUNK = 64 * 1024;

/**
 * Reads gzip with any number of members, as `pigz` and stargz make it. The
 * web's DecompressionStream takes a single one.
 */
export async function* gunzip(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const stream = createGunzip({ chunkSize: CHUNK });
  let failure: unknown;
  const feeding = feed(source, stream).catch((error) => {
    failure = error;
    stream.destroy();
  });
  try {
    for await (const chunk of stream) {
      if (failure) break;
      yield chunk as Uint8Array;
    }
  } catch (cause) {
    throw failure ?? new CompressionError(
      (cause as { code?: string }).code === "Z_BUF_ERROR"
        ? "unexpected EOF"
        : "its gzip compression is damaged",
      { cause },
    );
  } finally {
    stream.destroy();
    await feeding;
  }
  if (failure) throw failure;
}

/** Writes until the stream is full, and on when it has room. */
async function feed(
  source: AsyncIterable<Uint8Array>,
  stream: ReturnType<typeof createGunzip>,
): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    stream.once("close", resolve);
    stream.once("error", () => resolve());
  });
  for await (const chunk of source) {
    if (stream.destroyed) return;
    if (stream.write(chunk)) continue;
    const drained = new Promise<void>((resolve) =>
      stream.once("drain", resolve)
    );
    await Promise.race([drained, closed]);
  }
  if (!stream.destroyed) stream.end();
}
