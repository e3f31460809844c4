import assert from "node:assert/strict";
import { parseCsvLine } from "./csv.ts";

Deno.test("parseCsvLine() splits and unquotes", () => {
  const cases: [string, string[]][] = [
    ["a", ["a"]],
    ["a,b", ["a", "b"]],
    ["a,,b,", ["a", "", "b", ""]],
    ['type=bind,"src=/a,b",dst=/c', ["type=bind", "src=/a,b", "dst=/c"]],
    ['"a""b",c', ['a"b', "c"]],
    ['"",x', ["", "x"]],
  ];
  for (const [line, want] of cases) {
    assert.deepEqual(parseCsvLine(line), want, line);
  }
});

Deno.test("parseCsvLine() refuses with Go's texts", () => {
  const cases: [string, string][] = [
    ["", "EOF"],
    [
      'type=bind,src="/a",dst=/b',
      'parse error on line 1, column 15: bare " in non-quoted-field',
    ],
    [
      'type=bind,dst=/b"',
      'parse error on line 1, column 17: bare " in non-quoted-field',
    ],
    [
      '"type=bind,dst=/b',
      'parse error on line 1, column 18: extraneous or missing " in quoted-field',
    ],
  ];
  for (const [line, message] of cases) {
    assert.throws(
      () => parseCsvLine(line),
      { name: "SyntaxError", message },
      line,
    );
  }
});
