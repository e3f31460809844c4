/**
 * YAML files whose top is a mapping.
 *
 * @module
 */
import { load } from "js-yaml";

/** Names and values. */
export type Mapping = Record<string, unknown>;

/**
 * Reads such a text; an empty one, or one of comments only, is an empty mapping.
 *
 * @throws {SyntaxError} with one line about what is wrong.
 */
export function parseMapping(text: string): Mapping {
  if (text.split("\n").every((line) => /^\s*(#.*)?$/.test(line))) return {};
  let parsed: unknown;
  try {
    parsed = load(text);
  } catch (cause) {
    throw new SyntaxError((cause as Error).message.split("\n")[0], { cause });
  }
  if (parsed === null) return {};
  if (isMapping(parsed)) return parsed;
  throw new SyntaxError("it is no mapping");
}

/** Whether a value has names in it. */
export function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
