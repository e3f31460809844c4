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

/** What {@linkcode listStreamImages} needs of its caller. */
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
 * The container images that a server has for a target, by their aliases; two
 * requests. Of each the fingerprints that a server may know it by are told,
 * which depend on the file that it takes.
 *
 * @param server address, without a slash at its end.
 * @throws {StreamsError}
 */
export async function listStreamImages(
  server: string,
  target: StreamsTarget,
  options: StreamsOptions,
): Promise<Map<string, string[]>> {
  const timeout = AbortSignal.timeout(options.timeout ?? TIMEOUT);
  const signal = AbortSignal.any([options.signal, timeout]);
  try {
    const get = (path: string) =>
      fetchJson(`${server}/${path}`, { ...options, signal });
    const images = new Map<string, string[]>();
    for (const path of imageLists(await get("streams/v1/index.json"))) {
      addImages(images, await get(path), target);
    }
    return images;
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
    // A web server's page is no reason.
    const [reason = ""] = error.message.split(/(?::\s*<|\n)/);
    throw new StreamsError(reason, { cause: error });
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

function addImages(
  images: Map<string, string[]>,
  list: unknown,
  { product, architecture }: StreamsTarget,
): void {
  for (const [, one] of entriesOf(fieldOf(list, "products"))) {
    const names = fieldOf(one, "aliases");
    if (typeof names !== "string" || fieldOf(one, "arch") !== architecture) {
      continue;
    }
    // Their names are dates.
    const versions = entriesOf(fieldOf(one, "versions"))
      .sort(([a], [b]) => a < b ? 1 : -1);
    for (const [, version] of versions) {
      const found = fingerprintsOf(fieldOf(version, "items"), product);
      if (!found) continue;
      for (const name of names.split(",")) images.set(name.trim(), found);
      break;
    }
  }
}

/**
 * What a container image of these files is called: one archive with
 * everything, or one of metadata beside a root file system. Undefined where
 * there is none.
 */
function fingerprintsOf(
  items: unknown,
  product: StreamsTarget["product"],
): string[] | undefined {
  const byType = new Map(
    entriesOf(items).map(([, item]) => [fieldOf(item, "ftype"), item]),
  );
  const sums: unknown[] = [];
  const whole = byType.get(`${product}_combined.tar.gz`);
  if (whole) sums.push(fieldOf(whole, "sha256"));
  const metadata = byType.get(`${product}.tar.xz`);
  for (const root of metadata ? ["squashfs", "root.tar.xz"] : []) {
    if (!byType.has(root)) continue;
    const key = root === "squashfs" ? root : "rootxz";
    sums.push(fieldOf(metadata, `combined_${key}_sha256`));
  }
  return sums.length === 0
    ? undefined
    : sums.filter((sum) =>
      typeof sum === "string" && /^[0-9a-f]{64}$/.test(sum)
    ) as string[];
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
