import { parseDuration } from "./duration.ts";
import { quote } from "./go_quote.ts";

/**
 * Reads a value of `--since` or `--until` by docker's rule, in milliseconds since 1970 (UTC).
 *
 * A duration counts back from `now`; a date or a time without a zone is in the zone that `now` has
 * locally; what is left is a Unix timestamp in seconds, as `1136073600.000000001`.
 *
 * @throws {SyntaxError} With docker's text, or one like Go's for a malformed date.
 */
export function parseTimestamp(text: string, now: Date): number {
  const duration = text === "0" ? undefined : tryDuration(text);
  // Docker keeps whole seconds here.
  if (duration !== undefined) {
    return Math.floor((now.getTime() - duration) / 1000) * 1000;
  }
  const match =
    /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d)(?::(\d\d)(?::(\d\d)(\.\d+)?)?)?)?(Z|[+-]\d\d:\d\d)?$/i
      .exec(text);
  if (match !== null) return readDate(text, match, now);
  if (text.includes("-")) {
    throw new SyntaxError(
      `parsing time ${quote(text)}: cannot parse as a date`,
    );
  }
  const unix = /^([+-]?\d+)(?:\.(\d+))?$/.exec(text);
  if (unix === null) {
    throw new SyntaxError(
      `failed to parse value as time or duration: ${quote(text)}`,
    );
  }
  return Number(unix[1]) * 1000 + Number(`0.${unix[2] ?? "0"}`) * 1000;
}

function tryDuration(text: string): number | undefined {
  try {
    return parseDuration(text);
  } catch {
    return undefined;
  }
}

function readDate(text: string, match: RegExpExecArray, now: Date): number {
  const [
    ,
    year,
    month,
    day,
    hour = "0",
    minute = "0",
    second = "0",
    fraction = ".0",
    zone,
  ] = match;
  const outOf = (what: string) =>
    new SyntaxError(`parsing time ${quote(text)}: ${what} out of range`);
  if (Number(month) < 1 || Number(month) > 12) throw outOf("month");
  if (Number(hour) > 23) throw outOf("hour");
  if (Number(minute) > 59) throw outOf("minute");
  if (Number(second) > 59) throw outOf("second");
  const midnight = new Date(0);
  midnight.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (midnight.getUTCDate() !== Number(day)) throw outOf("day");
  const local = midnight.getTime() + Number(hour) * 3_600_000 +
    Number(minute) * 60_000 +
    Number(second) * 1000 + Number(fraction) * 1000;
  return local - offsetMinutes(zone, now) * 60_000;
}

function offsetMinutes(zone: string | undefined, now: Date): number {
  if (zone === undefined) return -now.getTimezoneOffset();
  if (zone === "Z" || zone === "z") return 0;
  const size = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  return zone.startsWith("-") ? -size : size;
}
