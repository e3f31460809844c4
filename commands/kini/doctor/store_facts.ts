/**
 * The folder of the local image store.
 *
 * @module
 */
import { storeFolder } from "../../../images/store_folder.ts";
import { isAlive } from "../../../images/store_sessions.ts";

/** What is there, or would be. */
export interface StoreFacts {
  readonly folder: string;
  /** Whether there is a store yet. */
  readonly exists: boolean;
  /** Permission bits of the folder, where it exists. */
  readonly mode?: number;
  readonly ownerIsUser: boolean;
  /** False when images can't be put there, or the folder can't be made. */
  readonly writable: boolean;
  /** Bytes that are free there. */
  readonly free?: number;
  /** Sessions that ended without cleaning up, and pulls that broke off. */
  readonly unfinished: number;
}

/** Looks at the store; it makes nothing. */
export async function storeFacts(
  env: (name: string) => string | undefined,
): Promise<StoreFacts | undefined> {
  const folder = storeFolder(env);
  if (!folder) return undefined;
  const info = await stat(folder);
  const place = info ? folder : await nearestAbove(folder);
  const { access, constants, statfs } = await import("node:fs/promises");
  const [writable, free, unfinished] = await Promise.all([
    access(place, constants.W_OK | constants.X_OK).then(
      () => true,
      () => false,
    ),
    statfs(place).then(({ bavail, bsize }) => bavail * bsize, () => undefined),
    countUnfinished(folder),
  ]);
  const mode = info?.mode;
  const owner = (info ?? await stat(place))?.uid;
  return {
    folder,
    exists: info !== undefined,
    ...(typeof mode === "number" && { mode: mode & 0o7777 }),
    ownerIsUser: owner === Deno.uid(),
    writable,
    ...(free !== undefined && { free }),
    unfinished,
  };
}

async function countUnfinished(folder: string): Promise<number> {
  const [sessions, partials] = await Promise.all([
    namesIn(`${folder}/ingest`),
    namesIn(`${folder}/partial`),
  ]);
  const alive = await Promise.all(sessions.map(isAlive));
  return alive.filter((one) => !one).length + partials.length;
}

async function nearestAbove(path: string): Promise<string> {
  for (let at = path; at.includes("/"); at = at.replace(/\/[^/]*$/, "")) {
    if (await stat(at)) return at;
  }
  return "/";
}

async function stat(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch {
    return undefined;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) names.push(name);
  } catch {
    // There is none.
  }
  return names;
}
