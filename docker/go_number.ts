/**
 * Numbers as Go's `fmt` package writes them.
 *
 * @module
 */

/** The most decimal places that JavaScript can write. */
const MOST_PLACES = 100;

/** The flags, width and precision between `%` and the verb. */
export interface FormatSpec {
  readonly verb: string;
  readonly plus?: boolean;
  readonly minus?: boolean;
  readonly sharp?: boolean;
  readonly space?: boolean;
  readonly zero?: boolean;
  readonly width?: number | undefined;
  readonly precision?: number | undefined;
}

/** Pads to the width of the spec, by default on the left. */
export function pad(text: string, spec: FormatSpec): string {
  const missing = (spec.width ?? 0) - [...text].length;
  if (missing <= 0) return text;
  if (spec.minus) return text + " ".repeat(missing);
  return (spec.zero ? "0" : " ").repeat(missing) + text;
}

/** An integer in the base of the verb; undefined for a verb it has not. */
export function formatInteger(
  value: number,
  spec: FormatSpec,
): string | undefined {
  const base = { v: 10, d: 10, b: 2, o: 8, O: 8, x: 16, X: 16 }[spec.verb];
  if (base === undefined) return undefined;
  let digits = Math.abs(value).toString(base);
  if (spec.verb === "X") digits = digits.toUpperCase();
  const { precision } = spec;
  let sign = value < 0 ? "-" : spec.plus ? "+" : spec.space ? " " : "";
  if (precision === 0 && value === 0) return pad("", { ...spec, zero: false });
  if (precision !== undefined) {
    digits = digits.padStart(precision, "0");
  } else if (spec.zero && !spec.minus && spec.width !== undefined) {
    digits = digits.padStart(spec.width - sign.length, "0");
  }
  if (spec.verb === "O") sign += "0o";
  else if (spec.sharp && base === 2) sign += "0b";
  else if (spec.sharp && base === 8 && !digits.startsWith("0")) sign += "0";
  else if (spec.sharp && base === 16) sign += `0${spec.verb}`;
  return pad(sign + digits, { ...spec, zero: false });
}

/** A float by the verb; undefined for a verb it has not. */
export function formatFloat(
  value: number,
  spec: FormatSpec,
): string | undefined {
  const verb = spec.verb === "v" ? "g" : spec.verb;
  if (!/^[eEfFgG]$/.test(verb)) return undefined;
  const number = Math.abs(value);
  const negative = value < 0 || Object.is(value, -0);
  let sign = negative ? "-" : spec.plus ? "+" : spec.space ? " " : "";
  if (!Number.isFinite(value)) {
    if (value === Infinity && sign === "") sign = "+";
    const name = Number.isNaN(value) ? "NaN" : `${sign}Inf`;
    return pad(name, { ...spec, zero: false });
  }
  let digits = writeFloat(number, verb.toLowerCase(), spec.precision);
  if (verb === "E" || verb === "G") digits = digits.toUpperCase();
  if (spec.zero && !spec.minus && spec.width !== undefined) {
    digits = digits.padStart(spec.width - sign.length, "0");
  }
  return pad(sign + digits, { ...spec, zero: false });
}

function writeFloat(
  value: number,
  verb: string,
  precision: number | undefined,
): string {
  const places = Math.min(precision ?? 6, MOST_PLACES);
  if (verb === "f") return fixed(value, places);
  if (verb === "e") return exponential(value.toExponential(places));
  const digits = precision === undefined
    ? value.toExponential()
    : value.toExponential(Math.max(places, 1) - 1);
  const [mantissa = "", power = "0"] = digits.split("e");
  const exponent = Number(power);
  const short = mantissa.includes(".")
    ? mantissa.replace(/\.?0+$/, "")
    : mantissa;
  const count = short.replace(".", "").length;
  let limit = precision === undefined ? 6 : Math.max(precision, 1);
  if (precision !== undefined && limit > count && count >= exponent + 1) {
    limit = count;
  }
  if (exponent < -4 || exponent >= limit) {
    return exponential(`${short}e${power}`);
  }
  return fixed(value, Math.max(count - 1 - exponent, 0));
}

function exponential(text: string): string {
  const [mantissa, power = "+0"] = text.split("e");
  const sign = power.startsWith("-") ? "-" : "+";
  return `${mantissa}e${sign}${power.replace(/^[+-]/, "").padStart(2, "0")}`;
}

function fixed(value: number, precision: number): string {
  if (value >= 1e21) {
    const digits = BigInt(value).toString();
    return precision > 0 ? `${digits}.${"0".repeat(precision)}` : digits;
  }
  const text = value.toFixed(precision);
  // JavaScript rounds a tie up, Go rounds it to even.
  const exact = value.toFixed(Math.min(precision + 60, MOST_PLACES));
  const tail = exact.slice(
    exact.length - Math.min(60, MOST_PLACES - precision),
  );
  if (/^50*$/.test(tail) && /[13579]$/.test(text)) {
    const down = exact.slice(0, exact.length - tail.length);
    return down.endsWith(".") ? down.slice(0, -1) : down;
  }
  return text;
}
