import assert from "node:assert/strict";
import { parseDuration } from "./duration.ts";

Deno.test("parseDuration() reads Go durations", () => {
  const cases: [string, number][] = [
    ["0", 0],
    ["-0", 0],
    ["1h2m3s", 3_723_000],
    ["1.5s", 1500],
    [".5m", 30_000],
    ["-500ms", -500],
    ["+1s", 1000],
    ["10us", 0.01],
    ["10µs", 0.01],
    ["1ns", 1e-6],
    ["3m", 180_000],
    ["1.s", 1000],
    ["1s1s", 2000],
  ];
  for (const [text, want] of cases) {
    assert.equal(parseDuration(text), want, text);
  }
});

Deno.test("parseDuration() refuses with Go's texts", () => {
  const cases: [string, string][] = [
    ["", 'time: invalid duration ""'],
    ["x", 'time: invalid duration "x"'],
    ["-", 'time: invalid duration "-"'],
    [".s", 'time: invalid duration ".s"'],
    [" 1s", 'time: invalid duration " 1s"'],
    ["5", 'time: missing unit in duration "5"'],
    ["1h5", 'time: missing unit in duration "1h5"'],
    ["5q", 'time: unknown unit "q" in duration "5q"'],
    ["1d", 'time: unknown unit "d" in duration "1d"'],
    ["1s ", 'time: unknown unit "s " in duration "1s "'],
  ];
  for (const [text, message] of cases) {
    assert.throws(
      () => parseDuration(text),
      { name: "SyntaxError", message },
      text,
    );
  }
});
