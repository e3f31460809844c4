/**
 * What a simplestreams server offers: system images by their aliases.
 *
 * Only its lists are read here; the images themselves are fetched by Incus and
 * LXD, which speak the protocol.
 *
 * @see https://canonical-simplestreams.readthedocs-hosted.com/
 * @module
 */
import { openUrl, UrlError, urlErrorOf } from "./open_url.ts";

/** How long the lists may take in all, in milliseconds. */
const TIMEOUT = 20_000;

/** Bytes of one list; those of large servers have a few millions. */
const LIMIT = 64 * 1024 * 1024;

/** A list that can't be had, or makes no sense. */
export class StreamsError extends Error {
  override readonly name = "StreamsError";
}

/** What {@linkcode listStreamAliases} needs of its caller. */
export interface StreamsOptions {
  env: (name: string) => string | undefined;
  signal: AbortSignal;
  /** Milliseconds; 20 seconds unless told. */
  timeout?: number;
}

/** Whose images are looked at, and for which processor. */
export interface StreamsTarget {
  /** `lxd` reads other files than `incus`. */
  product: "incus" | "lxd";
  /** The lists' word: `amd64`. */
  architecture: string;
}

/**
 * The aliases of all container images that a server has for a target; two
 * requests.
 *
 * @param server address, without a slash at its end.
 * @throws {StreamsError}
 */
export async function listStreamAliases(
  server: string,
  target: StreamsTarget,
  options: StreamsOptions,
): Promise<Set<string>> {
  const timeout = AbortSignal.timeout(options.timeout ?? TIMEOUT);
  const signal = AbortSignal.any([options.signal, timeout]);
  try {
    const get = (path: string) =>
      fetchJson(`${server}/${path}`, { ...options, signal });
    const aliases = new Set<string>();
    for (const path of imageLists(await get("streams/v1/index.json"))) {
      for (const alias of aliasesOf(await get(path), target)) {
        aliases.add(alias);
      }
    }
    return aliases;
  } catch (error) {
    options.signal.throwIfAborted();
    if (timeout.aborted) {
      throw new StreamsError(`${server} doesn't answer`, { cause: error });
    }
    throw error;
  }
}

async function fetchJson(
  url: string,
  options: StreamsOptions,
): Promise<unknown> {
  let opened;
  try {
    opened = await openUrl(url, options);
  } catch (error) {
    if (!(error instanceof UrlError)) throw error;
    throw new StreamsError(error.message, { cause: error });
  }
  try {
    return JSON.parse(await readText(opened.body, url));
  } catch (cause) {
    if (cause instanceof StreamsError) throw cause;
    const error = urlErrorOf(cause, url);
    const reason = cause instanceof SyntaxError
      ? `Get ${JSON.stringify(url)}: the answer is no JSON`
      : error instanceof UrlError
      ? error.message
      : undefined;
    if (reason === undefined) throw cause;
    throw new StreamsError(reason, { cause });
  } finally {
    opened.close();
  }
}

async function readText(
  body: ReadableStream<Uint8Array>,
  url: string,
): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const piece of body) {
    size += piece.length;
    if (size > LIMIT) {
      throw new StreamsError(
        `Get ${JSON.stringify(url)}: the answer is larger than ${LIMIT} bytes`,
      );
    }
    text += decoder.decode(piece, { stream: true });
  }
  return text + decoder.decode();
}

/** Paths of the lists of images that an index names. */
function imageLists(index: unknown): string[] {
  const paths: string[] = [];
  for (const [, entry] of entriesOf(fieldOf(index, "index"))) {
    const path = fieldOf(entry, "path");
    if (
      fieldOf(entry, "datatype") === "image-downloads" &&
      typeof path === "string" && !/^[/]|\.\.|:/.test(path)
    ) paths.push(path);
  }
  if (paths.length === 0) {
    throw new StreamsError("the server's index names no list of images");
  }
  return paths;
}

function aliasesOf(
  list: unknown,
  { product, architecture }: StreamsTarget,
): string[] {
  const aliases: string[] = [];
  for (const [, one] of entriesOf(fieldOf(list, "products"))) {
    const names = fieldOf(one, "aliases");
    if (typeof names !== "string" || fieldOf(one, "arch") !== architecture) {
      continue;
    }
    const versions = entriesOf(fieldOf(one, "versions"));
    const usable = versions.some(([, version]) =>
      isContainerImage(fieldOf(version, "items"), product)
    );
    if (usable) aliases.push(...names.split(",").map((name) => name.trim()));
  }
  return aliases;
}

/** One archive with everything, or one of metadata beside a root file system. */
function isContainerImage(
  items: unknown,
  product: StreamsTarget["product"],
): boolean {
  const types = entriesOf(items).map(([, item]) => fieldOf(item, "ftype"));
  return types.includes(`${product}_combined.tar.gz`) ||
    (types.includes(`${product}.tar.xz`) &&
      (types.includes("squashfs") || types.includes("root.tar.xz")));
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null &&
      Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === "object" && value !== null
    ? Object.entries(value)
    : [];
}
