import { strictEqual } from "node:assert/strict";
import {
  LineEnds,
  LineTimes,
  parseTail,
  startOfLastLines,
} from "./log_text.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array) => new TextDecoder().decode(data);

Deno.test("LineEnds turns CRLF into LF wherever pieces end", () => {
  const cases = [
    { pieces: ["a\r\nb\r\n"], want: "a\nb\n" },
    { pieces: ["a\r", "\nb"], want: "a\nb" },
    { pieces: ["a\rb\r\r\n", "\r"], want: "a\rb\r\n\r" },
    { pieces: ["\n", "", "\r", "x"], want: "\n\rx" },
  ];
  for (const { pieces, want } of cases) {
    const ends = new LineEnds();
    const out = pieces.map((piece) =>
      text(ends.convert(bytes(piece)))
    ).join("") +
      text(ends.end());
    strictEqual(out, want, JSON.stringify(pieces));
  }
});

Deno.test("startOfLastLines() counts a last line without newline", () => {
  const cases = [
    { input: "a\nb\nc\n", count: 2, want: "b\nc\n" },
    { input: "a\nb\nc", count: 2, want: "b\nc" },
    { input: "a\nb\n", count: 5, want: "a\nb\n" },
    { input: "a\nb\n", count: 0, want: "" },
    { input: "a\n\n\n", count: 2, want: "\n\n" },
    { input: "", count: 1, want: "" },
    { input: "\n", count: 1, want: "\n" },
  ];
  for (const { input, count, want } of cases) {
    const data = bytes(input);
    strictEqual(text(data.subarray(startOfLastLines(data, count))), want);
  }
});

Deno.test("parseTail() takes numbers and else all, as docker", () => {
  for (const [input, want] of [["3", 3], ["0", 0], ["all", undefined]]) {
    strictEqual(parseTail(String(input)), want);
  }
  strictEqual(parseTail("-1"), undefined);
});

Deno.test("LineTimes puts a time before each line once", () => {
  const times = new LineTimes();
  const out = text(times.push(bytes("a\nb"), "T1")) +
    text(times.push(bytes("c\nd\n"), "T2"));
  strictEqual(out, "T1 a\nT1 bc\nT2 d\n");
});
