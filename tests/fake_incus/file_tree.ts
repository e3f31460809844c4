/**
 * The files of one instance, in memory.
 *
 * @module
 */
import type { FileInfo } from "../../incus/files.ts";
import { Refusal } from "./answers.ts";

/** One entry; a symlink's content is its target. */
export interface FakeFile extends FileInfo {
  content: Uint8Array;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const FOLDERS = ["/", "/bin", "/etc", "/proc", "/root", "/run", "/tmp", "/var"];

const FILES: Record<string, string> = {
  "/bin/sh": "",
  "/etc/group": "root:x:0:\nnogroup:x:65534:\n",
  "/etc/hosts": "127.0.0.1\tlocalhost\n",
  "/etc/passwd": "root:x:0:0:root:/root:/bin/sh\n",
};

/** Files by their absolute path. */
export class FileTree {
  readonly #entries = new Map<string, FakeFile>();

  constructor(files: Record<string, string> = {}) {
    for (const folder of FOLDERS) this.makeFolder(folder);
    for (const [path, text] of Object.entries({ ...FILES, ...files })) {
      this.writeText(path, text);
    }
  }

  /** Paths of everything, sorted. */
  get paths(): string[] {
    return [...this.#entries.keys()].sort();
  }

  /** Makes a folder and those above it. */
  makeFolder(path: string): void {
    const parts = path.split("/").filter(Boolean);
    for (let count = 0; count <= parts.length; count++) {
      const folder = `/${parts.slice(0, count).join("/")}`;
      if (this.#entries.has(folder)) continue;
      this.#entries.set(folder, entry("directory", 0o755));
    }
  }

  /** Writes a file as root, with the folders above it. */
  writeText(path: string, text: string): void {
    this.makeFolder(parentOf(path));
    this.#entries.set(path, entry("file", 0o644, encoder.encode(text)));
  }

  /** What a file holds, or `undefined` when there is none. */
  readText(path: string): string | undefined {
    const found = this.get(path);
    return found && decoder.decode(found.content);
  }

  /** The entry itself: a last symlink is not followed. */
  get(path: string): FakeFile | undefined {
    return this.#entries.get(this.#resolve(path));
  }

  /** Puts an entry where its folder exists. */
  put(path: string, file: FakeFile): void {
    const at = this.#resolve(path);
    if (this.#entries.get(parentOf(at))?.type !== "directory") {
      throw new Refusal(404, "file does not exist");
    }
    this.#entries.set(at, file);
  }

  /** Names in a folder, sorted. */
  names(path: string): string[] {
    const at = this.#resolve(path);
    const prefix = at === "/" ? "/" : `${at}/`;
    return this.paths
      .filter((one) => one.startsWith(prefix) && one !== "/")
      .map((one) => one.slice(prefix.length))
      .filter((one) => !one.includes("/"));
  }

  /** Removes an entry; a folder that is not empty only by force. */
  remove(path: string, force = false): void {
    const at = this.#resolve(path);
    const found = this.#entries.get(at);
    if (!found) throw new Refusal(404, "file does not exist");
    if (found.type === "directory" && this.names(at).length > 0) {
      if (!force) throw new Refusal(500, 'sftp: "Failure" (SSH_FX_FAILURE)');
      for (const one of this.paths) {
        if (one.startsWith(`${at}/`)) this.#entries.delete(one);
      }
    }
    this.#entries.delete(at);
  }

  /** The absolute path that a symlink points to. */
  target(path: string): string {
    const at = this.#resolve(path);
    const target = decoder.decode(this.#entries.get(at)?.content);
    return normalize(
      target.startsWith("/") ? target : `${parentOf(at)}/${target}`,
    );
  }

  /** The path with symlinks in its folders followed, and at its end if told. */
  #resolve(path: string, followLast = false, depth = 0): string {
    if (depth > 40) throw new Refusal(500, "too many levels of symbolic links");
    const parts = normalize(path).split("/").filter(Boolean);
    let at = "";
    for (const [index, part] of parts.entries()) {
      at = `${at === "/" ? "" : at}/${part}`;
      const found = this.#entries.get(at);
      const last = index === parts.length - 1;
      if (found?.type !== "symlink" || (last && !followLast)) continue;
      const target = decoder.decode(found.content);
      at = this.#resolve(
        target.startsWith("/") ? target : `${parentOf(at)}/${target}`,
        true,
        depth + 1,
      );
    }
    return at || "/";
  }
}

/** An entry of root's. */
export function entry(
  type: FakeFile["type"],
  mode: number,
  content: Uint8Array = new Uint8Array(0),
): FakeFile {
  return { type, mode, uid: 0, gid: 0, content };
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

function normalize(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}
