import { quote } from "./go_quote.ts";

const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  "µs": 1e-3, // micro sign
  "μs": 1e-3, // Greek letter
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/**
 * Reads a Go duration, as `1h2m3s`, `1.5s` or `-500ms`, in milliseconds.
 *
 * @throws {SyntaxError} With Go's text, as `time: invalid duration "x"`.
 */
export function parseDuration(text: string): number {
  const invalid = () =>
    new SyntaxError(`time: invalid duration ${quote(text)}`);
  const [, sign, body = ""] = /^([+-]?)(.*)$/s.exec(text)!;
  if (body === "0") return 0;
  if (body === "") throw invalid();
  let total = 0;
  let rest = body;
  while (rest !== "") {
    const match = /^(\d+\.?\d*|\.\d+)([^\d.]*)/.exec(rest);
    if (match === null) throw invalid();
    const [whole, number, unit = ""] = match;
    if (unit === "") {
      throw new SyntaxError(`time: missing unit in duration ${quote(text)}`);
    }
    if (!Object.hasOwn(UNITS, unit)) {
      throw new SyntaxError(
        `time: unknown unit ${quote(unit)} in duration ${quote(text)}`,
      );
    }
    total += Number(number) * UNITS[unit]!;
    rest = rest.slice(whole.length);
  }
  return sign === "-" ? -total : total;
}
