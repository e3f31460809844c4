/**
 * A request as handlers see it and as tests look it up afterwards.
 *
 * @module
 */
import type { HttpRequest } from "./http_server.ts";

/** One request that came. */
export interface RecordedRequest {
  method: string;
  /** Without the query, as it was encoded. */
  path: string;
  query: Record<string, string>;
  headers: Headers;
  /** Parsed JSON; bytes of anything else; absent when there was none. */
  body?: unknown;
}

/** Reads a request for the record. */
export function recordRequest(request: HttpRequest): RecordedRequest {
  const at = request.target.indexOf("?");
  const path = at < 0 ? request.target : request.target.slice(0, at);
  const query = new URLSearchParams(
    at < 0 ? "" : request.target.slice(at + 1),
  );
  const { method, headers, body } = request;
  return {
    method,
    path,
    query: Object.fromEntries(query),
    headers,
    ...(body.length > 0 && { body: parseBody(body, headers) }),
  };
}

function parseBody(body: Uint8Array, headers: Headers): unknown {
  if (headers.get("content-type") !== "application/json") return body;
  return JSON.parse(new TextDecoder().decode(body));
}

/**
 * `METHOD /path?query` as a reader would write it: decoded, operations as
 * `op1`, `op2` …, secrets by the stream they are for.
 */
export function requestLine(request: RecordedRequest): string {
  const query = Object.entries(request.query).map(([key, value]) =>
    `${key}=${key === "secret" ? value.split("-")[0] : value}`
  ).join("&");
  const path = decodeURIComponent(request.path).replace(
    /\/operations\/00000000-0000-4000-8000-0*([1-9]\d*)/,
    "/operations/op$1",
  );
  return `${request.method} ${path}${query && `?${query}`}`;
}

/** True when `pattern` fits: `*` stands for anything, a query only counts if told. */
export function matches(pattern: string, request: RecordedRequest): boolean {
  const line = requestLine(request);
  const subject = pattern.includes("?") ? line : line.split("?")[0]!;
  const source = pattern.split("*").map((part) =>
    part.replace(/[.+?^${}()|[\]\\]/g, "\\$&")
  ).join(".*");
  return new RegExp(`^${source}$`).test(subject);
}
