/**
 * `/1.0/instances/NAME/files`.
 *
 * @module
 */
import type { FileType } from "../../incus/files.ts";
import { Refusal, sync } from "./answers.ts";
import { entry, type FakeFile, type FileTree } from "./file_tree.ts";
import type { HttpReply, HttpRequest } from "./http_server.ts";
import type { RecordedRequest } from "./request.ts";
import type { World } from "./world.ts";

/** Any request on files. */
export function handleFiles(
  world: World,
  request: RecordedRequest,
  http: HttpRequest,
  name: string,
): HttpReply {
  const { files } = world.instance(name);
  const { path } = request.query;
  if (!path) throw new Refusal(400, "Missing path argument");
  switch (request.method) {
    case "GET":
    case "HEAD":
      return read(files, path, world.server.environment.server);
    case "POST":
      return write(files, path, http, world.server.environment.server);
    case "DELETE":
      files.remove(path, http.headers.get("x-incus-force") === "true");
      return sync({});
    default:
      throw new Refusal(404, "Not Found");
  }
}

function prefixFor(server: string): string {
  return server === "lxd" ? "x-lxd" : "x-incus";
}

function read(files: FileTree, path: string, server: string): HttpReply {
  const found = files.get(path);
  if (!found) throw new Refusal(404, "file does not exist");
  const prefix = prefixFor(server);
  const headers: Record<string, string> = {
    [`${prefix}-type`]: found.type,
    [`${prefix}-mode`]: found.mode.toString(8).padStart(4, "0"),
    [`${prefix}-uid`]: String(found.uid),
    [`${prefix}-gid`]: String(found.gid),
    [`${prefix}-modified`]: "2026-01-02 03:04:05 +0000 UTC",
  };
  if (found.type === "directory") {
    const reply = sync(files.names(path));
    return { ...reply, headers: { ...reply.headers, ...headers } };
  }
  headers["content-type"] = "application/octet-stream";
  headers["content-disposition"] = `inline;filename=${path.split("/").pop()}`;
  const body = found.type === "symlink" ? files.target(path) : found.content;
  return { status: 200, headers, body };
}

function write(
  files: FileTree,
  path: string,
  http: HttpRequest,
  server: string,
): HttpReply {
  const header = (key: string) =>
    http.headers.get(`${prefixFor(server)}-${key}`) ?? "";
  const type = (header("type") || "file") as FileType;
  const old = files.get(path);
  if (type === "directory") {
    if (old?.type === "directory") return sync({});
    files.put(path, { ...made(type, 0o755, header) });
    return sync({});
  }
  const append = header("write") === "append";
  if (append && !old) throw new Refusal(404, "file does not exist");
  // An existing file keeps its mode and owner.
  const file = old?.type === "file" && type === "file"
    ? { ...old }
    : made(type, type === "symlink" ? 0o777 : 0o644, header);
  file.content = append
    ? concat(old!.content, http.body)
    : new Uint8Array(http.body);
  files.put(path, file);
  return sync({});
}

function made(
  type: FileType,
  mode: number,
  header: (key: string) => string,
): FakeFile {
  const given = header("mode");
  return {
    ...entry(type, mode),
    // A mode without a leading zero is taken for a decimal number.
    ...(given && { mode: parseInt(given, given.startsWith("0") ? 8 : 10) }),
    uid: Number(header("uid") || 0),
    gid: Number(header("gid") || 0),
  };
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}
