import { Answer } from "./registry_answer.ts";
import { RegistryError } from "./registry_error.ts";

/** What an {@linkcode Exchange} needs from its caller. */
export interface ExchangeOptions {
  signal: AbortSignal;
  fetch?: typeof fetch | undefined;
  /** One that trusts the system's CAs; see `system_trust.ts`. */
  client?: Deno.HttpClient | undefined;
  /**
   * How long a small answer may take in all, and how long a stream may stand
   * still, in milliseconds.
   */
  timeout?: number | undefined;
}

/** One request. */
export interface ExchangeRequest {
  method?: string;
  headers: Headers;
  body?: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
  /** Bytes that the body of a success may have. */
  limit: number;
}

/** An answer whose body is still to be read. */
export interface StreamAnswer {
  url: URL;
  status: number;
  headers: Headers;
  body: ReadableStream<Uint8Array>;
}

const TIMEOUT = 60_000;
/** A registry may have to move gigabytes before it answers an upload. */
const UPLOAD_FACTOR = 10;
const ERROR_LIMIT = 64 * 1024;

/** One request and its answer, within a size and a time. */
export class Exchange {
  readonly #options: ExchangeOptions;

  constructor(options: ExchangeOptions) {
    this.#options = options;
  }

  /**
   * Sends a request, following no redirect, and reads the answer. Rejects with
   * the signal's reason once that is aborted, and with a
   * {@linkcode RegistryError} when there is no complete answer; any status is
   * an answer. A body that streams resets the clock with each of its pieces.
   */
  async send(
    url: URL,
    { method = "GET", headers, body, limit }: ExchangeRequest,
  ): Promise<Answer> {
    const { timeout = TIMEOUT } = this.#options;
    const isUpload = method === "PUT" || method === "PATCH";
    const deadline = new Deadline(timeout * (isUpload ? UPLOAD_FACTOR : 1));
    try {
      const response = await this.#fetch(url, {
        method,
        headers,
        deadline,
        ...(body && { body: streamed(body, deadline) }),
      });
      const bytes = await readBody(
        response,
        response.ok ? limit : ERROR_LIMIT,
      );
      if (bytes === undefined && response.ok) {
        throw new RegistryError({
          kind: "invalid-content",
          method,
          url,
          status: response.status,
          text: `the body is larger than ${limit} bytes`,
        });
      }
      return new Answer(url, method, response, bytes ?? new Uint8Array());
    } catch (error) {
      throw this.#errorOf(error, { method, url, deadline });
    } finally {
      deadline.clear();
    }
  }

  /**
   * Gets a URL and leaves the body of a success to the caller, who reads it
   * all or cancels it. Other answers are read.
   */
  async open(url: URL, headers: Headers): Promise<StreamAnswer | Answer> {
    const method = "GET";
    const deadline = new Deadline(this.#options.timeout ?? TIMEOUT);
    let streams = false;
    try {
      const response = await this.#fetch(url, { method, headers, deadline });
      if (!response.ok) {
        const bytes = await readBody(response, ERROR_LIMIT);
        return new Answer(url, method, response, bytes ?? new Uint8Array());
      }
      streams = true;
      return {
        url,
        status: response.status,
        headers: response.headers,
        body: this.#watched(response, url, deadline),
      };
    } catch (error) {
      throw this.#errorOf(error, { method, url, deadline });
    } finally {
      if (!streams) deadline.clear();
    }
  }

  async #fetch(
    url: URL,
    { deadline, ...init }: RequestInit & { deadline: Deadline },
  ): Promise<Response> {
    const { signal, client, fetch: send = fetch } = this.#options;
    signal.throwIfAborted();
    return await send(url, {
      ...init,
      redirect: "manual",
      signal: AbortSignal.any([signal, deadline.signal]),
      ...(client ? { client } : {}),
    });
  }

  /** A body that fails when it stands still, with an error that has no secret. */
  #watched(
    response: Response,
    url: URL,
    deadline: Deadline,
  ): ReadableStream<Uint8Array> {
    const reader = (response.body ?? new Blob().stream()).getReader();
    const watched = new ReadableStream<Uint8Array>({
      pull: async (stream) => {
        deadline.start();
        try {
          const { done, value } = await reader.read();
          deadline.clear();
          if (done) stream.close();
          else stream.enqueue(value);
        } catch (error) {
          deadline.clear();
          throw this.#errorOf(error, { method: "GET", url, deadline });
        }
      },
      cancel: async (reason) => {
        deadline.clear();
        await reader.cancel(reason);
      },
    }, { highWaterMark: 0 });
    responses.set(watched, response);
    return watched;
  }

  #errorOf(
    error: unknown,
    { method, url, deadline }: {
      method: string;
      url: URL;
      deadline: Deadline;
    },
  ): unknown {
    const { signal } = this.#options;
    if (signal.aborted) return signal.reason;
    if (error instanceof RegistryError) return error;
    return new RegistryError({
      kind: "network",
      method,
      url,
      text: deadline.signal.aborted
        ? `no answer within ${deadline.milliseconds / 1000} s`
        : networkReason(error, url),
    });
  }
}

/** Whether a URL's host is this machine, where docker allows plain HTTP. */
export function isLoopback(url: URL): boolean {
  return url.hostname === "localhost" || url.hostname === "[::1]" ||
    /^127(?:\.\d{1,3}){3}$/.test(url.hostname);
}

/**
 * The response of each body. The runtime forgets to abort a body whose Response
 * is no longer in use, and its time runs out unnoticed then.
 */
const responses = new WeakMap<ReadableStream, Response>();

/** A clock that aborts; it runs from its making. */
class Deadline {
  readonly milliseconds: number;
  readonly #controller = new AbortController();
  #timer: number | undefined;

  constructor(milliseconds: number) {
    this.milliseconds = milliseconds;
    this.start();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Starts anew. */
  start(): void {
    this.clear();
    this.#timer = setTimeout(
      () => this.#controller.abort(),
      this.milliseconds,
    );
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}

function streamed(
  body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>,
  deadline: Deadline,
): BodyInit {
  if (body instanceof Uint8Array) return body;
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, stream) {
        deadline.start();
        stream.enqueue(chunk);
      },
    }),
  );
}

/** Reads a body; undefined when it is larger than the limit. */
async function readBody(
  response: Response,
  limit: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    // Leaving the loop cancels the rest.
    if (size > limit) return undefined;
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** The words of `fetch()` without the URL, whose query may be a secret. */
function networkReason(error: unknown, url: URL): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replaceAll(url.href, "")
    .replaceAll(/\?\S*/g, "")
    .replace(/^error sending request[^)]*\): /, "")
    .replace(/^client error \([^)]*\): /, "");
}
