/**
 * The tokens of a Go template.
 *
 * @module
 */

import { quote } from "./go_quote.ts";

/** The kinds of tokens; a keyword's kind is the keyword itself. */
export type TokenKind =
  | "error"
  | "text"
  | "open"
  | "close"
  | "eof"
  | "space"
  | "field"
  | "variable"
  | "identifier"
  | "keyword"
  | "bool"
  | "number"
  | "char"
  | "string"
  | "raw string"
  | "declare"
  | "assign"
  | "pipe"
  | "("
  | ")"
  | "punctuation";

/** A token, with its position in UTF-16 units. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly at: number;
}

/** The words that cannot name a function, and the dot. */
const KEYWORDS = new Set([
  ".",
  "block",
  "break",
  "continue",
  "define",
  "else",
  "end",
  "if",
  "range",
  "nil",
  "template",
  "with",
]);

const SPACES = /[ \t\r\n]*/y;
const TRAILING_SPACES = /[ \t\r\n]+$/;
/** Nearly every word; beyond ASCII the other expression reads it. */
const ASCII_WORD = /[A-Za-z0-9_]*/y;
const WORD = /[\p{L}\p{Nd}_]*/uy;
const NUMBER =
  /[+-]?(?:0[xX][\da-fA-F_]*(?:\.[\da-fA-F_]*)?(?:[pP][+-]?[\d_]*)?|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?|[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?[\d_]*)?)i?/y;
