/**
 * `docker cp`'s rules: which argument is what, and where a copy ends up.
 *
 * @module
 */
import { cleanPath } from "./path.ts";

/** One argument of `docker cp`: a path in a container, or here. */
export interface CopyArgument {
  /** Empty for a path on this machine. */
  container: string;
  path: string;
}

/** Where from and where to. */
export type CopySpec =
  & { source: string; destination: string; container: string }
  & { direction: "in" | "out" };

/** What is at a path. */
export interface PathFacts {
  path: string;
  exists: boolean;
  isDirectory: boolean;
}

/** The folder that a copy goes to, and the name that its root gets there. */
export interface CopyTarget {
  folder: string;
  /** Empty: what is in the source goes straight into the folder. */
  name: string;
}

/**
 * Reads one argument: `NAME:PATH`, or a path on this machine. One that begins
 * with `/` or `.` is always the latter.
 */
export function parseCopyArgument(text: string): CopyArgument {
  const at = text.indexOf(":");
  if (text.startsWith("/") || text.startsWith(".") || at < 0) {
    return { container: "", path: text };
  }
  return { container: text.slice(0, at), path: text.slice(at + 1) };
}

/**
 * Reads both arguments.
 *
 * @throws {RangeError} With docker's text when that can't be copied.
 */
export function parseCopy(from: string, to: string): CopySpec {
  if (from === "") throw new RangeError("source can not be empty");
  if (to === "") throw new RangeError("destination can not be empty");
  const source = parseCopyArgument(from);
  const destination = parseCopyArgument(to);
  if (source.container && destination.container) {
    throw new RangeError("copying between containers is not supported");
  }
  const container = source.container || destination.container;
  if (!container) {
    throw new RangeError("must specify at least one container source");
  }
  return {
    source: source.path,
    destination: destination.path,
    container,
    direction: source.container ? "out" : "in",
  };
}

/** True for a path whose last part is `.`: the content, not the folder itself. */
function meansContent(path: string): boolean {
  return path === "." || path.endsWith("/.");
}

/** True for a path that can only be a folder. */
export function assertsFolder(path: string): boolean {
  return path.endsWith("/") || meansContent(path);
}

/** The folder of a path and the last part in it; `.` stays a part. */
export function splitPath(path: string): { folder: string; name: string } {
  const clean = cleanPath(path);
  if (meansContent(path)) return { folder: clean, name: "." };
  const at = clean.lastIndexOf("/");
  return {
    folder: at < 0 ? "." : clean.slice(0, at) || "/",
    name: clean.slice(at + 1),
  };
}

/**
 * Where a copy of `source` ends up.
 *
 * @param name what the source is called when it keeps its name.
 * @throws {RangeError} With docker's text when it can't go there.
 */
export function copyTarget(
  source: { path: string; isDirectory: boolean },
  destination: PathFacts,
  name: string = splitPath(source.path).name,
): CopyTarget {
  if (destination.exists && destination.isDirectory) {
    return { folder: destination.path, name: name === "." ? "" : name };
  }
  if (destination.exists && source.isDirectory) {
    throw new RangeError("cannot copy directory");
  }
  if (!source.isDirectory && assertsFolder(destination.path)) {
    throw new RangeError("no such directory");
  }
  return splitPath(cleanPath(destination.path));
}

/** Bytes of a tar archive with a file of this size in it. */
export function archivedSize(size: number): number {
  return 512 + Math.ceil(size / 512) * 512;
}
