import { parseKeyValueFile } from "./key_value_file.ts";

/**
 * Parses a value of `--label`; the first `=` divides, and a key alone has an empty value.
 *
 * @throws {SyntaxError} With the reason that docker puts after `invalid argument … for "-l, --label" flag: `.
 */
export function parseLabel(text: string): [key: string, value: string] {
  const equals = text.indexOf("=");
  const key = equals < 0 ? text : text.slice(0, equals);
  const name = key.replace(/^[ \t]+/, "");
  if (name === "") throw new SyntaxError(`invalid label '${text}': empty name`);
  if (/[ \t]/.test(name)) {
    throw new SyntaxError(`label '${name}' contains whitespaces`);
  }
  return [key, equals < 0 ? "" : text.slice(equals + 1)];
}

/**
 * Reads a file of `--label-file`, one label a line; a key without `=` is left out, as docker does.
 *
 * @throws {SyntaxError} With the text that docker prints after `docker: `.
 */
export function parseLabelFile(
  content: Uint8Array,
  fileName: string,
): [key: string, value: string][] {
  return parseKeyValueFile(content, fileName, () => undefined);
}
