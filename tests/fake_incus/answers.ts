/**
 * Answers in the envelope of the API.
 *
 * @module
 */
import type { OperationData } from "../../incus/types.ts";
import type { HttpReply } from "./http_server.ts";

/** A refusal by a handler: becomes an error envelope, or an operation's error. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, text: string) {
    super(text);
    this.status = status;
  }
}

/** A value, at once. */
export function sync(metadata: unknown, status = 200): HttpReply {
  return json(status, {
    type: "sync",
    status: "Success",
    status_code: 200,
    operation: "",
    error_code: 0,
    error: "",
    metadata,
  });
}

/** An operation that has begun. */
export function started(operation: OperationData): HttpReply {
  const url = `/1.0/operations/${operation.id}`;
  const reply = json(202, {
    type: "async",
    status: "Operation created",
    status_code: 100,
    operation: url,
    error_code: 0,
    error: "",
    metadata: operation,
  });
  return { ...reply, headers: { ...reply.headers, location: url } };
}

/** An error envelope; `status` is the HTTP one unless told otherwise. */
export function refused(
  code: number,
  error: string,
  status: number = code,
): HttpReply {
  return json(status, {
    type: "error",
    status: "",
    status_code: 0,
    operation: "",
    error_code: code,
    error,
    metadata: null,
  });
}

/** JSON as the server ends it: with a line break. */
export function json(status: number, value: unknown): HttpReply {
  return {
    status,
    headers: { "content-type": "application/json" },
    body: `${JSON.stringify(value)}\n`,
  };
}
