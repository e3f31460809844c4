/**
 * Adding remotes to a client configuration, as text: its comments, its order
 * and what kini doesn't know stay as they are.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Product } from "./config_files.ts";
import { isMapping, type Mapping, parseMapping } from "./yaml_mapping.ts";

/** An image server. */
export interface ImageRemote {
  name: string;
  addr: string;
}

/** What became of a configuration. */
export interface EditedConfig {
  text: string;
  added: ImageRemote[];
  /** Those whose name is taken by another address, if it has one. */
  taken: { name: string; addr: string | undefined }[];
}

/** What a configuration means before its tool has written one. */
export const NEW_CONFIG: Readonly<Record<Product, string>> = {
  incus: `default-remote: local
remotes:
  images:
    addr: https://images.linuxcontainers.org
    protocol: simplestreams
    public: true
  local:
    addr: unix://
    protocol: incus
    public: false
`,
  // The others of LXD's are built in, and count beside what is written.
  lxd: `default-remote: local
remotes:
  local:
    addr: unix://
    public: false
`,
};

/**
 * Adds image servers that are missing.
 *
 * @throws {SyntaxError} when the text is no good configuration.
 * @throws {RangeError} when it is one that can't be edited safely.
 */
export function addImageRemotes(
  text: string,
  wanted: readonly ImageRemote[],
): EditedConfig {
  const before = parseMapping(text);
  const known = mapping(before.remotes);
  const added = wanted.filter(({ name }) => !Object.hasOwn(known, name));
  const taken = wanted.filter(({ name }) => Object.hasOwn(known, name))
    .map(({ name, addr }) => {
      const there = mapping(known[name]).addr;
      return typeof there === "string"
        ? { name, addr: there, same: withSlash(there) === withSlash(addr) }
        : { name, addr: undefined, same: false };
    })
    .filter(({ same }) => !same).map(({ name, addr }) => ({ name, addr }));
  if (added.length === 0) return { text, added, taken };
  const edited = insert(text, added);
  const expected = {
    ...before,
    remotes: {
      ...known,
      ...Object.fromEntries(
        added.map(({ name, addr }) => [name, {
          addr,
          protocol: "simplestreams",
          public: true,
        }]),
      ),
    },
  };
  try {
    assert.deepEqual(parseMapping(edited), expected);
  } catch (cause) {
    throw new RangeError(
      'its "remotes" are written in a way that kini can\'t edit',
      { cause },
    );
  }
  return { text: edited, added, taken };
}

function insert(text: string, remotes: readonly ImageRemote[]): string {
  const end = /\r\n/.test(text) ? "\r\n" : "\n";
  // Each with its own end, which it keeps.
  const lines: string[] = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const unended = lines.length - 1;
  if (unended >= 0 && !lines[unended]!.endsWith("\n")) lines[unended] += end;
  let start = lines.findIndex((line) =>
    /^["']?remotes["']?[ \t]*:[ \t]*(\{[ \t]*\}|~|null)?[ \t]*(#.*)?\r?\n$/
      .test(line)
  );
  if (start < 0) {
    lines.push(`remotes:${end}`);
    start = lines.length - 1;
  } else {
    lines[start] = lines[start]!.replace(/:[ \t]*(\{[ \t]*\}|~|null)/, ":");
  }
  let last = start;
  let indent = "";
  for (let at = start + 1; at < lines.length; at++) {
    const line = lines[at]!;
    if (/^\s*(#.*)?$/.test(line.trimEnd())) continue;
    if (!/^[ \t]/.test(line)) break;
    indent ||= /^[ \t]+/.exec(line)![0];
    last = at;
  }
  indent ||= "  ";
  const fresh = remotes.flatMap(({ name, addr }) => [
    `${indent}${name}:`,
    `${indent}${indent}addr: ${addr}`,
    `${indent}${indent}protocol: simplestreams`,
    `${indent}${indent}public: true`,
  ]);
  lines.splice(last + 1, 0, ...fresh.map((line) => line + end));
  return lines.join("");
}

function withSlash(address: string): string {
  return address.replace(/\/*$/, "/");
}

function mapping(value: unknown): Mapping {
  return isMapping(value) ? value : {};
}
