/**
 * A stored layer as the archive that it is.
 *
 * @module
 */

/** Undoes what compresses a layer; told by its first bytes. */
export async function openLayer(
  raw: ReadableStream<Uint8Array>,
): Promise<ReadableStream<Uint8Array>> {
  const reader = raw.getReader();
  const first = await reader.read();
  const all = new ReadableStream<Uint8Array>({
    start(controller) {
      if (first.value) controller.enqueue(first.value);
      else controller.close();
    },
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  if (first.value?.[0] === 0x1f && first.value[1] === 0x8b) {
    return all.pipeThrough(
      new DecompressionStream("gzip") as ReadableWritablePair<
        Uint8Array,
        Uint8Array
      >,
    );
  }
  return all;
}
