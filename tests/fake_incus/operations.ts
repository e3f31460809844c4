/**
 * Background operations: started, waited for, cancelled, forgotten.
 *
 * @module
 */
import type { OperationData } from "../../incus/types.ts";
import { Refusal, refused, started, sync } from "./answers.ts";
import type { OperationFault } from "./faults.ts";
import type { HttpReply, HttpRequest, HttpUpgrade } from "./http_server.ts";
import type { RecordedRequest } from "./request.ts";
import { acceptSocket, type ServerSocket } from "./server_socket.ts";

/** What a handler tells of the operation it starts. */
export interface OperationInit {
  description: string;
  class?: OperationData["class"];
  resources?: Record<string, string[]>;
  metadata?: Record<string, unknown>;
  mayCancel?: boolean;
  /** Streams to be connected by WebSocket. */
  streams?: string[];
  run: (operation: FakeOperation) => Promise<void> | void;
}

/** One operation while it runs and after. */
export class FakeOperation {
  readonly data: OperationData;
  /** Ends with the operation, however it ended. */
  readonly done = Promise.withResolvers<void>();
  readonly #abort = new AbortController();
  /** Stream by secret, until it is connected. */
  readonly secrets = new Map<string, string>();
  readonly sockets = new Map<string, PromiseWithResolvers<ServerSocket>>();
  finishedAt: number | undefined;

  constructor(data: OperationData, streams: string[] = []) {
    this.data = data;
    const fds: Record<string, string> = {};
    for (const name of streams) {
      const secret = `${name}-${data.id.replaceAll("-", "")}`;
      fds[name] = secret;
      this.secrets.set(secret, name);
      this.sockets.set(name, Promise.withResolvers());
    }
    if (streams.length > 0) data.metadata = { ...data.metadata, fds };
  }

  /** Aborted when the client has cancelled the operation. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Replaces the metadata, as each step of a real operation does. */
  update(metadata: Record<string, unknown>): void {
    this.data.metadata = metadata;
  }

  /** The socket of a stream, once it is connected. */
  socket(name: string): Promise<ServerSocket> {
    const found = this.sockets.get(name);
    return found ? found.promise : Promise.reject(new Error(`no ${name}`));
  }

  /** Closes every stream, those that come late too. */
  closeSockets(): void {
    for (const { promise } of this.sockets.values()) {
      void promise.then((socket) => socket.abort());
    }
  }

  cancel(): void {
    this.#abort.abort(new Refusal(499, "context canceled"));
  }

  /** Ends the operation; a second end changes nothing. */
  finish(error?: unknown): void {
    if (this.finishedAt !== undefined) return;
    const cancelled = this.signal.aborted;
    this.data.status_code = cancelled ? 401 : error === undefined ? 200 : 400;
    this.data.status = cancelled
      ? "Cancelled"
      : error === undefined
      ? "Success"
      : "Failure";
    if (error !== undefined) {
      this.data.err = error instanceof Error ? error.message : String(error);
    }
    this.data.may_cancel = false;
    this.finishedAt = performance.now();
    this.done.resolve();
  }
}

/** All operations of the server. */
export class OperationStore {
  /** Milliseconds for which a finished operation can be asked for. */
  lifetime = 5000;
  /** Milliseconds that a second of a wait's `timeout` takes. */
  second = 1000;
  /** How a wait tells of a failure: `error` is the way of servers before 6.12. */
  waitStyle: "operation" | "error" = "operation";
  readonly #all = new Map<string, FakeOperation>();
  readonly #closing = Promise.withResolvers<void>();

  /** Every operation so far, finished ones too. */
  get all(): FakeOperation[] {
    return [...this.#all.values()];
  }

  /** Starts an operation and gives the answer that says so. */
  start(init: OperationInit, fault?: OperationFault): HttpReply {
    const number = String(this.#all.size + 1).padStart(12, "0");
    const operation = new FakeOperation({
      id: `00000000-0000-4000-8000-${number}`,
      class: init.class ?? "task",
      description: init.description,
      status: "Running",
      status_code: 103,
      resources: init.resources ?? null,
      metadata: init.metadata ?? null,
      may_cancel: init.mayCancel ?? false,
      err: "",
    }, init.streams);
    this.#all.set(operation.data.id, operation);
    const reply = started(structuredClone(operation.data));
    void this.#run(operation, init, fault);
    return reply;
  }

  async #run(
    operation: FakeOperation,
    init: OperationInit,
    fault: OperationFault | undefined,
  ): Promise<void> {
    try {
      if (fault) {
        if (fault.metadata) operation.update(fault.metadata);
        throw new Refusal(400, fault.error);
      }
      await init.run(operation);
      operation.finish();
    } catch (error) {
      operation.finish(error);
    }
    operation.closeSockets();
  }

  /** Makes the server forget an operation, as it does some time after its end. */
  forget(id: string): void {
    this.#all.delete(id);
  }

  /** Resolves when the server goes down; whatever waits must end then. */
  get closing(): Promise<void> {
    return this.#closing.promise;
  }

  /** Stops what is still running. */
  close(): void {
    this.#closing.resolve();
    for (const operation of this.#all.values()) {
      if (operation.finishedAt === undefined) operation.cancel();
      operation.closeSockets();
    }
  }

  find(id: string): FakeOperation {
    const found = this.#all.get(id);
    const age = performance.now() - (found?.finishedAt ?? Infinity);
    if (!found || age > this.lifetime) {
      throw new Refusal(404, "Operation not found");
    }
    return found;
  }

  /** `GET …/wait`: the head goes out at once, the body when it is over. */
  wait(request: RecordedRequest, id: string): HttpReply {
    const operation = this.find(id);
    const seconds = Number(request.query.timeout ?? -1);
    return {
      status: 200,
      headers: { "content-type": "application/json" },
      body: this.#outcome(operation, seconds),
    };
  }

  async #outcome(operation: FakeOperation, seconds: number): Promise<string> {
    let timer: number | undefined;
    const timeout = new Promise<void>((resolve) => {
      if (seconds < 0) return;
      timer = setTimeout(resolve, seconds * this.second);
    });
    await Promise.race([operation.done.promise, timeout, this.closing]);
    clearTimeout(timer);
    const { data } = operation;
    if (this.waitStyle === "error" && data.status_code !== 200) {
      const text = data.status_code < 200
        ? "context deadline exceeded"
        : data.err;
      return refused(500, text, 200).body as string;
    }
    return sync(data).body as string;
  }

  /** `DELETE /1.0/operations/ID`. */
  cancel(id: string): HttpReply {
    const operation = this.find(id);
    if (operation.finishedAt !== undefined) {
      throw new Refusal(400, "Only running operations can be cancelled");
    }
    if (!operation.data.may_cancel) {
      throw new Refusal(400, "This operation can't be cancelled");
    }
    operation.cancel();
    return sync({});
  }

  /** `GET …/websocket`: each secret opens its stream once. */
  websocket(
    http: HttpRequest,
    request: RecordedRequest,
    id: string,
  ): HttpUpgrade {
    const operation = this.find(id);
    const { secret } = request.query;
    if (!secret) throw new Refusal(400, "Missing websocket secret");
    const name = operation.secrets.get(secret);
    if (!name) throw new Refusal(403, "Permission denied");
    operation.secrets.delete(secret);
    return acceptSocket(http, async (socket) => {
      operation.sockets.get(name)!.resolve(socket);
      await socket.closed;
    });
  }
}
