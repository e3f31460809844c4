/**
 * One root file system out of an image's layers.
 *
 * The layers are read twice: the first time all headers, which tell what is
 * left in the end and whether the layers are what they should be; the second
 * time from the lowest layer up, and only what is left goes out. So memory is
 * needed for names, about 300 bytes each, and not for content.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { CompressionError, decompressed } from "./compression.ts";
import {
  type FlattenPlan,
  FlattenTree,
  type SharedContent,
  type TreeNode,
} from "./flatten_tree.ts";
import type { LayerEntry } from "./layer_entry.ts";
import { LayerError } from "./layer_error.ts";
import { LayerReader } from "./layer_reader.ts";
import { archiveEnd, contentPadding, layerHeader } from "./layer_writer.ts";

/** What goes out at once, bytes. */
const PIECE = 256 << 10;

/** Files of this name are kept in memory, up to a size: who is who. */
const KEPT = /(?:^|\/)(?:passwd|group)$/;
const MAX_KEPT = 256 << 10;

/** One layer of an image. */
export interface LayerSource {
  /** Of the bytes as they are stored. */
  digest: string;
  /** Of the archive in it, from the image's configuration; it is checked. */
  diffId?: string;
  /** The bytes as they are stored, whatever compresses them. */
  open(): Promise<ReadableStream<Uint8Array>>;
}

/** How layers are flattened. */
export interface FlattenOptions {
  signal?: AbortSignal;
  /** Told which layer is being read for the first time. */
  onLayer?: (index: number, count: number) => void;
}

/** What {@linkcode FlatImage.archive} may be told. */
export interface ArchiveOptions {
  signal?: AbortSignal;
  /** Told how many bytes of content are out. */
  onProgress?: (bytes: number) => void;
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

/** The archive in pieces of one size. */
async function* piecesOf(
  layers: readonly LayerSource[],
  plan: FlattenPlan,
  options: ArchiveOptions,
): AsyncGenerator<Uint8Array> {
  let piece = new Uint8Array(PIECE);
  let filled = 0;
  for await (const bytes of bytesOfImage(layers, plan, options)) {
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + PIECE - filled);
      piece.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < PIECE) continue;
      yield piece;
      // The one that was handed out is the reader's now.
      piece = new Uint8Array(PIECE);
      filled = 0;
    }
  }
  if (filled > 0) yield piece.subarray(0, filled);
}

/**
 * Folders come first, since content may go out under a name of an upper
 * layer. They come once more at the end: what is put into a folder changes its
 * time. Symbolic links come there with their folders: GNU tar makes some of
 * them last of all, and only minds the times of folders that it is in.
 */
async function* bytesOfImage(
  layers: readonly LayerSource[],
  plan: FlattenPlan,
  options: ArchiveOptions,
): AsyncGenerator<Uint8Array> {
  for (const node of plan.folders) {
    yield* layerHeader({ ...folderEntry(node), attributes: [] });
  }
  let sent = 0;
  const firsts = new Map<SharedContent, string>();
  for (const [index, nodes] of plan.layers.entries()) {
    if (nodes.length === 0) continue;
    const reader = new LayerReader(
      decompressed(await layers[index]!.open()),
    );
    try {
      for (const [position, node] of nodes.entries()) {
        const entry = await reader.next();
        if (!entry) throw new LayerError("the layer has changed meanwhile");
        if (!node) continue;
        const linked = linkEntry(entry, node, index, position);
        yield* layerHeader(linked ?? { ...entry, path: node.path });
        if (linked || entry.type !== "file") continue;
        for (
          let bytes = await reader.content();
          bytes;
          bytes = await reader.content()
        ) {
          options.signal?.throwIfAborted();
          yield bytes;
          sent += bytes.length;
          options.onProgress?.(sent);
        }
        yield contentPadding(entry.size);
      }
    } finally {
      await reader.close();
    }
  }
  for (const node of plan.folders) {
    const entry = folderEntry(node);
    if (node.folder!.children.size > 0 || entry.attributes.length > 0) {
      yield* layerHeader(entry);
    }
    for (const child of node.folder!.children.values()) {
      if (child.link) {
        yield* layerHeader(symlinkEntry(child, child.link, firsts));
      }
    }
  }
  yield archiveEnd();
}

/** A symbolic link, or one more name of one that is out. */
function symlinkEntry(
  { path, content }: TreeNode,
  entry: LayerEntry,
  firsts: Map<SharedContent, string>,
): LayerEntry {
  if (!content) return { ...entry, path };
  const first = firsts.get(content);
  if (first !== undefined) return hardLink(entry, path, first);
  firsts.set(content, path);
  return { ...entry, path };
}

/** A name whose content has gone out under another one. */
function linkEntry(
  entry: LayerEntry,
  { content, path }: TreeNode,
  layer: number,
  position: number,
): LayerEntry | undefined {
  if (!content) return undefined;
  if (content.layer === layer && content.position === position) {
    return undefined;
  }
  return hardLink(entry, path, content.first!.path);
}

function hardLink(
  { mode, uid, gid, mtime }: LayerEntry,
  path: string,
  target: string,
): LayerEntry {
  return {
    path,
    type: "link",
    mode,
    uid,
    gid,
    mtime,
    exactTime: "",
    size: 0,
    target,
    major: 0,
    minor: 0,
    attributes: [],
  };
}

/** What a folder is that no layer describes. */
function folderEntry(node: TreeNode): LayerEntry {
  const entry = node.folder!.entry ?? {
    type: "folder",
    mode: 0o755,
    uid: 0,
    gid: 0,
    mtime: 0,
    exactTime: "",
    size: 0,
    target: "",
    major: 0,
    minor: 0,
    attributes: [],
  };
  return { ...entry, path: node.path };
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
