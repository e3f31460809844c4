import assert from "node:assert/strict";
import { parseLabel, parseLabelFile } from "./label.ts";

Deno.test("parseLabel() splits at the first equals sign", () => {
  const cases: [string, string, string][] = [
    ["io.x-k8s.kind.role=worker", "io.x-k8s.kind.role", "worker"],
    ["a", "a", ""],
    ["a=", "a", ""],
    ["a=b=c", "a", "b=c"],
    ["a= b", "a", " b"],
    [" a=b", " a", "b"],
    ["\na=b", "\na", "b"],
  ];
  for (const [input, key, value] of cases) {
    assert.deepEqual(parseLabel(input), [key, value], input);
  }
});

Deno.test("parseLabel() refuses with docker's texts", () => {
  const cases: [string, string][] = [
    ["", "invalid label '': empty name"],
    [" ", "invalid label ' ': empty name"],
    ["=b", "invalid label '=b': empty name"],
    ["a b=c", "label 'a b' contains whitespaces"],
    [" a\t=b", "label 'a\t' contains whitespaces"],
  ];
  for (const [input, message] of cases) {
    assert.throws(
      () => parseLabel(input),
      { name: "SyntaxError", message },
      input,
    );
  }
});

Deno.test("parseLabelFile() leaves out keys without a value", () => {
  const bytes = new TextEncoder().encode('a=b\nc\n#x\n d= "q" \n');
  assert.deepEqual(parseLabelFile(bytes, "f"), [["a", "b"], ["d", ' "q" ']]);
});
