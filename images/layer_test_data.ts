/**
 * Layers for tests: entries in, archives out, and the other way round.
 *
 * @module
 */
import { digestOf } from "./digest.ts";
import type { LayerSource } from "./flatten.ts";
import { bytesOf, type LayerEntry, textOf } from "./layer_entry.ts";
import { LayerReader } from "./layer_reader.ts";
import { archiveEnd, contentPadding, layerHeader } from "./layer_writer.ts";

/** An entry as a test writes it. */
export type TestEntry =
  & Partial<Omit<LayerEntry, "size">>
  & { path: string; content?: string };

/** A regular file. */
export function file(
  path: string,
  content = "",
  rest: Partial<LayerEntry> = {},
): TestEntry {
  return { path, type: "file", content, ...rest };
}

/** A folder. */
export function folder(
  path: string,
  rest: Partial<LayerEntry> = {},
): TestEntry {
  return { path, type: "folder", mode: 0o755, ...rest };
}

/** A symbolic link. */
export function symlink(path: string, target: string): TestEntry {
  return { path, type: "symlink", mode: 0o777, target };
}

/** A hard link. */
export function link(path: string, target: string): TestEntry {
  return { path, type: "link", target };
}

/** The archive of a layer. The names go in as they are, checked by nobody. */
export function archiveOf(
  entries: readonly TestEntry[],
): Uint8Array<ArrayBuffer> {
  const pieces: Uint8Array[] = [];
  for (const { content = "", ...entry } of entries) {
    const bytes = bytesOf(content);
    pieces.push(...layerHeader({ ...BLANK, ...entry, size: bytes.length }));
    pieces.push(bytes, contentPadding(bytes.length));
  }
  pieces.push(archiveEnd());
  return joined(pieces);
}

const BLANK: LayerEntry = {
  path: "",
  type: "file",
  mode: 0o644,
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

/** A layer that is handed out in pieces of an odd size. */
export async function layerOf(
  layer: readonly TestEntry[] | Uint8Array<ArrayBuffer>,
): Promise<LayerSource> {
  const bytes = layer instanceof Uint8Array ? layer : archiveOf(layer);
  const digest = await digestOf(bytes);
  return {
    digest,
    diffId: digest,
    open: () => Promise.resolve(ReadableStream.from(inPieces(bytes, 1009))),
  };
}

function* inPieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) {
    yield bytes.slice(at, at + size);
  }
}

/** What an archive has, unpacked by tar's rules: one path after the other. */
export interface UnpackedEntry extends Omit<LayerEntry, "path" | "target"> {
  /** Shared by the names of one file. */
  content: string;
  target: string;
  /** The names, sorted; one but for hard links. */
  names: string[];
}

/** Unpacks an archive into a map of paths; throws where tar would complain. */
export async function unpack(
  archive: ReadableStream<Uint8Array>,
): Promise<Map<string, UnpackedEntry>> {
  const reader = new LayerReader(archive);
  const paths = new Map<string, UnpackedEntry>();
  for (
    let entry = await reader.next();
    entry;
    entry = await reader.next()
  ) {
    const { path, ...rest } = entry;
    const parent = path.slice(0, Math.max(path.lastIndexOf("/"), 0));
    if (path !== "" && paths.get(parent)?.type !== "folder") {
      throw new Error(`${path} comes before its folder`);
    }
    const before = paths.get(path);
    if (before && (before.type !== "folder" || entry.type !== "folder")) {
      throw new Error(`${path} comes twice`);
    }
    if (entry.type === "link") {
      const other = paths.get(entry.target);
      if (!other) throw new Error(`${path} comes before ${entry.target}`);
      other.names.push(path);
      other.names.sort();
      paths.set(path, other);
      continue;
    }
    let content = "";
    for (
      let piece = await reader.content();
      piece;
      piece = await reader.content()
    ) content += textOf(piece);
    paths.set(path, { ...rest, content, names: [path] });
  }
  await reader.close();
  return paths;
}

/** Bytes one after the other. */
export function joined(
  pieces: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(
    pieces.reduce((sum, { length }) => sum + length, 0),
  );
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
