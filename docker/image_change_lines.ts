/**
 * The instructions of `docker commit --change` as lines of a Dockerfile.
 *
 * @module
 */

/** One instruction, before anybody looks at what it means. */
export interface ChangeLine {
  /** As it was written. */
  name: string;
  /** `--NAME=VALUE` in front of the arguments; without a value, undefined. */
  flags: (readonly [name: string, value: string | undefined])[];
  /** What follows the flags. */
  rest: string;
  /** What follows the name, flags and all. */
  whole: string;
}

/**
 * Splits changes into instructions: together they are one Dockerfile, so a line
 * may go on in the next one, and comments are left out.
 *
 * @throws {SyntaxError} when there is none.
 */
export function parseChangeLines(changes: readonly string[]): ChangeLine[] {
  const lines: ChangeLine[] = [];
  let begun: string | undefined;
  for (const line of changes.join("\n").split("\n")) {
    const isComment = /^\s*(#|$)/.test(line);
    if (isComment) continue;
    const goesOn = /\\[ \t]*$/.exec(line);
    const text: string = (begun ?? "") +
      (goesOn ? line.slice(0, goesOn.index) : line);
    begun = goesOn ? text : undefined;
    if (!goesOn) lines.push(parseLine(text));
  }
  if (begun !== undefined && begun.trim() !== "") lines.push(parseLine(begun));
  if (lines.length === 0) throw new SyntaxError("file with no instructions");
  return lines;
}

function parseLine(line: string): ChangeLine {
  const [, name = "", whole = ""] = /^(\S+)\s*(.*)$/s.exec(line.trim()) ?? [];
  const flags: ChangeLine["flags"] = [];
  let rest = whole;
  for (
    let match = /^--(\S*)\s*/.exec(rest);
    match;
    match = /^--(\S*)\s*/.exec(rest)
  ) {
    rest = rest.slice(match[0].length);
    const flag = match[1]!;
    if (flag === "") break;
    const at = flag.indexOf("=");
    flags.push(
      at < 0 ? [flag, undefined] : [
        flag.slice(0, at),
        flag.slice(at + 1),
      ],
    );
  }
  return { name, flags, rest, whole };
}

/**
 * Reads the JSON form of arguments; undefined when it is not one, and then the
 * text stands for itself.
 *
 * @throws {SyntaxError} for a list of other things than texts.
 */
export function parseJsonForm(text: string): string[] | undefined {
  if (!text.startsWith("[")) return undefined;
  const list = parseFirstJson(text);
  if (!Array.isArray(list)) return undefined;
  if (list.some((one) => typeof one !== "string")) {
    throw new SyntaxError(
      "when using JSON array syntax, arrays must be comprised of strings only",
    );
  }
  return list;
}

/** Docker reads the first value and not what follows it. */
function parseFirstJson(text: string): unknown {
  for (
    let end = text.indexOf("]");
    end >= 0;
    end = text.indexOf("]", end + 1)
  ) {
    try {
      return JSON.parse(text.slice(0, end + 1));
    } catch {
      // This bracket stands inside of a text.
    }
  }
  return undefined;
}
