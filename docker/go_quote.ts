/**
 * Go's quoted string and character literals.
 *
 * @module
 */

/** The characters of Go's one-letter escapes, by their letter. */
const LETTER_ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
};

/** Whether Go would print the character as it is. */
export function isPrint(char: string): boolean {
  // Without the expression where it can be: compiling it costs a listing of
  // containers a tenth of its time. The ellipsis is that of shortened commands.
  if (char === "\u2026") return true;
  const code = char.charCodeAt(0);
  if (code < 0x7f) return code >= 0x20;
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(char);
}

/** A string as a Go literal; `ascii` escapes everything beyond ASCII. */
export function quote(text: string, mark = '"', ascii = false): string {
  let out = mark;
  for (const char of text) out += escapeChar(char, mark, ascii);
  return out + mark;
}

/** The text of a quoted, raw or character literal; throws when malformed. */
export function unquote(literal: string): string {
  const mark = literal.charAt(0);
  const body = literal.slice(1, -1);
  if (mark === "`") return body.replaceAll("\r", "");
  if (!body.includes("\\")) return body;
  const escape =
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))/ys;
  const encoder = new TextEncoder();
  const bytes: number[] = [];
  for (let at = 0; at < body.length;) {
    if (body[at] !== "\\") {
      const char = String.fromCodePoint(body.codePointAt(at) ?? 0);
      bytes.push(...encoder.encode(char));
      at += char.length;
      continue;
    }
    escape.lastIndex = at;
    const match = escape.exec(body);
    if (!match) throw new SyntaxError("invalid syntax");
    at = escape.lastIndex;
    bytes.push(...unescape(match, mark, encoder));
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}

function unescape(
  match: RegExpExecArray,
  mark: string,
  encoder: TextEncoder,
): Iterable<number> {
  const [, hex, short, long, octal, letter = ""] = match;
  // In a character literal \xff is a code point, in a string it is a byte.
  const byte = hex !== undefined
    ? parseInt(hex, 16)
    : octal !== undefined
    ? parseInt(octal, 8)
    : undefined;
  if (byte !== undefined) {
    if (byte > 255) throw new SyntaxError("invalid syntax");
    return mark === "'" ? encoder.encode(String.fromCodePoint(byte)) : [byte];
  }
  const code = short ?? long;
  if (code !== undefined) {
    const point = parseInt(code, 16);
    if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) {
      throw new SyntaxError("invalid syntax");
    }
    return encoder.encode(String.fromCodePoint(point));
  }
  const char = letter === mark ? mark : LETTER_ESCAPES[letter];
  if (char === undefined) throw new SyntaxError("invalid syntax");
  return encoder.encode(char);
}

function escapeChar(char: string, mark: string, ascii: boolean): string {
  if (char === mark || char === "\\") return `\\${char}`;
  const point = char.codePointAt(0) ?? 0;
  if (isPrint(char) && !(ascii && point > 0x7e)) return char;
  for (const [letter, escaped] of Object.entries(LETTER_ESCAPES)) {
    if (escaped === char) return `\\${letter}`;
  }
  if (point < 0x80) return `\\x${point.toString(16).padStart(2, "0")}`;
  return point < 0x10000
    ? `\\u${point.toString(16).padStart(4, "0")}`
    : `\\U${point.toString(16).padStart(8, "0")}`;
}
