import assert from "node:assert/strict";
import { parseTimestamp } from "./timestamp.ts";

const NOW = new Date("2026-08-01T12:00:00.500Z");
/** What a local time is in the zone of this machine at NOW. */
const local = (text: string) =>
  Date.parse(`${text}Z`) + NOW.getTimezoneOffset() * 60_000;

Deno.test("parseTimestamp() reads durations, dates and Unix times", () => {
  const cases: [string, number][] = [
    ["10m", Date.parse("2026-08-01T11:50:00Z")],
    ["-1h", Date.parse("2026-08-01T13:00:00Z")],
    ["0", 0],
    ["1136073600", 1136073600000],
    ["1136073600.5", 1136073600500],
    ["2026-01-02T03:04:05Z", Date.parse("2026-01-02T03:04:05Z")],
    ["2026-01-02T03:04:05.25Z", Date.parse("2026-01-02T03:04:05.25Z")],
    ["2026-01-02T03:04:05+02:00", Date.parse("2026-01-02T01:04:05Z")],
    ["2026-01-02T03:04-02:30", Date.parse("2026-01-02T05:34:00Z")],
    ["2026-01-02Z", Date.parse("2026-01-02T00:00:00Z")],
    ["2026-01-02", local("2026-01-02T00:00:00")],
    ["2026-01-02T03", local("2026-01-02T03:00:00")],
    ["2026-01-02T03:04", local("2026-01-02T03:04:00")],
    ["2026-01-02T03:04:05.5", local("2026-01-02T03:04:05.5")],
  ];
  for (const [text, want] of cases) {
    assert.equal(parseTimestamp(text, NOW), want, text);
  }
});

Deno.test("parseTimestamp() refuses what is none", () => {
  const cases: [string, string][] = [
    ["foo", 'failed to parse value as time or duration: "foo"'],
    ["", 'failed to parse value as time or duration: ""'],
    ["2020-13-01", 'parsing time "2020-13-01": month out of range'],
    ["2020-02-30", 'parsing time "2020-02-30": day out of range'],
    ["2020-02-03T25", 'parsing time "2020-02-03T25": hour out of range'],
    ["2020-2-3", 'parsing time "2020-2-3": cannot parse as a date'],
  ];
  for (const [text, message] of cases) {
    assert.throws(() => parseTimestamp(text, NOW), {
      name: "SyntaxError",
      message,
    }, text);
  }
});
