/**
 * Arguments of Dockerfile instructions, as docker's parser has them.
 *
 * @module
 */
import { type ChangeLine, parseJsonForm } from "./image_change_lines.ts";
import { splitWords } from "./image_change_words.ts";

/** Arguments of one instruction, as docker's parser has them. */
export type Parsed =
  | { kind: "pairs"; pairs: [name: string, value: string][] }
  | { kind: "list"; words: string[]; json: boolean };

/** Refuses flags that an instruction does not have. */
export function checkFlags(
  { flags }: ChangeLine,
  known: readonly string[],
): void {
  const seen = new Set<string>();
  for (const [name, value] of flags) {
    if (!known.includes(name)) throw new SyntaxError(`unknown flag: ${name}`);
    if (seen.has(name)) {
      throw new SyntaxError(`duplicate flag specified: ${name}`);
    }
    if (value === undefined) {
      throw new SyntaxError(`missing a value on flag: ${name}`);
    }
    seen.add(name);
  }
}

/** A list as JSON, or one text for the shell. */
export function parseCommand({ rest }: ChangeLine): Parsed {
  const words = parseJsonForm(rest);
  return words
    ? { kind: "list", words, json: true }
    : { kind: "list", words: rest === "" ? [] : [rest], json: false };
}

/** Words between spaces. */
export function parseSpaced({ rest }: ChangeLine): Parsed {
  return { kind: "list", words: splitSpaces(rest), json: false };
}

/** All of it, or nothing. */
export function parseOne({ rest }: ChangeLine): Parsed {
  return { kind: "list", words: rest === "" ? [] : [rest], json: false };
}

/** `NAME=value …`, or the old form `NAME value` for one of them. */
export function parsePairs({ name, rest }: ChangeLine): Parsed {
  const words = splitWords(rest);
  const instruction = name.toUpperCase();
  if (words.length === 0) return { kind: "pairs", pairs: [] };
  if (!words[0]!.includes("=")) {
    const match = /^(\S+)\s+(.+)$/s.exec(rest);
    if (!match) {
      throw new SyntaxError(`${instruction} must have two arguments`);
    }
    return { kind: "pairs", pairs: [[match[1]!, match[2]!]] };
  }
  const pairs = words.map((word): [string, string] => {
    const at = word.indexOf("=");
    if (at < 0) {
      throw new SyntaxError(
        `Syntax error - can't find = in ${
          JSON.stringify(word)
        }. Must be of the form: name=value`,
      );
    }
    return [word.slice(0, at), word.slice(at + 1)];
  });
  return { kind: "pairs", pairs };
}

/** @throws {SyntaxError} where there is none, or one without a name. */
export function checkPairs(parsed: Parsed, { name }: ChangeLine): void {
  const instruction = name.toUpperCase();
  const pairs = parsed.kind === "pairs" ? parsed.pairs : [];
  if (pairs.length === 0) {
    throw new SyntaxError(`${instruction} requires at least one argument`);
  }
  if (pairs.some(([key]) => key === "")) {
    throw new SyntaxError(`${instruction} names can not be blank`);
  }
}

/** @throws {SyntaxError} where there is none. */
export function atLeastOne(parsed: Parsed, { name }: ChangeLine): void {
  if (listOf(parsed).words.length > 0) return;
  throw new SyntaxError(
    `${name.toUpperCase()} requires at least one argument`,
  );
}

/** @throws {SyntaxError} where there is none. */
export function exactlyOne(parsed: Parsed, { name }: ChangeLine): void {
  if (listOf(parsed).words.length === 1) return;
  throw new SyntaxError(
    `${name.toUpperCase()} requires exactly one argument`,
  );
}

/** Arguments that are a list. */
export function listOf(parsed: Parsed): Extract<Parsed, { kind: "list" }> {
  if (parsed.kind !== "list") throw new TypeError("pairs are no list");
  return parsed;
}

/** What stands between spaces. */
export function splitSpaces(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}
