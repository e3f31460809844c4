/**
 * `/1.0/instances/NAME/logs` and `…/console`.
 *
 * @module
 */
import { Refusal, sync } from "./answers.ts";
import type { HttpReply } from "./http_server.ts";
import type { RecordedRequest } from "./request.ts";
import type { World } from "./world.ts";

/** The names that the server hands out. */
const SHOWN = /^(lxc\.log|qemu\.log|migration_.*|snapshot_.*)$/;

/** `GET …/logs`. */
export function listLogs(world: World, name: string): HttpReply {
  const found = world.instance(name);
  return sync(
    [...found.logs.keys()].filter((one) => SHOWN.test(one)).map((one) =>
      `/1.0/instances/${found.name}/logs/${one}`
    ),
  );
}

/** `GET …/logs/FILE`; a range is honoured. */
export function getLog(
  world: World,
  request: RecordedRequest,
  name: string,
  file: string,
): HttpReply {
  const found = world.instance(name);
  if (!SHOWN.test(file)) {
    throw new Refusal(400, `Log file name "${file}" not valid`);
  }
  const text = found.logs.get(file);
  if (text === undefined) {
    throw new Refusal(
      404,
      `open /var/log/incus/${found.name}/${file}: no such file or directory`,
    );
  }
  return serveRange(new TextEncoder().encode(text), request, file);
}

/** What Go's `http.ServeContent` makes of one range. */
function serveRange(
  content: Uint8Array,
  request: RecordedRequest,
  file: string,
): HttpReply {
  const headers: Record<string, string> = {
    "accept-ranges": "bytes",
    "content-disposition": `inline;filename=${file}`,
    "content-type": "application/octet-stream",
  };
  const range = request.headers.get("range");
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(range ?? "") ??
    [];
  const size = content.length;
  // An empty file is given as it is, whatever the range.
  if (!range || size === 0) return { status: 200, headers, body: content };
  const start = first === "" ? Math.max(size - Number(last), 0) : Number(first);
  const end = first === "" || last === ""
    ? size
    : Math.min(Number(last) + 1, size);
  if ((first === "" && last === "") || start >= size || end <= start) {
    return {
      status: 416,
      headers: {
        "content-type": "text/plain; charset=utf-8",
        "content-range": `bytes */${size}`,
      },
      body: "invalid range: failed to overlap\n",
    };
  }
  headers["content-range"] = `bytes ${start}-${end - 1}/${size}`;
  return { status: 206, headers, body: content.subarray(start, end) };
}

/** `GET …/console`: each byte is given once, to whoever asks first. */
export function getConsole(world: World, name: string): HttpReply {
  const found = world.instance(name);
  const body = found.consoleUnread;
  found.consoleUnread = "";
  return {
    status: 200,
    headers: {
      "content-type": body ? "application/octet-stream" : "application/json",
    },
    body,
  };
}

/** `DELETE …/console`. */
export function clearConsole(world: World, name: string): HttpReply {
  world.instance(name).consoleUnread = "";
  return sync({});
}
