/**
 * A container's files as a layer of an image.
 *
 * @module
 */
import type { ContainerRecord } from "../docker/container.ts";
import type { LayerEntry } from "../images/layer_entry.ts";
import { LayerError } from "../images/layer_error.ts";
import { LayerReader } from "../images/layer_reader.ts";
import {
  archiveEnd,
  contentPadding,
  layerHeader,
} from "../images/layer_writer.ts";
import { BACKUP_ROOT } from "../incus/publish.ts";
import type { Instance } from "../incus/types.ts";
import { INIT_PATH, isStartScript } from "./start_script.ts";

/** What goes out at once, bytes. */
const PIECE = 256 << 10;

/** Where kini's own first program may be. */
const SCRIPTS = [INIT_PATH.slice(1), ".kini-init"];
/** No script of kini's is longer. */
const MAX_SCRIPT = 256 << 10;

/** What a `docker exec` that was killed may have left. */
const STAGED_INPUT = ".kini-stdin-";

/** Folders that the kernel fills. */
const OF_KERNEL = ["dev", "proc", "sys"];

/** What docker mounts over, and the servers write or mount over. */
const OF_NETWORK = ["etc/hosts", "etc/hostname", "etc/resolv.conf"];

/** What is left out of a container's files. */
export interface LayerFacts {
  /** Folders whose content is not the container's own. */
  emptied: readonly string[];
  /** The network's files are the server's work, and not only places for it. */
  ownNetworkFiles: boolean;
  /** What a link in the place of the start script leads to. */
  program: string;
}

/** What is left out of the files of this container. */
export function layerFactsFor(
  instance: Instance,
  record: ContainerRecord,
): LayerFacts {
  const volumes = record.mounts.filter(({ type }) => type === "volume")
    .map(({ destination }) => destination.replace(/^\/+|\/+$/g, ""));
  return {
    emptied: [...OF_KERNEL, ...volumes],
    ownNetworkFiles: instance.config["volatile.container.oci"] !== "true",
    program: [...record.entrypoint ?? [], ...record.cmd ?? []][0] ?? "",
  };
}

/**
 * Turns an instance's backup into a layer, as it is read: what the server adds,
 * what kini has put there and what is in volumes stays out.
 *
 * The stream fails with a {@linkcode LayerError} where the backup ends before
 * its end.
 */
export function layerFromBackup(
  backup: ReadableStream<Uint8Array>,
  facts: LayerFacts,
): ReadableStream<Uint8Array> {
  const pieces = collected(entriesOf(backup, facts));
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        controller.error(error);
      }
    },
    async cancel() {
      await pieces.return(undefined);
    },
  }, { highWaterMark: 0 });
}

async function* entriesOf(
  backup: ReadableStream<Uint8Array>,
  facts: LayerFacts,
): AsyncGenerator<Uint8Array, void> {
  const end = new EndOfArchive();
  const reader = new LayerReader(backup, (piece) => end.see(piece));
  const left = new Set<string>();
  try {
    for (let entry = await reader.next(); entry; entry = await reader.next()) {
      const path = insideOf(entry.path);
      if (path === undefined) continue;
      if (isLeftOut(path, entry, facts)) {
        left.add(path);
        continue;
      }
      const inside: LayerEntry = { ...entry, path };
      if (entry.type === "link") {
        inside.target = insideOf(entry.target) ?? "";
        if (left.has(inside.target)) {
          throw new LayerError(
            `/${path} is a hard link to /${inside.target}, which a commit ` +
              "leaves out",
          );
        }
      }
      if (SCRIPTS.includes(path) && entry.type === "file") {
        const script = await smallContent(reader, entry.size);
        if (script && isStartScript(script)) continue;
        yield* layerHeader(inside);
        if (script) yield script;
      } else yield* layerHeader(inside);
      for (
        let piece = await reader.content();
        piece;
        piece = await reader.content()
      ) yield piece;
      yield contentPadding(inside.size);
    }
    await reader.drain();
    if (!end.seen) throw new LayerError("the server ended it in the middle");
    yield archiveEnd();
  } finally {
    await reader.close();
  }
}

/** A path of the backup as one below the root, or undefined for all else. */
function insideOf(path: string): string | undefined {
  if (path === BACKUP_ROOT) return "";
  const below = `${BACKUP_ROOT}/`;
  return path.startsWith(below) ? path.slice(below.length) : undefined;
}

function isLeftOut(
  path: string,
  entry: LayerEntry,
  { emptied, ownNetworkFiles, program }: LayerFacts,
): boolean {
  if (emptied.some((folder) => path.startsWith(`${folder}/`))) return true;
  if (path.startsWith(STAGED_INPUT)) return true;
  if (OF_NETWORK.includes(path)) {
    // The runtime makes places to mount on that nobody may read.
    return ownNetworkFiles || (entry.size === 0 && entry.mode === 0);
  }
  return SCRIPTS.includes(path) && entry.type === "symlink" &&
    program !== `/${path}` && entry.target === program;
}

async function smallContent(
  reader: LayerReader,
  size: number,
): Promise<Uint8Array | undefined> {
  if (size > MAX_SCRIPT) return undefined;
  const content = new Uint8Array(size);
  let at = 0;
  for (
    let piece = await reader.content();
    piece;
    piece = await reader.content()
  ) {
    content.set(piece, at);
    at += piece.length;
  }
  return content;
}

/** Tells whether the last that was seen is what ends an archive. */
class EndOfArchive {
  #zeros = 0;

  see(piece: Uint8Array): void {
    let at = piece.length;
    while (at > 0 && piece[at - 1] === 0) at--;
    const zeros = piece.length - at;
    this.#zeros = at === 0 ? this.#zeros + zeros : zeros;
  }

  get seen(): boolean {
    return this.#zeros >= archiveEnd().length;
  }
}

/** Small pieces joined; the pieces that come in are valid until the next. */
async function* collected(
  pieces: AsyncGenerator<Uint8Array, void>,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  let buffer = new Uint8Array(PIECE);
  let used = 0;
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length;) {
      const part = piece.subarray(at, at + PIECE - used);
      buffer.set(part, used);
      used += part.length;
      at += part.length;
      if (used < PIECE) continue;
      yield buffer;
      buffer = new Uint8Array(PIECE);
      used = 0;
    }
  }
  if (used > 0) yield buffer.subarray(0, used);
}
