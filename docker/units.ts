import { quote } from "./go_quote.ts";

const BINARY_FACTORS: Readonly<Record<string, number>> = {
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
  t: 2 ** 40,
  p: 2 ** 50,
};
const DECIMAL_UNITS = ["B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];
const BINARY_UNITS = [
  "B",
  "KiB",
  "MiB",
  "GiB",
  "TiB",
  "PiB",
  "EiB",
  "ZiB",
  "YiB",
];
const FLOAT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * Reads an amount of memory or disk, as `512m`, `1.5GiB` or `1024`, in bytes; units are powers of 1024.
 *
 * @throws {SyntaxError} With the reason that docker puts after `invalid argument … for "-m, --memory" flag: `.
 */
export function parseBytes(text: string): number {
  const end = /[\d. ](?=[^\d. ]*$)/.exec(text)?.index;
  if (end === undefined) throw new SyntaxError(`invalid size: '${text}'`);
  const number = text.slice(0, text[end] === " " ? end : end + 1);
  if (!FLOAT.test(number)) {
    throw new SyntaxError(
      `strconv.ParseFloat: parsing ${quote(number)}: invalid syntax`,
    );
  }
  const size = Number(number);
  if (size < 0) throw new SyntaxError(`invalid size: '${text}'`);
  const given = text.slice(end + 1);
  const suffix = given.length > 3 ? given : given.toLowerCase();
  const match = /^(?:b?|([kmgtp])(?:i?b)?)$/.exec(suffix);
  if (match === null) throw new SyntaxError(`invalid suffix: '${suffix}'`);
  return Math.trunc(size * (BINARY_FACTORS[match[1] ?? ""] ?? 1));
}

/**
 * Reads a value of `--memory-swap`: an amount, or -1 for no limit.
 *
 * @throws {SyntaxError} As {@linkcode parseBytes}.
 */
export function parseMemorySwap(text: string): number {
  return text === "-1" ? -1 : parseBytes(text);
}

/**
 * Reads a value of `--cpus`, as `1.5` or `1/2`.
 *
 * @throws {SyntaxError} With the reason that docker puts after `invalid argument … for "--cpus" flag: `.
 */
export function parseCpus(text: string): number {
  const [dividend = "", divisor = "1", ...more] = text.split("/");
  if (
    !FLOAT.test(dividend) || !/^\d*[1-9]\d*$/.test(divisor) || more.length > 0
  ) {
    throw new SyntaxError(`failed to parse ${text} as a rational number`);
  }
  const nano = Number(dividend) * 1e9 / Number(divisor);
  if (Math.abs(nano - Math.round(nano)) > 1e-6) {
    throw new SyntaxError("value is too precise");
  }
  return Math.round(nano) / 1e9;
}

/** Writes a size in powers of 1000, as `12.3MB`; docker uses 3 digits for `ps` and 4 elsewhere. */
export function formatSize(bytes: number, precision = 4): string {
  return withUnit(bytes, 1000, DECIMAL_UNITS, precision);
}

/** Writes a size in powers of 1024, as `15.6GiB`. */
export function formatBytes(bytes: number): string {
  return withUnit(bytes, 1024, BINARY_UNITS, 4);
}

/** Writes a duration in words, as `About a minute` or `2 hours`. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.trunc(milliseconds / 1000);
  const minutes = Math.trunc(milliseconds / 60_000);
  const hours = Math.trunc(milliseconds / 3_600_000 + 0.5);
  if (seconds < 1) return "Less than a second";
  if (seconds === 1) return "1 second";
  if (seconds < 60) return `${seconds} seconds`;
  if (minutes === 1) return "About a minute";
  if (minutes < 60) return `${minutes} minutes`;
  if (hours === 1) return "About an hour";
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 7 * 2) return `${Math.trunc(hours / 24)} days`;
  if (hours < 24 * 30 * 2) return `${Math.trunc(hours / 24 / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.trunc(hours / 24 / 30)} months`;
  return `${Math.trunc(milliseconds / 3_600_000 / 24 / 365)} years`;
}

function withUnit(
  size: number,
  base: number,
  units: readonly string[],
  precision: number,
): string {
  let index = 0;
  while (size >= base && index < units.length - 1) {
    size /= base;
    index++;
  }
  const rounded = Number(size.toPrecision(precision));
  // Go turns to exponents where the digits do not reach the point: 999.9kB with 3 digits is 1e+03kB.
  const text = rounded >= 10 ** precision
    ? rounded.toExponential().replace(/e\+(\d)$/, "e+0$1")
    : String(rounded);
  return text + units[index]!;
}
