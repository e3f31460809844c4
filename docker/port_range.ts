import { quote } from "./go_quote.ts";

/** A port or several in a row; both ends belong to it. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/**
 * Reads `80` or `8000-8010`.
 *
 * @throws {SyntaxError} With docker's text, which callers often replace by their own.
 */
export function parsePortRange(text: string): PortRange {
  if (text === "") throw new SyntaxError("empty string specified for ports");
  const [start = "", end = start] = text.split("-", 2);
  const first = parsePort(start);
  const last = parsePort(end);
  if (last < first) {
    throw new SyntaxError(`invalid range specified for port: ${text}`);
  }
  return { first, last };
}

function parsePort(text: string): number {
  const fail = (reason: string) =>
    new SyntaxError(
      `strconv.ParseUint: parsing ${quote(text)}: ${reason}`,
    );
  if (!/^\d+$/.test(text)) throw fail("invalid syntax");
  const port = Number(text);
  if (port > 65535) throw fail("value out of range");
  return port;
}
