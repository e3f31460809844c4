import { cleanPath, isAbsolutePath } from "./path.ts";

/** A device of the host to be used in a container. */
export interface Device {
  readonly source: string;
  readonly target: string;
  /** Some of the letters r, w and m (read, write, make). */
  readonly permissions: string;
}

/**
 * Parses a value of `--device`, as `/dev/fuse`, `/dev/a:/dev/b` or `/dev/a:/dev/b:rw`.
 *
 * @throws {SyntaxError} With the text that docker prints after `docker: `.
 */
export function parseDevice(text: string): Device {
  const parts = text.split(":");
  const [source = "", second, third] = parts;
  if (source === "" || parts.length > 3) {
    throw new SyntaxError(`bad format for path: ${text}`);
  }
  const secondIsMode = parts.length === 2 && isMode(second!);
  const target = second === undefined || secondIsMode ? source : second;
  const permissions = third ?? (secondIsMode ? second! : "rwm");
  for (const path of [source, target]) {
    if (!isAbsolutePath(path)) {
      throw new SyntaxError(`${path} is not an absolute path`);
    }
  }
  if (!isMode(permissions)) {
    throw new SyntaxError(`bad mode specified: ${permissions}`);
  }
  return { source: cleanPath(source), target: cleanPath(target), permissions };
}

function isMode(text: string): boolean {
  return /^[rwm]{1,3}$/.test(text) && new Set(text).size === text.length;
}
