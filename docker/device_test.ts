import assert from "node:assert/strict";
import { parseDevice } from "./device.ts";

Deno.test("parseDevice() reads what docker reads", () => {
  const cases: [string, string, string, string][] = [
    ["/dev/fuse", "/dev/fuse", "/dev/fuse", "rwm"],
    ["/dev/a:/dev/b", "/dev/a", "/dev/b", "rwm"],
    ["/dev/a:/dev/b:r", "/dev/a", "/dev/b", "r"],
    ["/dev/a:rw", "/dev/a", "/dev/a", "rw"],
    ["/dev/a:mrw", "/dev/a", "/dev/a", "mrw"],
    ["/dev/../x", "/x", "/x", "rwm"],
  ];
  for (const [input, source, target, permissions] of cases) {
    assert.deepEqual(
      parseDevice(input),
      { source, target, permissions },
      input,
    );
  }
});

Deno.test("parseDevice() refuses with docker's texts", () => {
  const cases: [string, string][] = [
    ["", "bad format for path: "],
    ["::", "bad format for path: ::"],
    [":/dev/b", "bad format for path: :/dev/b"],
    ["/a:/b:rwm:x", "bad format for path: /a:/b:rwm:x"],
    ["a", "a is not an absolute path"],
    ["./dev/a", "./dev/a is not an absolute path"],
    ["/dev/a:b", "b is not an absolute path"],
    ["/dev/a:x", "x is not an absolute path"],
    ["/dev/a:", " is not an absolute path"],
    ["/dev/a:/b:x", "bad mode specified: x"],
    ["/dev/a:/b:rr", "bad mode specified: rr"],
    ["/dev/a:/b:", "bad mode specified: "],
  ];
  for (const [input, message] of cases) {
    assert.throws(
      () => parseDevice(input),
      { name: "SyntaxError", message },
      input,
    );
  }
});
