import assert from "node:assert/strict";
import { formatGoLocalTime, formatGoTime, timeOf } from "./go_time.ts";

Deno.test("formatGoTime() prints times as Go does", () => {
  const cases: [text: string, want: string][] = [
    ["2026-01-02T03:04:05Z", "2026-01-02 03:04:05 +0000 UTC"],
    ["2026-01-02T03:04:05.120Z", "2026-01-02 03:04:05.12 +0000 UTC"],
    ["0001-01-01T00:00:00Z", "0001-01-01 00:00:00 +0000 UTC"],
    ["2026-01-02T03:04:05+01:00", "2026-01-02 03:04:05 +0100 +0100"],
    ["soon", "soon"],
  ];
  for (const [text, want] of cases) assert.equal(formatGoTime(text), want);
});

Deno.test("formatGoLocalTime() prints seconds in local time with the zone", () => {
  const text = formatGoLocalTime(Date.parse("2026-01-02T03:04:05.9Z"));
  const [, day, clock, offset, zone] =
    /^(\S+) (\S+) ([+-]\d\d)(?:\d\d) (\S+)$/.exec(text) ?? [];
  assert.ok(zone, text);
  assert.equal(
    Date.parse(`${day}T${clock}${offset}:00`),
    Date.parse("2026-01-02T03:04:05Z"),
  );
});

Deno.test("timeOf() knows no time where there is none", () => {
  assert.ok(Number.isNaN(timeOf("")));
  assert.ok(Number.isNaN(timeOf("0001-01-01T00:00:00Z")));
  assert.equal(timeOf("1970-01-01T00:00:01Z"), 1000);
});
