/**
 * Numbers in tar headers.
 *
 * @module
 */
import { LayerError } from "./layer_error.ts";

/**
 * A number of a header's field: octal digits, or binary as GNU tar has it for
 * what is too big or negative.
 *
 * @throws {LayerError}
 */
export function readNumber(field: Uint8Array): number {
  const first = field[0]!;
  if (first & 0x80) return readBinary(field, first);
  let at = 0;
  while (at < field.length && isBlank(field[at]!)) at++;
  let value = 0;
  for (; at < field.length && !isBlank(field[at]!); at++) {
    const digit = field[at]! - 0x30;
    if (digit < 0 || digit > 7) throw invalid();
    value = value * 8 + digit;
  }
  return checked(value);
}

function readBinary(field: Uint8Array, first: number): number {
  const negative = (first & 0x40) !== 0;
  // The top bit only says that this is binary; the next one is the sign.
  let value = negative ? (first & 0x7f) - 0x80 : first & 0x7f;
  for (let at = 1; at < field.length; at++) value = value * 256 + field[at]!;
  return checked(value);
}

/**
 * Writes a number into a header's field: octal if it fits, else binary.
 *
 * @throws {RangeError} for what doesn't fit at all.
 */
export function writeNumber(
  block: Uint8Array,
  start: number,
  length: number,
  value: number,
): void {
  if (value >= 0 && value < 8 ** (length - 1)) {
    const digits = value.toString(8).padStart(length - 1, "0");
    for (let at = 0; at < digits.length; at++) {
      block[start + at] = digits.charCodeAt(at);
    }
    return;
  }
  let left = value;
  for (let at = start + length - 1; at >= start; at--) {
    block[at] = ((left % 256) + 256) % 256;
    left = Math.floor(left / 256);
  }
  block[start]! |= 0x80;
  if (left !== 0 && left !== -1) {
    throw new RangeError(`${value} is too big for a tar header`);
  }
}

/** Zero bytes and spaces stand around numbers. */
function isBlank(byte: number): boolean {
  return byte === 0 || byte === 0x20;
}

function checked(value: number): number {
  if (Number.isSafeInteger(value)) return value;
  throw invalid();
}

function invalid(): LayerError {
  return new LayerError("the archive has a damaged header");
}
