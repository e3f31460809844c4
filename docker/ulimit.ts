import { parseInteger } from "./integer.ts";

/** A resource limit of a container's processes; -1 is no limit. */
export interface Ulimit {
  readonly name: string;
  readonly soft: number;
  readonly hard: number;
}

const NAMES: readonly string[] = [
  "as",
  "core",
  "cpu",
  "data",
  "fsize",
  "locks",
  "memlock",
  "msgqueue",
  "nice",
  "nofile",
  "nproc",
  "rss",
  "rtprio",
  "rttime",
  "sigpending",
  "stack",
];

/**
 * Parses a value of `--ulimit`, as `nofile=1024:2048` or `core=-1`.
 *
 * @throws {SyntaxError} With the reason that docker puts after `invalid argument … for "--ulimit" flag: `.
 */
export function parseUlimit(text: string): Ulimit {
  const equals = text.indexOf("=");
  if (equals < 0) throw new SyntaxError(`invalid ulimit argument: ${text}`);
  const name = text.slice(0, equals);
  const value = text.slice(equals + 1);
  if (!NAMES.includes(name)) {
    throw new SyntaxError(`invalid ulimit type: ${name}`);
  }
  const limits = value.split(":");
  if (limits.length > 2) {
    throw new SyntaxError(
      `too many limit value arguments - ${value}, can only have up to two, \`soft[:hard]\``,
    );
  }
  const soft = parseInteger(limits[0]!);
  const hard = limits[1] === undefined ? soft : parseInteger(limits[1]);
  if (hard !== -1) {
    const reason =
      "ulimit soft limit must be less than or equal to hard limit: ";
    if (soft === -1) {
      throw new SyntaxError(`${reason}soft: -1 (unlimited), hard: ${hard}`);
    }
    if (soft > hard) throw new SyntaxError(`${reason}${soft} > ${hard}`);
  }
  return { name, soft, hard };
}
