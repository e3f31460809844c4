const LONGEST_LINE = 64 * 1024;

/**
 * Reads the lines of an environment or label file: `#` starts a comment line, space before a line is
 * dropped and space after it belongs to the value.
 *
 * A key alone takes its value from `lookUp`, and is left out when that knows none.
 *
 * @throws {SyntaxError} With docker's text, which says `env file` for label files too.
 */
export function parseKeyValueFile(
  content: Uint8Array,
  fileName: string,
  lookUp: (key: string) => string | undefined,
): [key: string, value: string][] {
  const entries: [string, string][] = [];
  const fail = (reason: string) =>
    new SyntaxError(`invalid env file (${fileName}): ${reason}`);
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let number = 0;
  for (const bytes of splitLines(content)) {
    number++;
    if (bytes.length >= LONGEST_LINE) {
      throw fail("bufio.Scanner: token too long");
    }
    let text: string;
    try {
      text = decoder.decode(bytes);
    } catch {
      throw fail(`invalid utf8 bytes at line ${number}: [${bytes.join(" ")}]`);
    }
    // trimStart also removes a byte order mark.
    const line = text.trimStart();
    if (line === "" || line.startsWith("#")) continue;
    const equals = line.indexOf("=");
    const key = equals < 0 ? line : line.slice(0, equals);
    if (key === "") throw fail(`no variable name on line '${line}'`);
    if (/[ \t]/.test(key)) throw fail(`variable '${key}' contains whitespaces`);
    const value = equals < 0 ? lookUp(key) : line.slice(equals + 1);
    if (value !== undefined) entries.push([key, value]);
  }
  return entries;
}

function* splitLines(content: Uint8Array): Generator<Uint8Array> {
  const [newline, carriageReturn] = [10, 13];
  let start = 0;
  while (start < content.length) {
    const found = content.indexOf(newline, start);
    const end = found < 0 ? content.length : found;
    const withReturn = end > start && content[end - 1] === carriageReturn;
    yield content.subarray(start, withReturn ? end - 1 : end);
    start = end + 1;
  }
}
