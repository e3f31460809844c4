/**
 * Adding remotes to a client configuration, as text: its comments, its order
 * and what kini doesn't know stay as they are.
 *
 * @module
 */
import assert from "node:assert/strict";
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
  /** Those whose name is taken by another address. */
  taken: { name: string; addr: string }[];
}

/** A configuration of Incus before its first use. */
export const NEW_CONFIG = `default-remote: local
remotes:
  images:
    addr: https://images.linuxcontainers.org
    protocol: simplestreams
    public: true
  local:
    addr: unix://
    protocol: incus
    public: false
`;

/**
 * Adds image servers that are missing.
 *
 * @throws {SyntaxError} when the text can't be edited safely; nothing is lost.
 */
export function addImageRemotes(
  text: string,
  wanted: readonly ImageRemote[],
): EditedConfig {
  const before = parseMapping(text);
  const known = mapping(before.remotes);
  const added = wanted.filter(({ name }) => !Object.hasOwn(known, name));
  const taken = wanted.flatMap(({ name, addr }) => {
    const there = Object.hasOwn(known, name)
      ? String(mapping(known[name]).addr)
      : addr;
    return there === addr ? [] : [{ name, addr: there }];
  });
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
    throw new SyntaxError(
      'its "remotes" are written in a way that kini can\'t edit',
      { cause },
    );
  }
  return { text: edited, added, taken };
}

function insert(text: string, remotes: readonly ImageRemote[]): string {
  const end = /\r\n/.test(text) ? "\r\n" : "\n";
  const lines = text === "" ? [] : text.replace(/\r?\n$/, "").split(/\r?\n/);
  let start = lines.findIndex((line) =>
    /^["']?remotes["']?[ \t]*:[ \t]*(\{[ \t]*\}|~|null)?[ \t]*(#.*)?$/.test(
      line,
    )
  );
  if (start < 0) {
    lines.push("remotes:");
    start = lines.length - 1;
  } else {
    lines[start] = lines[start]!.replace(/:[ \t]*(\{[ \t]*\}|~|null)/, ":");
  }
  let last = start;
  let indent = "";
  for (let at = start + 1; at < lines.length; at++) {
    const line = lines[at]!;
    if (/^\s*(#.*)?$/.test(line)) continue;
    if (!/^[ \t]/.test(line)) break;
    indent ||= /^[ \t]+/.exec(line)![0];
    last = at;
  }
  indent ||= "  ";
  lines.splice(
    last + 1,
    0,
    ...remotes.flatMap(({ name, addr }) => [
      `${indent}${name}:`,
      `${indent}${indent}addr: ${addr}`,
      `${indent}${indent}protocol: simplestreams`,
      `${indent}${indent}public: true`,
    ]),
  );
  return lines.join(end) + end;
}

function mapping(value: unknown): Mapping {
  return isMapping(value) ? value : {};
}
