/**
 * Layers that are checked on their way.
 *
 * @module
 */
import { FlattenTree } from "./flatten_tree.ts";
import { LayerReader } from "./layer_reader.ts";

/**
 * The same pieces, each after a reader is through with it. It ends well only
 * when all of the archive can be read, and its paths make a tree.
 *
 * @throws {LayerError} while reading.
 */
export async function* checkedLayer(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let asked = newPromise<void>();
  let offered = newPromise<Uint8Array | undefined>();
  async function* pieces() {
    while (true) {
      asked.resolve();
      const piece = await offered.promise;
      offered = newPromise();
      if (!piece) return;
      yield piece;
    }
  }
  const checked = readAll(pieces());
  // Whoever waits for the reader is told.
  checked.catch((error) => asked.reject(error));
  try {
    for await (const piece of source) {
      // For the reader, an empty piece is none.
      if (piece.length === 0) continue;
      await asked.promise;
      asked = newPromise();
      offered.resolve(piece);
      await asked.promise;
      yield piece;
    }
  } finally {
    offered.resolve(undefined);
  }
  await checked;
}

async function readAll(pieces: AsyncIterable<Uint8Array>): Promise<void> {
  const reader = new LayerReader(pieces);
  try {
    const tree = new FlattenTree();
    tree.beginLayer();
    for (let count = 0;; count++) {
      const entry = await reader.next();
      if (!entry) break;
      tree.add(entry, count);
    }
    await reader.drain();
  } finally {
    await reader.close();
  }
}

/** One whose failure need not be heard. */
function newPromise<T>(): PromiseWithResolvers<T> {
  const made = Promise.withResolvers<T>();
  made.promise.catch(() => {});
  return made;
}
