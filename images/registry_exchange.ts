import { Answer } from "./registry_answer.ts";
import { RegistryError } from "./registry_error.ts";

/** What an {@linkcode Exchange} needs from its caller. */
export interface ExchangeOptions {
  signal: AbortSignal;
  fetch?: typeof fetch | undefined;
  /** One that trusts the system's CAs; see `system_trust.ts`. */
  client?: Deno.HttpClient | undefined;
  /** How long one request may take, in milliseconds. */
  timeout?: number | undefined;
}

const TIMEOUT = 60_000;
const ERROR_LIMIT = 64 * 1024;

/** One request and its answer with the body read, within a size and a time. */
export class Exchange {
  readonly #options: ExchangeOptions;

  constructor(options: ExchangeOptions) {
    this.#options = options;
  }

  /**
   * Gets a URL, following no redirect. Rejects with the signal's reason once
   * that is aborted, and with a {@linkcode RegistryError} when there is no
   * complete answer; any status is an answer.
   */
  async get(
    url: URL,
    { headers, limit }: { headers: Headers; limit: number },
  ): Promise<Answer> {
    const { signal, client, timeout = TIMEOUT } = this.#options;
    signal.throwIfAborted();
    const send = this.#options.fetch ?? fetch;
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), timeout);
    try {
      const response = await send(url, {
        headers,
        redirect: "manual",
        signal: AbortSignal.any([signal, deadline.signal]),
        ...(client ? { client } : {}),
      });
      if (response.ok) {
        const bytes = await readBody(response, limit);
        if (bytes !== undefined) return new Answer(url, response, bytes);
        throw new RegistryError({
          kind: "invalid-content",
          method: "GET",
          url,
          status: response.status,
          text: `the body is larger than ${limit} bytes`,
        });
      }
      const bytes = await readBody(response, ERROR_LIMIT);
      return new Answer(url, response, bytes ?? new Uint8Array());
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof RegistryError) throw error;
      throw new RegistryError({
        kind: "network",
        method: "GET",
        url,
        text: deadline.signal.aborted
          ? `no answer within ${timeout / 1000} s`
          : networkReason(error, url),
      });
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Whether a URL's host is this machine, where docker allows plain HTTP. */
export function isLoopback(url: URL): boolean {
  return url.hostname === "localhost" || url.hostname === "[::1]" ||
    /^127(?:\.\d{1,3}){3}$/.test(url.hostname);
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
