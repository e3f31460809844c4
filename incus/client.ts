/**
 * Requests to the server: raw → envelope → value or operation.
 *
 * @module
 */
import { ConnectionError, IncusError } from "./errors.ts";
import { Operation } from "./operation.ts";
import type { Remote } from "./remote.ts";
import type { Transport } from "./transport.ts";
import type { OperationData, Server } from "./types.ts";
import { UnixTransport } from "./unix_transport.ts";
import { WebSocketConnection } from "./websocket.ts";

/** What may be told with a request. */
export interface RequestOptions {
  query?: Record<string, string>;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is; excludes `body`. */
  rawBody?: BodyInit;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

interface Envelope {
  type: "sync" | "async" | "error";
  metadata: unknown;
  error?: string;
  error_code?: number;
}

/** Called once a request is done: for logs, and for tests that count. */
export type RequestLog = (
  method: string,
  target: string,
  status: number,
  milliseconds: number,
) => void;

/** One server, one project. */
export class IncusClient implements Disposable {
  readonly remote: Remote;
  readonly #signal: AbortSignal | undefined;
  readonly #log: RequestLog | undefined;
  #transport: Transport | undefined;
  #server: Promise<Server> | undefined;
  #closed = false;

  constructor(
    remote: Remote,
    options: { signal?: AbortSignal; log?: RequestLog } = {},
  ) {
    this.remote = remote;
    this.#signal = options.signal;
    this.#log = options.log;
    if (!remote.https) this.#transport = new UnixTransport(remote.path);
  }

  /**
   * Sends a request and returns the reply as it is, whatever its status.
   *
   * @throws {ConnectionError} when the server can't be reached.
   */
  async raw(
    method: string,
    path: string,
    options: RequestOptions = {},
  ): Promise<Response> {
    const signal = options.signal ?? this.#signal;
    const headers = new Headers(options.headers);
    let body: BodyInit | null = options.rawBody ?? null;
    if (options.body !== undefined) {
      headers.set("Content-Type", "application/json");
      body = JSON.stringify(options.body);
    }
    const target = this.target(path, options.query);
    const transport = this.#transport ?? await this.#secure();
    const started = performance.now();
    let reply: Response;
    try {
      reply = await transport.fetch(target, { method, headers, body, signal });
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (error instanceof TypeError) {
        throw bodyFailure(options.rawBody, error) ??
          await this.#lost(transport, error);
      }
      throw error;
    }
    this.#log?.(method, target, reply.status, performance.now() - started);
    return reply;
  }

  /** Sends a request and returns its metadata, or a handle on its operation. */
  async request<T>(
    method: string,
    path: string,
    options: RequestOptions = {},
  ): Promise<T | Operation> {
    const reply = await this.raw(method, path, options);
    const envelope = await this.#envelope(reply, method, path);
    if (envelope.type === "async") {
      return new Operation(this, envelope.metadata as OperationData);
    }
    return envelope.metadata as T;
  }

  async #envelope(
    reply: Response,
    method: string,
    path: string,
  ): Promise<Envelope> {
    let text: string;
    try {
      text = await reply.text();
    } catch (error) {
      // The server went down after the head, in the middle of a wait say.
      if (error instanceof TypeError) {
        throw await this.#lost(this.#transport!, error);
      }
      throw error;
    }
    let envelope: Envelope | undefined;
    try {
      envelope = JSON.parse(text) as Envelope;
    } catch {
      // Falls through: not the API's own answer.
    }
    if (!envelope?.type) {
      const { https } = this.remote;
      if (https) {
        const { notAServer } = await import("./https_errors.ts");
        throw notAServer(https, `${reply.status} to ${method} ${path}`);
      }
      throw new IncusError(
        reply.status,
        `${method} ${path}`,
        `unexpected reply to ${method} ${path}: ${text.slice(0, 200)}`,
      );
    }
    if (envelope.type === "error") {
      if (path !== "/1.0" && /^40[13]$/.test(String(reply.status))) {
        await this.#checkTrust();
      }
      throw new IncusError(
        envelope.error_code || reply.status,
        `${method} ${path}`,
        envelope.error ?? reply.statusText,
      );
    }
    return envelope;
  }

  /** A request that must answer at once. */
  async get<T>(path: string, options: RequestOptions = {}): Promise<T> {
    return await this.request<T>("GET", path, options) as T;
  }

  /**
   * A request that starts an operation. A server that answers at once where
   * another starts an operation (LXD moved some calls) gives `undefined`.
   */
  async start(
    method: string,
    path: string,
    options: RequestOptions = {},
  ): Promise<Operation | undefined> {
    const answer = await this.request(method, path, options);
    return answer instanceof Operation ? answer : undefined;
  }

  /** Opens a WebSocket to `path`. */
  async websocket(
    path: string,
    query?: Record<string, string>,
  ): Promise<WebSocketConnection> {
    const transport = this.#transport ?? await this.#secure();
    const conn = await transport.connect();
    const started = performance.now();
    const target = this.target(path, query);
    let socket: WebSocketConnection;
    try {
      socket = await WebSocketConnection.open(conn, target);
    } catch (error) {
      if (error instanceof IncusError) throw error;
      throw await this.#lost(transport, error);
    }
    this.#log?.("GET", target, 101, performance.now() - started);
    return socket;
  }

  /** What the server is; asked once. */
  server(): Promise<Server> {
    return this.#server ??= this.#trustedServer();
  }

  async #trustedServer(): Promise<Server> {
    const server = await this.get<Server>("/1.0");
    if (server.auth === "untrusted") throw await this.#untrusted();
    return server;
  }

  /** TLS isn't needed by those who are on the server's own machine. */
  async #secure(): Promise<Transport> {
    const { HttpsTransport } = await import("./https_transport.ts");
    return this.#transport ??= new HttpsTransport(this.remote.https!);
  }

  /** A server that doesn't know the caller refuses nearly everything. */
  async #checkTrust(): Promise<void> {
    if (!this.remote.https) return;
    const { auth } = await this.get<Server>("/1.0");
    if (auth === "untrusted") throw await this.#untrusted();
  }

  async #untrusted(): Promise<ConnectionError> {
    const { untrusted } = await import("./https_errors.ts");
    return untrusted(this.remote.https!);
  }

  /** True when the server has the API extension. */
  async has(extension: string): Promise<boolean> {
    return (await this.server()).api_extensions?.includes(extension) ?? false;
  }

  /** Path and query of a request, with the project where it counts. */
  target(path: string, query: Record<string, string> = {}): string {
    const all = { ...query };
    if (
      this.remote.project && path !== "/1.0" &&
      !path.startsWith("/1.0/operations/")
    ) {
      all.project ??= this.remote.project;
    }
    const parameters = new URLSearchParams(all).toString();
    return parameters ? `${path}?${parameters}` : path;
  }

  /** Why a connection broke. Nobody asks once the client is closed. */
  async #lost(transport: Transport, error: unknown): Promise<unknown> {
    return this.#closed ? error : await transport.lost();
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    this.#transport?.close();
  }
}

/** What went wrong on the side of a body that was being sent, if it was that. */
function bodyFailure(body: BodyInit | undefined, error: TypeError): unknown {
  if (!(body instanceof ReadableStream)) return undefined;
  const ofConnection = [
    Deno.errors.BrokenPipe,
    Deno.errors.ConnectionAborted,
    Deno.errors.ConnectionReset,
    Deno.errors.Http,
  ];
  return ofConnection.some((one) => error.cause instanceof one)
    ? undefined
    : error.cause;
}
