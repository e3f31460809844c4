/**
 * One root file system out of an image's layers.
 *
 * The layers are read twice: the first time all headers, which tell what is
 * left in the end and whether the layers are what they should be; the second
 * time from the lowest layer up, and only what is left goes out. So memory is
 * needed for names, some 400 bytes each, and not for content.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { CompressionError, decompressed } from "./compression.ts";
import {
  type ArchiveOptions,
  type LayerSource,
  piecesOf,
} from "./flatten_archive.ts";
import type { FlattenPlan } from "./flatten_node.ts";
import { FlattenTree } from "./flatten_tree.ts";
import { LayerError } from "./layer_error.ts";
import { LayerReader } from "./layer_reader.ts";

export type { ArchiveOptions, LayerSource } from "./flatten_archive.ts";

/** Files of this name are kept in memory, up to a size: who is who. */
const KEPT = /(?:^|\/)(?:passwd|group)$/;
const MAX_KEPT = 256 << 10;

/** How layers are flattened. */
export interface FlattenOptions {
  signal?: AbortSignal;
  /** Told which layer is being read for the first time. */
  onLayer?: (index: number, count: number) => void;
}

/**
 * One uncompressed archive with all that is left of the layers.
 *
 * Nothing comes out of layers that are not what they should be: the stream
 * then fails with a {@linkcode LayerError} as its first.
 */
export function flattenLayers(
  layers: readonly LayerSource[],
  options: FlattenOptions = {},
): ReadableStream<Uint8Array> {
  return streamOf(async function* () {
    const image = await readLayers(layers, options);
    yield* piecesOf(layers, image.plan, options);
  });
}

/**
 * Reads all layers once and checks them.
 *
 * @throws {LayerError} that names the layer.
 */
export async function readLayers(
  layers: readonly LayerSource[],
  options: FlattenOptions = {},
): Promise<FlatImage> {
  const tree = new FlattenTree();
  const kept = new Map<string, Uint8Array>();
  let index = 0;
  for (const layer of layers) {
    options.onLayer?.(index, layers.length);
    try {
      await readLayer(layer, tree, (position, content) => {
        kept.set(`${index}:${position}`, content);
      }, options.signal);
    } catch (cause) {
      if (
        !(cause instanceof LayerError || cause instanceof CompressionError)
      ) throw cause;
      throw new LayerError(`Layer ${layer.digest}: ${cause.message}`, {
        cause,
      });
    }
    index++;
  }
  return new FlatImage(layers, tree, kept);
}

/** Layers that were read once. */
export class FlatImage {
  readonly plan: FlattenPlan;
  readonly #layers: readonly LayerSource[];
  readonly #tree: FlattenTree;
  readonly #kept: Map<string, Uint8Array>;

  constructor(
    layers: readonly LayerSource[],
    tree: FlattenTree,
    kept: Map<string, Uint8Array>,
  ) {
    this.plan = tree.plan();
    this.#layers = layers;
    this.#tree = tree;
    this.#kept = kept;
  }

  /** All content in the archive, bytes. */
  get size(): number {
    return this.plan.size;
  }

  /** The archive; it is made as it is read, and the same each time. */
  archive(options: ArchiveOptions = {}): ReadableStream<Uint8Array> {
    return streamOf(() => piecesOf(this.#layers, this.plan, options));
  }

  /**
   * The text of `/etc/passwd` or `/etc/group`, links followed; empty when
   * there is none.
   */
  readText(path: string): string {
    const node = this.#tree.resolve(path);
    if (!node) return "";
    const { layer, position } = node.content ?? node;
    const content = this.#kept.get(`${layer}:${position}`);
    return content ? new TextDecoder().decode(content) : "";
  }
}

async function readLayer(
  layer: LayerSource,
  tree: FlattenTree,
  keep: (position: number, content: Uint8Array) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const want = layer.diffId ?? layer.digest;
  const hash = createHash(want.split(":", 1)[0]!);
  const update = (piece: Uint8Array) => {
    signal?.throwIfAborted();
    hash.update(piece);
  };
  const stored = await layer.open();
  const reader = layer.diffId === undefined
    ? new LayerReader(decompressed(seen(stored, update)))
    : new LayerReader(decompressed(stored), update);
  try {
    tree.beginLayer();
    for (let position = 0;; position++) {
      const entry = await reader.next();
      if (!entry) break;
      tree.add(entry, position);
      if (
        entry.type === "file" && entry.size <= MAX_KEPT &&
        KEPT.test(entry.path) && !entry.sparse
      ) keep(position, await contentOf(reader));
    }
    tree.endLayer();
    await reader.drain();
  } finally {
    await reader.close();
  }
  const digest = `${want.split(":", 1)[0]}:${hash.digest("hex")}`;
  if (digest !== want) {
    throw new LayerError(`its digest is ${digest} instead of ${want}`);
  }
}

async function contentOf(reader: LayerReader): Promise<Uint8Array> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for (
    let piece = await reader.content();
    piece;
    piece = await reader.content()
  ) pieces.push(piece.slice());
  return await new Blob(pieces).bytes();
}

async function* seen(
  pieces: AsyncIterable<Uint8Array>,
  see: (piece: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    see(piece);
    yield piece;
  }
}

/** Pieces as a stream that makes the next one when it is asked for. */
function streamOf(
  make: () => AsyncGenerator<Uint8Array>,
): ReadableStream<Uint8Array> {
  let pieces: AsyncGenerator<Uint8Array> | undefined;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      pieces ??= make();
      const { done, value } = await pieces.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await pieces?.return(undefined);
    },
  }, { highWaterMark: 1 });
}
