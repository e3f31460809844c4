/** Bytes that are read at once. */
const CHUNK = 1024 * 1024;
/** One is written, one is hashed, one is filled: that leaves one to spare. */
const BUFFERS = 4;

/**
 * Reads ahead by one piece. A piece keeps its content until the third after
 * it is asked for.
 *
 * @param read fills a buffer and tells the count of bytes, or null at the end.
 * @param signal ends it, also in the middle of a read that nothing comes of.
 */
export async function* readAhead(
  read: (buffer: Uint8Array) => Promise<number | null>,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const buffers: Uint8Array[] = [];
  let round = 0;
  const fill = async () => {
    const at = round++ % BUFFERS;
    const buffer = buffers[at] ??= new Uint8Array(CHUNK);
    // A pipe gives little at a time, and each piece has its price.
    let count = 0;
    while (count < CHUNK) {
      const more = await read(buffer.subarray(count));
      if (more === null) break;
      count += more;
    }
    return count === 0 ? undefined : buffer.subarray(0, count);
  };
  const aborted = Promise.withResolvers<never>();
  aborted.promise.catch(() => {});
  const abort = () => aborted.reject(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  try {
    signal?.throwIfAborted();
    let next = fill();
    while (true) {
      const chunk = await Promise.race([next, aborted.promise]);
      if (!chunk) return;
      next = fill();
      next.catch(() => {});
      yield chunk;
    }
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}
