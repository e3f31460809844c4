/**
 * Times in the form in which Go prints them.
 *
 * @module
 */

/** Go's zero time, which docker shows for what never happened. */
export const ZERO_TIME = "0001-01-01T00:00:00Z";

/** Milliseconds since 1970 of an RFC 3339 text; `NaN` when it says never, or nothing. */
export function timeOf(text: string): number {
  return text === "" || text === ZERO_TIME ? NaN : Date.parse(text);
}

/** An RFC 3339 time in UTC as Go prints it: `2026-01-02 03:04:05.5 +0000 UTC`. */
export function formatGoTime(text: string): string {
  const match =
    /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(
      text,
    );
  if (!match) return text;
  const [, day, clock, fraction = "", zone = "Z"] = match;
  const digits = fraction.replace(/0+$/, "");
  const offset = zone === "Z" ? "+0000 UTC" : goOffset(zone);
  return `${day} ${clock}${digits && `.${digits}`} ${offset}`;
}

/** A moment in local time, to the second, as Go prints it: `2026-01-02 03:04:05 +0100 CET`. */
export function formatGoLocalTime(milliseconds: number): string {
  const date = new Date(milliseconds);
  const east = -date.getTimezoneOffset();
  const shifted = new Date(Math.floor(milliseconds / 1000) * 1000)
    .getTime() + east * 60_000;
  const [day, clock] = new Date(shifted).toISOString().slice(0, 19).split("T");
  return `${day} ${clock} ${offsetText(east)} ${zoneName(date, east)}`;
}

/** A moment in local time, to the second: `2026-01-02T03:04:05+01:00`, or with `Z`. */
export function formatLocalRfc3339(milliseconds: number): string {
  const [day, clock, offset = ""] = formatGoLocalTime(milliseconds).split(" ");
  const zone = offset === "+0000" ? "Z" : offset.replace(/(?=..$)/, ":");
  return `${day}T${clock}${zone}`;
}

function goOffset(zone: string): string {
  const text = zone.replace(":", "");
  return `${text} ${text}`;
}

function offsetText(minutes: number): string {
  const size = Math.abs(minutes);
  const hours = Math.floor(size / 60);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${two(hours)}${two(size % 60)}`;
}

/** The zone's short name where English has one; otherwise, like Go, its offset. */
function zoneName(date: Date, east: number): string {
  if (east === 0 && new Date(date.getFullYear(), 6).getTimezoneOffset() === 0) {
    return "UTC";
  }
  for (const locale of ["en-US", "en-GB", "en-AU"]) {
    const name = new Intl.DateTimeFormat(locale, { timeZoneName: "short" })
      .formatToParts(date).find(({ type }) => type === "timeZoneName")?.value;
    if (name && !name.startsWith("GMT+") && !name.startsWith("GMT-")) {
      return name;
    }
  }
  return offsetText(east).replace(/00$/, "");
}
