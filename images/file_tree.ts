/**
 * Files on their way from one place to another, and as a tar archive.
 *
 * @module
 */
import { createTarDecoder, createTarPacker } from "modern-tar";

/** One file, folder or link. */
export interface TreeEntry {
  /** Relative to the tree's root, which is the empty name; no `.` and no `..`. */
  name: string;
  type: "file" | "directory" | "symlink" | "link";
  /** Permission bits. */
  mode: number;
  uid: number;
  gid: number;
  mtime?: Date;
  /** Of a file. */
  size: number;
  /** Where a link leads: as it stands for a `symlink`, relative to the tree's root for a `link`. */
  linkname?: string;
  /** A file's content; to be read, or cancelled, before the next entry is asked for. */
  body?: ReadableStream<Uint8Array>;
}

/** Files, one after the other; a folder comes before what is in it. */
export type Tree = AsyncIterable<TreeEntry>;

/**
 * A name as the parts of a path below a root.
 *
 * @throws {RangeError} for one that leads out of it.
 */
export function safeName(name: string): string {
  const parts = name.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..") || name.includes("\0")) {
    throw new RangeError(
      `the archive has a path that leads out of it: ${name}`,
    );
  }
  return parts.join("/");
}

/** Puts a tree's root under another name. */
export async function* underName(tree: Tree, name: string): Tree {
  const moved = (old: string) => [name, old].filter(Boolean).join("/");
  for await (const entry of tree) {
    yield {
      ...entry,
      name: moved(entry.name),
      ...(entry.type === "link" && { linkname: moved(entry.linkname ?? "") }),
    };
  }
}

/**
 * Reads a tar archive.
 *
 * @param root the name that everything in it begins with; empty for none.
 */
export async function* treeFromTar(
  archive: ReadableStream<Uint8Array>,
  root = "",
): Tree {
  const below = (name: string) => {
    const safe = safeName(name);
    if (root === "" || safe === root) return safe === root ? "" : safe;
    return safe.startsWith(`${root}/`) ? safe.slice(root.length + 1) : safe;
  };
  const { readable, writable } = createTarDecoder();
  // An error of the source ends the entries with it.
  const feeding = archive.pipeTo(writable);
  feeding.catch(() => {});
  for await (const { header, body } of readable) {
    const type = typeOf(header.type);
    if (!type) {
      await body.cancel();
      continue;
    }
    yield {
      name: below(header.name),
      type,
      mode: (header.mode ?? 0o644) & 0o7777,
      uid: header.uid ?? 0,
      gid: header.gid ?? 0,
      ...(header.mtime && { mtime: header.mtime }),
      size: type === "file" ? header.size : 0,
      ...(type === "symlink" && { linkname: header.linkname ?? "" }),
      ...(type === "link" && { linkname: below(header.linkname ?? "") }),
      ...(type === "file" && { body }),
    };
    if (type !== "file") await body.cancel();
  }
  await feeding;
}

/** Devices and pipes stay where they are. */
function typeOf(type: string | undefined): TreeEntry["type"] | undefined {
  switch (type ?? "file") {
    case "file":
    case "directory":
    case "symlink":
    case "link":
      return (type ?? "file") as TreeEntry["type"];
    default:
      return undefined;
  }
}

/** Writes a tar archive; it is made as it is read. */
export function tarFromTree(
  tree: Tree,
): ReadableStream<Uint8Array> {
  const { readable, controller } = createTarPacker();
  const pack = async () => {
    for await (const entry of tree) {
      const stream = controller.add({
        name: entry.type === "directory" ? `${entry.name || "."}/` : entry.name,
        type: entry.type,
        mode: entry.mode,
        uid: entry.uid,
        gid: entry.gid,
        size: entry.type === "file" ? entry.size : 0,
        ...(entry.mtime && { mtime: entry.mtime }),
        ...(entry.linkname !== undefined && { linkname: entry.linkname }),
      });
      if (entry.body) await entry.body.pipeTo(stream);
      else await stream.close();
    }
    controller.finalize();
  };
  pack().catch((error) => controller.error(error));
  return readable;
}
