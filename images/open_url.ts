/**
 * Archives at any address, as `docker import` takes them.
 *
 * @module
 */
import { Exchange } from "./registry_exchange.ts";
import { RegistryError } from "./registry_error.ts";
import { readSystemCertificates } from "./system_trust.ts";

/** As many as Go follows. */
const MAX_REDIRECTS = 10;

/** A file somewhere else; it is all read, or closed. */
export interface OpenedUrl {
  body: ReadableStream<Uint8Array>;
  /** Bytes, if they were told. */
  size: number | undefined;
  close(): void;
}

/** What {@linkcode openUrl} needs of its caller. */
export interface UrlOptions {
  env: (name: string) => string | undefined;
  signal: AbortSignal;
}

/** An address that gives nothing; the message is docker's as far as it can be. */
export class UrlError extends Error {
  override readonly name = "UrlError";
}

/**
 * Gets what a URL stands for, by HTTP or HTTPS and over redirects. The
 * system's certificates are trusted.
 *
 * @throws {UrlError}
 */
export async function openUrl(
  text: string,
  { env, signal }: UrlOptions,
): Promise<OpenedUrl> {
  if (!URL.canParse(text)) {
    throw new UrlError(`Get ${JSON.stringify(text)}: no such address`);
  }
  const readTextFile = (path: string) => Deno.readTextFile(path);
  const caCerts = await readSystemCertificates({ env, readTextFile });
  const client = Deno.createHttpClient({ caCerts });
  const close = () => client.close();
  try {
    const exchange = new Exchange({ signal, client });
    const { body, headers } = await follow(exchange, new URL(text));
    const size = Number(headers.get("content-length") ?? NaN);
    return { body, size: Number.isNaN(size) ? undefined : size, close };
  } catch (error) {
    close();
    throw urlErrorOf(error, text);
  }
}

/** An error of the body that {@linkcode openUrl} gave. */
export function urlErrorOf(error: unknown, url: string): unknown {
  if (!(error instanceof RegistryError)) return error;
  return new UrlError(`Get ${JSON.stringify(url)}: ${error.text}`, {
    cause: error,
  });
}

async function follow(exchange: Exchange, from: URL) {
  let url = from;
  for (let hops = 0; hops < MAX_REDIRECTS; hops++) {
    const headers = new Headers();
    // The URL's own name and password are for its own host.
    if (url.origin === from.origin && from.username !== "") {
      headers.set("authorization", basicOf(from));
    }
    const answer = await exchange.open(withoutUser(url), headers);
    if ("body" in answer) return answer;
    const { status, statusText, location, bytes } = answer;
    if (!location) {
      const text = new TextDecoder().decode(bytes).trim();
      throw new UrlError(
        `failed to GET ${withoutUser(from)} with status ` +
          `${status} ${statusText}`.trim() +
          (text === "" ? "" : `: ${text}`),
      );
    }
    if (!/^https?:$/.test(location.protocol)) {
      throw new UrlError(
        `Get ${JSON.stringify(from.href)}: unsupported protocol scheme ` +
          JSON.stringify(location.protocol.slice(0, -1)),
      );
    }
    url = location;
  }
  throw new UrlError(
    `Get ${
      JSON.stringify(from.href)
    }: stopped after ${MAX_REDIRECTS} redirects`,
  );
}

function withoutUser(url: URL): URL {
  const bare = new URL(url);
  bare.username = bare.password = "";
  return bare;
}

function basicOf({ username, password }: URL): string {
  const text = [username, password].map(decodeURIComponent).join(":");
  const bytes = new TextEncoder().encode(text);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}
