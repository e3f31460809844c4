/**
 * Files of this machine as a tree, and a tree as files of this machine.
 *
 * @module
 */
import { safeName, type Tree, type TreeEntry } from "./file_tree.ts";

/** Reads a file, or a folder with all that is in it. */
export async function* readLocalTree(root: string, follow = false): Tree {
  const info = await (follow ? Deno.stat(root) : Deno.lstat(root));
  yield* walk(root, "", info);
}

async function* walk(path: string, name: string, info: Deno.FileInfo): Tree {
  const entry: TreeEntry = {
    name,
    type: "file",
    mode: (info.mode ?? 0o644) & 0o7777,
    uid: info.uid ?? 0,
    gid: info.gid ?? 0,
    ...(info.mtime && { mtime: wholeSeconds(info.mtime) }),
    size: 0,
  };
  if (info.isSymlink) {
    yield { ...entry, type: "symlink", linkname: await Deno.readLink(path) };
  } else if (info.isDirectory) {
    yield { ...entry, type: "directory" };
    const names: string[] = [];
    for await (const child of Deno.readDir(path)) names.push(child.name);
    for (const child of names.sort()) {
      const below = `${path}/${child}`;
      const inside = name === "" ? child : `${name}/${child}`;
      yield* walk(below, inside, await Deno.lstat(below));
    }
  } else if (info.isFile) {
    const file = await Deno.open(path);
    // A file that grows meanwhile must not write more than was announced.
    const body = file.readable.pipeThrough(new ExactSize(info.size, path));
    yield { ...entry, size: info.size, body };
  }
}

/** Fractions would need an extension of the format that not every tar reads. */
function wholeSeconds(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1000) * 1000);
}

class ExactSize extends TransformStream<Uint8Array, Uint8Array> {
  constructor(size: number, path: string) {
    let left = size;
    super({
      transform(chunk, controller) {
        const piece = chunk.subarray(0, left);
        left -= piece.length;
        if (piece.length > 0) controller.enqueue(piece);
      },
      flush() {
        if (left > 0) {
          throw new Error(`${path} became shorter while it was read`);
        }
      },
    });
  }
}

/**
 * Writes a tree into a folder, and never outside of it: links are not
 * followed, whoever made them. Files belong to the caller.
 */
export async function writeLocalTree(
  tree: Tree,
  folder: string,
): Promise<void> {
  const folders: { path: string; entry: TreeEntry }[] = [];
  const known = new Set<string>([""]);
  for await (const entry of tree) {
    const name = safeName(entry.name);
    const path = name === "" ? folder : `${folder}/${name}`;
    await makeParents(folder, name, known);
    if (entry.type === "directory") {
      const isNew = await makeFolder(path, folder);
      known.add(name);
      // The root of a copy into an existing folder leaves it as it is.
      if (isNew || name !== "") folders.push({ path, entry });
      continue;
    }
    await makeRoom(path, folder);
    await writeEntry(entry, path, folder);
  }
  // Last, or a folder without permission to write could not be filled.
  for (const { path, entry } of folders.reverse()) {
    await Deno.chmod(path, entry.mode);
    if (entry.mtime) await Deno.utime(path, entry.mtime, entry.mtime);
  }
}

async function writeEntry(
  entry: TreeEntry,
  path: string,
  folder: string,
): Promise<void> {
  if (entry.type === "symlink") {
    await Deno.symlink(entry.linkname ?? "", path);
    return;
  }
  if (entry.type === "link") {
    const target = safeName(entry.linkname ?? "");
    await makeParents(folder, target, new Set([""]), true);
    await Deno.link(`${folder}/${target}`, path);
    return;
  }
  // Exclusive: whatever came in between is not written through.
  const file = await Deno.open(path, {
    write: true,
    createNew: true,
    mode: 0o600,
  });
  if (entry.body) await entry.body.pipeTo(file.writable);
  else file.close();
  await Deno.chmod(path, entry.mode);
  if (entry.mtime) await Deno.utime(path, entry.mtime, entry.mtime);
}

/** Makes the folders above `name`; a link among them is refused. */
async function makeParents(
  folder: string,
  name: string,
  known: Set<string>,
  mustExist = false,
): Promise<void> {
  const parts = name.split("/").slice(0, -1);
  let above = "";
  for (const part of parts) {
    above = above === "" ? part : `${above}/${part}`;
    if (known.has(above)) continue;
    const path = `${folder}/${above}`;
    const info = await lstat(path);
    if (info && !info.isDirectory) {
      throw new Error(`refusing to write through ${path}: it is not a folder`);
    }
    if (!info && mustExist) throw new Error(`${path}: no such directory`);
    if (!info) await Deno.mkdir(path);
    known.add(above);
  }
}

/** @returns whether it is new. */
async function makeFolder(path: string, root: string): Promise<boolean> {
  const info = path === root
    ? await Deno.stat(path).catch(() => undefined)
    : await lstat(path);
  if (info?.isDirectory) return false;
  if (info) await Deno.remove(path);
  await Deno.mkdir(path);
  return true;
}

async function makeRoom(path: string, folder: string): Promise<void> {
  const info = await lstat(path);
  if (info?.isDirectory) {
    throw new Error(
      `cannot overwrite directory "${path}" with non-directory "${folder}"`,
    );
  }
  if (info) await Deno.remove(path);
}

async function lstat(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.lstat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
