/**
 * Words of Dockerfile instructions: how they are split, and what stands in them
 * for variables.
 *
 * @see https://docs.docker.com/reference/dockerfile/#environment-replacement
 * @module
 */
import { quote } from "./go_quote.ts";

/** Looks up a variable. */
export type LookUp = (name: string) => string | undefined;

/** Splits at spaces outside of quotes; quotes and escapes stay. */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let word = "";
  let open = "";
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]!;
    if (open === "" && /\s/.test(letter)) {
      if (word !== "") words.push(word);
      word = "";
      continue;
    }
    word += letter;
    if (letter === "\\" && open !== "'" && at + 1 < text.length) {
      word += text[++at];
    } else if (open === "" && (letter === '"' || letter === "'")) open = letter;
    else if (letter === open) open = "";
  }
  if (word !== "") words.push(word);
  return words;
}

/**
 * A word with its variables replaced, without quotes and escapes.
 *
 * @throws {SyntaxError} with docker's text.
 */
export function expandWord(word: string, lookUp: LookUp): string {
  try {
    return new Expansion(word, lookUp).all();
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new SyntaxError(
      `failed to process ${quote(word)}: ${cause.message}`,
      { cause },
    );
  }
}

class Expansion {
  readonly #text: string;
  readonly #lookUp: LookUp;
  #at = 0;

  constructor(text: string, lookUp: LookUp) {
    this.#text = text;
    this.#lookUp = lookUp;
  }

  all(): string {
    return this.#until("");
  }

  /** Reads up to `end`, which belongs to it. */
  #until(end: string): string {
    let result = "";
    while (this.#at < this.#text.length) {
      const letter = this.#text[this.#at]!;
      if (letter === end) {
        this.#at++;
        return result;
      }
      if (letter === "'") result += this.#single();
      else if (letter === '"') result += this.#double();
      else if (letter === "$") result += this.#variable();
      else if (letter === "\\") {
        // At the very end it escapes nothing.
        result += this.#text[this.#at + 1] ?? "";
        this.#at += 2;
      } else {
        result += letter;
        this.#at++;
      }
    }
    if (end !== "") throw new SyntaxError("syntax error: missing '}'");
    return result;
  }

  #single(): string {
    const end = this.#text.indexOf("'", this.#at + 1);
    if (end < 0) throw unclosed("single");
    const inside = this.#text.slice(this.#at + 1, end);
    this.#at = end + 1;
    return inside;
  }

  #double(): string {
    let result = "";
    this.#at++;
    while (this.#at < this.#text.length) {
      const letter = this.#text[this.#at]!;
      if (letter === '"') {
        this.#at++;
        return result;
      }
      if (letter === "$") {
        result += this.#variable();
        continue;
      }
      const next = this.#text[this.#at + 1];
      if (letter === "\\" && next !== undefined && '"$\\'.includes(next)) {
        result += next;
        this.#at += 2;
      } else {
        result += letter;
        this.#at++;
      }
    }
    throw unclosed("double");
  }

  #variable(): string {
    this.#at++;
    if (this.#text[this.#at] !== "{") {
      const name = this.#name();
      return name === "" ? "$" : this.#lookUp(name) ?? "";
    }
    this.#at++;
    const name = this.#name();
    if (name === "") throw new SyntaxError("syntax error: bad substitution");
    const value = this.#lookUp(name);
    if (this.#text[this.#at] === "}") {
      this.#at++;
      return value ?? "";
    }
    const colon = this.#text[this.#at] === ":" ? ":" : "";
    this.#at += colon.length;
    const modifier = this.#text[this.#at++] ?? "\uFFFD";
    if (!"-+?".includes(modifier)) {
      throw new SyntaxError(
        `unsupported modifier (${colon}${modifier}) in substitution`,
      );
    }
    const other = this.#until("}");
    const isThere = value !== undefined && (colon === "" || value !== "");
    if (modifier === "+") return isThere ? other : "";
    if (isThere) return value;
    if (modifier === "-") return other;
    throw new SyntaxError(`${name}: ${other || "is not allowed to be unset"}`);
  }

  /** A name, a number, or one of the shell's own letters. */
  #name(): string {
    const [name = ""] = /^([A-Za-z_]\w*|\d+|[@*#?\-!])/.exec(
      this.#text.slice(this.#at),
    ) ?? [];
    this.#at += name.length;
    return name;
  }
}

function unclosed(kind: string): SyntaxError {
  return new SyntaxError(
    `unexpected end of statement while looking for matching ${kind}-quote`,
  );
}
