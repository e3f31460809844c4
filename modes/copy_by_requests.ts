/**
 * Files of a container as a tree, and back, by the server's file API: a request
 * a file, without the help of any program in the container.
 *
 * @module
 */
import { cleanPath, resolvePath } from "../docker/path.ts";
import { safeName, type Tree, type TreeEntry } from "../images/file_tree.ts";
import type { IncusClient } from "../incus/client.ts";
import { IncusError } from "../incus/errors.ts";
import { deleteFile, pullFile, pushFile, statFile } from "../incus/files.ts";

/**
 * A file of a container, or a folder with all that is in it, the root first.
 *
 * @param name what it is called in the tree; empty for the root of one.
 * @param root links that stay below this path become relative.
 */
export async function* readByRequests(
  client: IncusClient,
  instance: string,
  path: string,
  name: string,
  root: string,
): Tree {
  const { response, ...info } = await pullFile(
    client,
    instance,
    path,
  );
  const mtime = modified(response.headers);
  const entry: TreeEntry = {
    name,
    type: info.type,
    mode: info.mode,
    uid: info.uid,
    gid: info.gid,
    ...(mtime && { mtime }),
    size: 0,
  };
  if (info.type === "symlink") {
    const linkname = linkInside(path, await response.text(), root);
    yield { ...entry, linkname };
  } else if (info.type === "directory") {
    yield entry;
    const { metadata } = await response.json() as {
      metadata: string[] | null;
    };
    for (const child of (metadata ?? []).sort()) {
      yield* readByRequests(
        client,
        instance,
        path === "/" ? `/${child}` : `${path}/${child}`,
        name === "" ? child : `${name}/${child}`,
        root,
      );
    }
  } else {
    const size = Number(response.headers.get("Content-Length") ?? 0);
    yield { ...entry, size, ...(response.body && { body: response.body }) };
  }
}

/**
 * Writes a tree into a folder that is there. What is there already gives way,
 * but for folders.
 *
 * @throws {IncusError} where a file would take the place of a folder.
 */
export async function writeByRequests(
  client: IncusClient,
  instance: string,
  tree: Tree,
  folder: string,
): Promise<void> {
  const fresh = new Set<string>();
  for await (const entry of tree) {
    const name = safeName(entry.name);
    const path = name === "" ? folder : resolvePath(folder, name);
    const isFresh = fresh.has(parentOf(path));
    const old = isFresh || name === ""
      ? undefined
      : await statFile(client, instance, path);
    if (entry.type === "directory") {
      if (name === "" || old?.type === "directory") continue;
      fresh.add(path);
    } else if (old?.type === "directory") {
      throw new IncusError(
        400,
        "POST files",
        `cannot overwrite directory "${path}" with non-directory "${folder}"`,
      );
    }
    // The server gives modes and owners to new files only.
    if (old) await deleteFile(client, instance, path);
    await pushEntry(client, instance, entry, path, folder);
  }
}

async function pushEntry(
  client: IncusClient,
  instance: string,
  entry: TreeEntry,
  path: string,
  folder: string,
): Promise<void> {
  const { mode, uid, gid } = entry;
  if (entry.type === "link") {
    const target = resolvePath(folder, safeName(entry.linkname ?? ""));
    const { response } = await pullFile(client, instance, target);
    await pushFile(client, instance, path, response.body, {
      mode,
      uid,
      gid,
    });
    return;
  }
  const content = entry.type === "symlink"
    ? entry.linkname ?? ""
    : entry.type === "directory"
    ? null
    : entry.body ?? "";
  await pushFile(client, instance, path, content, {
    type: entry.type,
    uid,
    gid,
    ...(entry.type !== "symlink" && { mode }),
  });
}

/**
 * A link's target as it can be used elsewhere. The server gives it as an
 * absolute path, whatever it was; one that stays in the tree becomes relative.
 */
function linkInside(path: string, target: string, root: string): string {
  const above = root === "/" ? "/" : `${root}/`;
  if (!target.startsWith(above) || !path.startsWith(above)) return target;
  const from = parentOf(path).split("/").filter(Boolean);
  const to = cleanPath(target).split("/").filter(Boolean);
  while (from.length > 0 && from[0] === to[0]) {
    from.shift();
    to.shift();
  }
  return [...from.map(() => ".."), ...to].join("/") || ".";
}

/** `2026-11-22 15:46:05.123 +0000 UTC` → a time in whole seconds. */
function modified(headers: Headers): Date | undefined {
  const text = headers.get("X-Incus-modified") ?? headers.get("X-LXD-modified");
  const match = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)/.exec(text ?? "");
  return match ? new Date(`${match[1]}T${match[2]}Z`) : undefined;
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}
