import { quote } from "./go_quote.ts";

/**
 * Reads a decimal integer as Go's strconv.ParseInt with base 10.
 *
 * @throws {SyntaxError} With Go's text, as `strconv.ParseInt: parsing "x": invalid syntax`.
 */
export function parseInteger(text: string, goFunction = "ParseInt"): number {
  const fail = (reason: string) =>
    new SyntaxError(
      `strconv.${goFunction}: parsing ${quote(text)}: ${reason}`,
    );
  if (!/^[+-]?\d+$/.test(text)) throw fail("invalid syntax");
  const value = BigInt(text.startsWith("+") ? text.slice(1) : text);
  if (BigInt.asIntN(64, value) !== value) throw fail("value out of range");
  return Number(value);
}
