/**
 * Files of a container as a tree, and a tree as files of a container.
 *
 * A running container's own `tar` does the work where it has one: in one
 * request, with times and links as they are. Everywhere else the server's file
 * API does it, a request a file.
 *
 * @module
 */
import { resolvePath } from "../docker/path.ts";
import {
  tarFromTree,
  type Tree,
  treeFromTar,
  underName,
} from "../images/file_tree.ts";
import type { IncusClient } from "../incus/client.ts";
import { IncusError } from "../incus/errors.ts";
import { ExecSession } from "../incus/exec.ts";
import { type FileInfo, pullFile, statFile } from "../incus/files.ts";
import type { Instance } from "../incus/types.ts";
import { readByRequests, writeByRequests } from "./copy_by_requests.ts";

/** How many links in a row may lead to a path; docker's limit. */
const MAX_LINKS = 10;

const TAR_PATHS = ["/bin/tar", "/usr/bin/tar"];

/** What is at a path of a container, links followed or not. */
export interface ContainerPath extends FileInfo {
  /** Where it really is, when links were followed. */
  path: string;
}

/** The files of one container. */
export class ContainerFiles {
  readonly #client: IncusClient;
  readonly #name: string;
  readonly #running: boolean;
  #tar: Promise<boolean> | undefined;

  constructor(client: IncusClient, instance: Instance) {
    this.#client = client;
    this.#name = instance.name;
    this.#running = instance.status === "Running";
  }

  /** Looks at a path; `undefined` when nothing is there. */
  async stat(
    path: string,
    options: { follow?: boolean } = {},
  ): Promise<ContainerPath | undefined> {
    let at = resolvePath("/", path);
    for (let links = 0; links <= MAX_LINKS; links++) {
      const info = await statFile(this.#client, this.#name, at);
      if (!info) return undefined;
      if (!options.follow || info.type !== "symlink") {
        return { ...info, path: at };
      }
      at = resolvePath(parentOf(at), await this.#readLink(at));
    }
    throw new IncusError(400, `HEAD files ${path}`, "too many symlinks");
  }

  async #readLink(path: string): Promise<string> {
    const { response } = await pullFile(this.#client, this.#name, path);
    return await response.text();
  }

  /** Reads a file, or a folder with all that is in it. */
  async *read(found: ContainerPath): Tree {
    if (!await this.#hasTar()) {
      yield* readByRequests(
        this.#client,
        this.#name,
        found.path,
        "",
        found.path,
      );
      return;
    }
    const isFolder = found.type === "directory";
    const name = baseOf(found.path);
    const archive = isFolder
      ? this.#runTar(found.path, ".")
      : this.#runTar(parentOf(found.path), name);
    yield* treeFromTar(archive, isFolder ? "" : name);
  }

  /** The archive that docker would hand out: the root has its own name. */
  async archive(
    found: ContainerPath,
    name: string,
  ): Promise<ReadableStream<Uint8Array>> {
    if (await this.#hasTar()) {
      if (name === ".") return this.#runTar(found.path, ".");
      if (name === baseOf(found.path)) {
        return this.#runTar(parentOf(found.path), name);
      }
    }
    return tarFromTree(
      underName(this.read(found), name === "." ? "" : name),
    );
  }

  /** Writes a tree into a folder that is there. */
  async write(tree: Tree, folder: string): Promise<void> {
    if (await this.#hasTar()) {
      await this.writeArchive(tarFromTree(tree), folder);
    } else await writeByRequests(this.#client, this.#name, tree, folder);
  }

  /** Unpacks an archive into a folder that is there. */
  async writeArchive(
    archive: ReadableStream<Uint8Array>,
    folder: string,
  ): Promise<void> {
    if (!await this.#hasTar()) {
      return await writeByRequests(
        this.#client,
        this.#name,
        treeFromTar(archive),
        folder,
      );
    }
    const reader = archive.getReader();
    let rest: Uint8Array = new Uint8Array();
    let failure: unknown;
    const read = async (buffer: Uint8Array): Promise<number | null> => {
      if (rest.length === 0) {
        try {
          const { done, value } = await reader.read();
          if (done) return null;
          rest = value;
        } catch (error) {
          // The pump takes an error of the source for the command's end.
          failure = error;
          return null;
        }
      }
      const size = Math.min(rest.length, buffer.length);
      buffer.set(rest.subarray(0, size));
      rest = rest.subarray(size);
      return size;
    };
    const session = await this.#prepare(["tar", "-xpf", "-", "-C", folder]);
    const errors = new Tail();
    const code = await session.run({
      read,
      stdout: () => Promise.resolve(),
      stderr: (data) => errors.push(data),
    });
    await reader.cancel().catch(() => {});
    if (failure) throw failure;
    if (code !== 0) throw tarError(code, errors);
  }

  /** True when the container can pack and unpack by itself. */
  #hasTar(): Promise<boolean> {
    return this.#tar ??= this.#findTar();
  }

  async #findTar(): Promise<boolean> {
    if (!this.#running) return false;
    const found = await Promise.all(
      TAR_PATHS.map((path) => statFile(this.#client, this.#name, path)),
    );
    return found.some((info) => info !== undefined);
  }

  #runTar(folder: string, name: string): ReadableStream<Uint8Array> {
    // A name that begins with a dash would be an option.
    const what = name.startsWith("-") ? `./${name}` : name;
    const command = ["tar", "-cf", "-", "-C", folder, what];
    const { readable, writable } = new TransformStream<
      Uint8Array,
      Uint8Array
    >();
    void this.#feed(command, writable);
    return readable;
  }

  async #feed(
    command: string[],
    writable: WritableStream<Uint8Array>,
  ): Promise<void> {
    const writer = writable.getWriter();
    try {
      const session = await this.#prepare(command);
      const errors = new Tail();
      const code = await session.run({
        // The bytes are valid until the next piece only.
        stdout: (data) => writer.write(data.slice()),
        stderr: (data) => errors.push(data),
      });
      // GNU tar says 1 when a file changed while it was read: a log, say.
      const changed = code === 1 &&
        errors.every(/: file (changed|shrank|removed)/);
      if (code !== 0 && !changed) throw tarError(code, errors);
      await writer.close();
    } catch (error) {
      await writer.abort(error).catch(() => {});
    }
  }

  #prepare(command: string[]): Promise<ExecSession> {
    return ExecSession.prepare(this.#client, this.#name, {
      command,
      interactive: false,
      user: 0,
      group: 0,
      cwd: "/",
    });
  }
}

function tarError(code: number, errors: Tail): Error {
  const text = errors.text().trim().split("\n").pop();
  return new IncusError(500, "tar", text || `tar ended with exit code ${code}`);
}

/** The end of a text, for error messages. */
class Tail {
  #text = "";

  push(data: Uint8Array): Promise<void> {
    this.#text = (this.#text + new TextDecoder().decode(data)).slice(-4096);
    return Promise.resolve();
  }

  text(): string {
    return this.#text;
  }

  every(pattern: RegExp): boolean {
    const lines = this.#text.split("\n").filter(Boolean);
    return lines.length > 0 && lines.every((line) => pattern.test(line));
  }
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
