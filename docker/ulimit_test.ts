import assert from "node:assert/strict";
import { parseUlimit } from "./ulimit.ts";

Deno.test("parseUlimit() reads soft and hard limits", () => {
  const cases: [string, string, number, number][] = [
    ["nofile=1024", "nofile", 1024, 1024],
    ["nofile=1024:2048", "nofile", 1024, 2048],
    ["core=-1", "core", -1, -1],
    ["core=5:-1", "core", 5, -1],
    ["nofile=-2", "nofile", -2, -2],
  ];
  for (const [input, name, soft, hard] of cases) {
    assert.deepEqual(parseUlimit(input), { name, soft, hard }, input);
  }
});

Deno.test("parseUlimit() refuses with docker's texts", () => {
  const order = "ulimit soft limit must be less than or equal to hard limit: ";
  const cases: [string, string][] = [
    ["nofile", "invalid ulimit argument: nofile"],
    ["=1", "invalid ulimit type: "],
    ["NOFILE=1", "invalid ulimit type: NOFILE"],
    ["nofile=", 'strconv.ParseInt: parsing "": invalid syntax'],
    ["nofile=1:a", 'strconv.ParseInt: parsing "a": invalid syntax'],
    ["core=unlimited", 'strconv.ParseInt: parsing "unlimited": invalid syntax'],
    [
      "nofile=1:2:3",
      "too many limit value arguments - 1:2:3, can only have up to two, `soft[:hard]`",
    ],
    ["nofile=2:1", `${order}2 > 1`],
    ["core=-1:5", `${order}soft: -1 (unlimited), hard: 5`],
  ];
  for (const [input, message] of cases) {
    assert.throws(
      () => parseUlimit(input),
      { name: "SyntaxError", message },
      input,
    );
  }
});
