/**
 * Files inside instances, one at a time.
 *
 * @module
 */
import type { IncusClient, RequestOptions } from "./client.ts";
import { delay } from "./delay.ts";
import { IncusError } from "./errors.ts";
import { instancePath } from "./instances.ts";

/** How often a request is sent that the server fails at, and how far apart. */
const MAX_TRIES = 3;
const RETRY_DELAY = 50;

/** What a path in an instance is. */
export type FileType = "file" | "directory" | "symlink";

/** A path in an instance, with what the server says of it. */
export interface FileInfo {
  type: FileType;
  /** Permission bits. */
  mode: number;
  uid: number;
  gid: number;
}

/** A file's facts and its content; a directory's content is JSON. */
export interface FileReply extends FileInfo {
  response: Response;
}

/** How a new file is made; an existing one keeps its mode and owner. */
export interface PushOptions extends Partial<FileInfo> {
  append?: boolean;
}

/**
 * Opens a path for reading.
 *
 * @throws {IncusError} 404 when it does not exist.
 */
export async function pullFile(
  client: IncusClient,
  name: string,
  path: string,
): Promise<FileReply> {
  const response = await send(client, "GET", name, path);
  await refuseErrors(response, `GET files ${path}`);
  return { ...infoFrom(response.headers), response };
}

/**
 * What `path` is, or `undefined` when it does not exist.
 *
 * Extension `instance_file_head`: errors carry no body.
 */
export async function statFile(
  client: IncusClient,
  name: string,
  path: string,
): Promise<FileInfo | undefined> {
  const response = await send(client, "HEAD", name, path);
  await response.body?.cancel();
  if (response.ok) return infoFrom(response.headers);
  if (response.status === 404) return undefined;
  throw new IncusError(
    response.status,
    `HEAD files ${path}`,
    `cannot look at ${path} in ${name}: ${response.statusText}`,
  );
}

/** Makes or overwrites a file, a directory, or a symbolic link (to `content`). */
export async function pushFile(
  client: IncusClient,
  name: string,
  path: string,
  content: BodyInit | null,
  options: PushOptions = {},
): Promise<void> {
  const type = options.type ?? "file";
  const values: Record<string, string> = {
    type,
    write: options.append ? "append" : "overwrite",
  };
  if (options.mode !== undefined) values.mode = octal(options.mode);
  if (options.uid !== undefined) values.uid = String(options.uid);
  if (options.gid !== undefined) values.gid = String(options.gid);
  const headers: Record<string, string> = {};
  for (const [key, value] of Object.entries(values)) {
    // Each server reads its own prefix and ignores the other.
    headers[`X-Incus-${key}`] = value;
    headers[`X-LXD-${key}`] = value;
  }
  headers["Content-Type"] = "application/octet-stream";
  const response = await send(client, "POST", name, path, {
    headers,
    ...(content !== null && { rawBody: content }),
  });
  await refuseErrors(response, `POST files ${path}`);
  await response.body?.cancel();
}

/**
 * Sends a request for a path.
 *
 * The server's helper for files ends itself when it has nothing to do, and a
 * request that comes in that moment fails with a 500. So those are sent again,
 * unless their content can't be.
 */
async function send(
  client: IncusClient,
  method: string,
  name: string,
  path: string,
  options: RequestOptions = {},
): Promise<Response> {
  const once = options.rawBody instanceof ReadableStream;
  for (let tries = 1;; tries++) {
    const response = await client.raw(method, `${instancePath(name)}/files`, {
      ...options,
      query: { path },
    });
    if (response.status !== 500 || once || tries === MAX_TRIES) return response;
    await response.body?.cancel();
    await delay(RETRY_DELAY);
  }
}

async function refuseErrors(response: Response, what: string): Promise<void> {
  if (response.ok) return;
  const text = await response.text();
  let message = text;
  try {
    message = String((JSON.parse(text) as { error?: unknown }).error ?? text);
  } catch {
    // Not the API's own answer: the text stands.
  }
  throw new IncusError(response.status, what, message);
}

function infoFrom(headers: Headers): FileInfo {
  const value = (key: string) =>
    headers.get(`X-Incus-${key}`) ?? headers.get(`X-LXD-${key}`) ?? "";
  return {
    type: (value("type") || "file") as FileType,
    mode: parseInt(value("mode") || "0644", 8) & 0o7777,
    uid: Number(value("uid")),
    gid: Number(value("gid")),
  };
}

/** The server takes a mode without a leading zero for a decimal number. */
function octal(mode: number): string {
  return `0${mode.toString(8)}`;
}

/** Removes a file, a link, or an empty directory. */
export async function deleteFile(
  client: IncusClient,
  name: string,
  path: string,
): Promise<void> {
  const response = await send(client, "DELETE", name, path);
  await refuseErrors(response, `DELETE files ${path}`);
  await response.body?.cancel();
}
