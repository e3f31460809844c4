import assert from "node:assert/strict";
import { cleanPath, resolvePath } from "./path.ts";

Deno.test("cleanPath() shortens as Go does", () => {
  const cases: [string, string][] = [
    ["", "."],
    [".", "."],
    ["/", "/"],
    ["//a//b/", "/a/b"],
    ["/a/../..", "/"],
    ["a/../..", ".."],
    ["../../a", "../../a"],
    ["./a/./b", "a/b"],
    ["/a/./b/../c", "/a/c"],
    ["a/..", "."],
  ];
  for (const [input, want] of cases) {
    assert.equal(cleanPath(input), want, input);
  }
});

Deno.test("resolvePath() starts at the directory", () => {
  assert.equal(resolvePath("/w", "./x"), "/w/x");
  assert.equal(resolvePath("/w/v", "../x"), "/w/x");
  assert.equal(resolvePath("/", "."), "/");
  assert.equal(resolvePath("/w", "/x/"), "/x");
});
