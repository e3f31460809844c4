import { parseKeyValueFile } from "./key_value_file.ts";

/** A variable for a container; without a value it is taken away, even where the image sets it. */
export interface EnvEntry {
  readonly name: string;
  readonly value: string | undefined;
}

/** Looks up a variable of the caller's own environment. */
export type EnvLookup = (name: string) => string | undefined;

/**
 * Parses a value of `-e`: `NAME=VALUE`, or `NAME` alone for the caller's own value.
 *
 * @throws {SyntaxError} With the reason that docker puts after `invalid argument … for "-e, --env" flag: `.
 */
export function parseEnv(text: string, lookUp: EnvLookup): EnvEntry {
  const equals = text.indexOf("=");
  const name = equals < 0 ? text : text.slice(0, equals);
  if (name === "") {
    throw new SyntaxError(`invalid environment variable: ${text}`);
  }
  return { name, value: equals < 0 ? lookUp(name) : text.slice(equals + 1) };
}

/**
 * Reads a file of `--env-file`; a name that the caller's environment does not have is left out.
 *
 * @throws {SyntaxError} With the text that docker prints after `docker: `.
 */
export function parseEnvFile(
  content: Uint8Array,
  fileName: string,
  lookUp: EnvLookup,
): EnvEntry[] {
  return parseKeyValueFile(content, fileName, lookUp).map(([name, value]) => ({
    name,
    value,
  }));
}

/** Lays entries over variables such as the image's; the last one of a name counts, in its first place. */
export function mergeEnv(
  base: Iterable<EnvEntry>,
  ...layers: Iterable<EnvEntry>[]
): Map<string, string> {
  const merged = new Map<string, string>();
  for (const layer of [base, ...layers]) {
    for (const { name, value } of layer) {
      if (value === undefined) merged.delete(name);
      else merged.set(name, value);
    }
  }
  return merged;
}
