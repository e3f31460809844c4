/**
 * What goes out of layers that were read once.
 *
 * @module
 */
import { decompressed } from "./compression.ts";
import type { FlattenPlan, SharedContent, TreeNode } from "./flatten_node.ts";
import type { LayerEntry } from "./layer_entry.ts";
import { LayerError } from "./layer_error.ts";
import { LayerReader } from "./layer_reader.ts";
import { archiveEnd, contentPadding, layerHeader } from "./layer_writer.ts";

/** What goes out at once, bytes. */
const PIECE = 256 << 10;

/** One layer of an image. */
export interface LayerSource {
  /** Of the bytes as they are stored. */
  digest: string;
  /** Of the archive in it, from the image's configuration; it is checked. */
  diffId?: string;
  /** The bytes as they are stored, whatever compresses them. */
  open(): Promise<ReadableStream<Uint8Array>>;
}

/** How an archive is made. */
export interface ArchiveOptions {
  signal?: AbortSignal;
  /** Told how many bytes of content are out. */
  onProgress?: (bytes: number) => void;
}

/** The archive in pieces of one size. */
export async function* piecesOf(
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