const QUOTED = /"(?:\\[^\n]|[^"\\\n])*"/ysu;
const RAW = /`[^`]*`/y;
const CHARACTER = /'(?:\\[^\n]|[^'\\\n])*'/ysu;

/** How an error message names a token. */
export function describeToken(token: Token): string {
  if (token.kind === "eof") return "EOF";
  if (token.kind === "error") return token.text;
  if (token.kind === "keyword") return `<${token.text}>`;
  const chars = [...token.text];
  return chars.length > 10
    ? `${quote(chars.slice(0, 10).join(""))}...`
    : quote(token.text);
}

/** Splits a template; the last token is an "eof" or an "error". */
export function tokenize(source: string): Token[] {
  return new Lexer(source).run();
}

class Lexer {
  readonly #source: string;
  readonly #tokens: Token[] = [];
  #at = 0;
  #parens = 0;

  constructor(source: string) {
    this.#source = source;
  }

  run(): Token[] {
    while (!this.#ended()) {
      const open = this.#source.indexOf("{{", this.#at);
      if (open < 0) {
        this.#text(this.#source.slice(this.#at));
        this.#at = this.#source.length;
        this.#push("eof", "");
        break;
      }
      const trim = /^-[ \t\r\n]/.test(this.#source.slice(open + 2, open + 4));
      const text = this.#source.slice(this.#at, open);
      this.#text(trim ? text.replace(TRAILING_SPACES, "") : text);
      this.#at = open;
      const inside = open + (trim ? 4 : 2);
      if (this.#source.startsWith("/*", inside)) this.#comment(inside);
      else {
        this.#push("open", "{{");
        this.#at = inside;
        this.#action();
      }
    }
    return this.#tokens;
  }

  #ended(): boolean {
    const kind = this.#tokens.at(-1)?.kind;
    return kind === "eof" || kind === "error";
  }

  #push(kind: TokenKind, text: string): void {
    this.#tokens.push({ kind, text, at: this.#at });
    this.#at += text.length;
  }

  /** Ends the token list; nothing after an error is read. */
  #fail(message: string): void {
    this.#tokens.push({ kind: "error", text: message, at: this.#at });
  }

  #text(text: string): void {
    if (text !== "") this.#push("text", text);
  }

  #comment(start: number): void {
    this.#at = start;
    const end = this.#source.indexOf("*/", start + 2);
    if (end < 0) return this.#fail("unclosed comment");
    const close = /^(?:[ \t\r\n]-)?\}\}/.exec(
      this.#source.slice(end + 2, end + 6),
    );
    if (!close) return this.#fail("comment ends before closing delimiter");
    this.#at = end + 2 + close[0].length;
    if (close[0].length > 2) this.#skipSpaces();
  }

  #skipSpaces(): void {
    this.#at += this.#match(SPACES).length;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#source)?.[0] ?? "";
  }

  #atClose(): boolean {
    return this.#source.startsWith("}}", this.#at);
  }

  #action(): void {
    this.#parens = 0;
    while (!this.#ended()) {
      const spaces = this.#match(SPACES);
      const after = this.#at + spaces.length;
      const trim = spaces !== "" && this.#source.startsWith("-}}", after);
      const blank = trim ? spaces.slice(0, -1) : spaces;
      if (blank !== "") {
        this.#push("space", blank);
        continue;
      }
      if (!trim && !this.#atClose()) {
        this.#token();
        continue;
      }
      if (this.#parens > 0) return this.#fail("unclosed left paren");
      if (trim) this.#at += 2;
      this.#push("close", "}}");
      if (trim) this.#skipSpaces();
      return;
    }
  }

  #token(): void {
    const rest = this.#source.slice(this.#at, this.#at + 2);
    const char = rest.charAt(0);
    switch (char) {
      case "":
        return this.#fail("unclosed action");
      case "=":
        return this.#push("assign", "=");
      case ":":
        if (rest !== ":=") return this.#fail("expected :=");
        return this.#push("declare", ":=");
      case "|":
        return this.#push("pipe", "|");
      case '"':
        return this.#literal("string", QUOTED, "quoted string");
      case "`":
        return this.#literal("raw string", RAW, "raw quoted string");
      case "'":
        return this.#literal("char", CHARACTER, "character constant");
      case "$":
        return this.#name("variable", "$");
      case "(":
        this.#parens++;
        return this.#push("(", "(");
      case ")":
        this.#parens--;
        if (this.#parens < 0) return this.#fail("unexpected right paren");
        return this.#push(")", ")");
    }
    if (/^\.[^\d]/.test(rest)) return this.#name("field", ".");
    if (/^[+\-.\d]/.test(char)) return this.#number();
    if (this.#word() !== "") return this.#name("identifier", "");
    if (/^[!-~]$/.test(char)) return this.#push("punctuation", char);
    this.#fail(`unrecognized character in action: ${this.#unexpected()}`);
  }

  /** The word here. Expressions for all of Unicode take long to compile. */
  #word(): string {
    const word = this.#match(ASCII_WORD);
    const next = this.#source.charCodeAt(this.#at + word.length);
    return next > 0x7f ? this.#match(WORD) : word;
  }

  #literal(kind: TokenKind, pattern: RegExp, name: string): void {
    const text = this.#match(pattern);
    if (text === "") return this.#fail(`unterminated ${name}`);
    this.#push(kind, text);
  }

  #name(kind: TokenKind, prefix: string): void {
    const start = this.#at;
    this.#at += prefix.length;
    const text = prefix + this.#word();
    this.#at = start + text.length;
    const next = this.#source.charAt(this.#at);
    const terminated = /^[ \t\r\n.,|:)(]?$/.test(next) || this.#atClose();
    const bad = terminated ? "" : `bad character ${this.#unexpected()}`;
    this.#at = start;
    if (!terminated) return this.#fail(bad);
    if (KEYWORDS.has(text)) kind = "keyword";
    else if (text === "true" || text === "false") kind = "bool";
    this.#push(kind, text);
  }

  #number(): void {
    const text = this.#match(NUMBER);
    const start = this.#at;
    this.#at += text.length;
    if (/^[+-]/.test(this.#source.slice(this.#at))) {
      const sum = text + this.#match(NUMBER);
      this.#at = start + sum.length;
      const [wrong = ""] = this.#match(WORD);
      this.#at = start;
      return this.#fail(`bad number syntax: ${quote(sum + wrong)}`);
    }
    const next = this.#match(WORD);
    this.#at = start;
    if (next === "") return this.#push("number", text);
    const shown = text + String.fromCodePoint(next.codePointAt(0) ?? 0);
    this.#fail(`bad number syntax: ${quote(shown)}`);
  }

  /** The next character as Go's `%#U` shows it. */
  #unexpected(): string {
    const point = this.#source.codePointAt(this.#at);
    if (point === undefined) return "U+FFFFFFFFFFFFFFFF";
    const char = String.fromCodePoint(point);
    const code = point.toString(16).toUpperCase().padStart(4, "0");
    return `U+${code}${/\p{Cc}/u.test(char) ? "" : ` '${char}'`}`;
  }
}
