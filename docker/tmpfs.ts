/**
 * `--tmpfs`, and the options of a tmpfs however it is asked for.
 *
 * @module
 */
import { quote } from "./go_quote.ts";
import { checkTarget, EMPTY_MOUNT, type Mount } from "./mount.ts";
import { parseBytes } from "./units.ts";

/** How a tmpfs is to be mounted. */
export interface TmpfsOptions {
  /** Words for mount(8) without the size, docker's own `noexec,nosuid,nodev` included. */
  readonly options: string[];
  /** Bytes; undefined leaves the kernel's default, half of the memory. */
  readonly size?: number;
  /** A share of the memory instead of bytes, such as `50%`. */
  readonly sizePercent?: string;
  /** Permission bits of the directory. */
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly readonly: boolean;
}

const DEFAULT_OPTIONS: readonly string[] = ["noexec", "nosuid", "nodev"];
const DATA_KEYS: readonly string[] = [
  "size",
  "mode",
  "uid",
  "gid",
  "nr_inodes",
  "nr_blocks",
  "mpol",
];
/** Flags that undo each other: of each group the last one counts. */
const FLAG_GROUPS: readonly (readonly string[])[] = [
  ["ro", "rw"],
  ["suid", "nosuid"],
  ["dev", "nodev"],
  ["exec", "noexec"],
  ["sync", "async"],
  ["dirsync"],
  ["mand", "nomand"],
  ["atime", "noatime"],
  ["diratime", "nodiratime"],
  ["relatime", "norelatime"],
  ["strictatime", "nostrictatime"],
  ["remount"],
  ["bind", "rbind"],
  [
    "private",
    "rprivate",
    "shared",
    "rshared",
    "slave",
    "rslave",
    "unbindable",
    "runbindable",
  ],
];

/**
 * Parses a value of `--tmpfs`, as `/run` or `/tmp:size=64m,exec`.
 *
 * @throws {RangeError} With a text of docker's daemon.
 */
export function parseTmpfs(text: string): Mount {
  const colon = text.indexOf(":");
  const path = colon < 0 ? text : text.slice(0, colon);
  const target = checkTarget(path, (reason) => new RangeError(reason));
  const { options, size, sizePercent, readonly } = parseTmpfsOptions(
    colon < 0 ? "" : text.slice(colon + 1),
  );
  return {
    ...EMPTY_MOUNT,
    type: "tmpfs",
    target,
    readonly,
    mode: colon < 0 ? "" : text.slice(colon + 1),
    options: sizePercent === undefined
      ? options
      : [...options, `size=${sizePercent}`],
    ...(size === undefined ? {} : { size }),
  };
}

/**
 * Reads the options of a tmpfs, as `size=1m,mode=1777,exec`.
 *
 * @throws {RangeError} With a text of docker's daemon, or of the kernel's kind for a bad number.
 */
export function parseTmpfsOptions(text: string): TmpfsOptions {
  const merged = new Map<string, string>();
  const words = text === "" ? [] : text.split(",");
  for (const word of [...DEFAULT_OPTIONS, ...words]) {
    if (word === "defaults") continue;
    const equals = word.indexOf("=");
    const key = equals < 0 ? word : word.slice(0, equals);
    const group = equals < 0
      ? FLAG_GROUPS.findIndex((names) => names.includes(word))
      : -1;
    if (group < 0 && (equals < 0 || !DATA_KEYS.includes(key))) {
      const parts = equals < 0 ? [word] : [key, word.slice(equals + 1)];
      throw new RangeError(
        `invalid tmpfs option [${parts.map((part) => quote(part)).join(" ")}]`,
      );
    }
    const place = group < 0 ? key : `#${group}`;
    merged.delete(place);
    merged.set(place, word);
  }
  const data = (key: string) => merged.get(key)?.slice(key.length + 1);
  const size = data("size");
  const mode = data("mode");
  const uid = data("uid");
  const gid = data("gid");
  merged.delete("size");
  return {
    options: [...merged.values()],
    ...(size === undefined
      ? {}
      : size.endsWith("%")
      ? { sizePercent: size }
      : { size: readSize(size) }),
    ...(mode === undefined ? {} : { mode: readNumber("mode", mode, 8) }),
    ...(uid === undefined ? {} : { uid: readNumber("uid", uid, 10) }),
    ...(gid === undefined ? {} : { gid: readNumber("gid", gid, 10) }),
    readonly: merged.get("#0") === "ro",
  };
}

function readSize(text: string): number {
  try {
    return parseBytes(text);
  } catch (cause) {
    throw new RangeError(`invalid tmpfs option ["size" ${quote(text)}]`, {
      cause,
    });
  }
}

function readNumber(key: string, text: string, base: 8 | 10): number {
  if (!(base === 8 ? /^[0-7]+$/ : /^\d+$/).test(text)) {
    throw new RangeError(`invalid tmpfs option [${quote(key)} ${quote(text)}]`);
  }
  return parseInt(text, base);
}
