import assert from "node:assert/strict";
import { mergeEnv, parseEnv, parseEnvFile } from "./env.ts";

const lookUp = (name: string) =>
  ({ KIND_X: "hey", EMPTY: "", "A B": "sp" })[name];

Deno.test("parseEnv() takes a bare name from the caller's environment", () => {
  const cases: [string, string, string | undefined][] = [
    ["A=b", "A", "b"],
    ["A=b=c", "A", "b=c"],
    ["A=", "A", ""],
    [" A=b", " A", "b"],
    ["KIND_X", "KIND_X", "hey"],
    ["EMPTY", "EMPTY", ""],
    ["A B", "A B", "sp"],
    [
      "KIND_EXPERIMENTAL_CONTAINERD_SNAPSHOTTER",
      "KIND_EXPERIMENTAL_CONTAINERD_SNAPSHOTTER",
      undefined,
    ],
    ["KIND_DNS_SEARCH=a b c", "KIND_DNS_SEARCH", "a b c"],
  ];
  for (const [input, name, value] of cases) {
    assert.deepEqual(parseEnv(input, lookUp), { name, value }, input);
  }
});

Deno.test("parseEnv() refuses an empty name", () => {
  for (const text of ["", "=x"]) {
    assert.throws(() => parseEnv(text, lookUp), {
      name: "SyntaxError",
      message: `invalid environment variable: ${text}`,
    });
  }
});

Deno.test("parseEnvFile() reads what docker reads", () => {
  const cases: [string, [string, string][]][] = [
    ["", []],
    ["A=b\nB=c", [["A", "b"], ["B", "c"]]],
    ["#x\n\n  C=d\n\t#y\nKIND_X\nNOPE\n", [["C", "d"], ["KIND_X", "hey"]]],
    ["A= x \n", [["A", " x "]]],
    ["A=b\r\nC=d\r\n", [["A", "b"], ["C", "d"]]],
    ["\ufeffA=b\n", [["A", "b"]]],
    ["A='q' # c\n", [["A", "'q' # c"]]],
    ["\u00a0A=b\n", [["A", "b"]]],
    ["A\v=b\n", [["A\v", "b"]]],
  ];
  for (const [text, want] of cases) {
    const entries = parseEnvFile(new TextEncoder().encode(text), "f", lookUp);
    assert.deepEqual(
      entries.map(({ name, value }) => [name, value]),
      want,
      JSON.stringify(text),
    );
  }
});

Deno.test("parseEnvFile() refuses with docker's texts", () => {
  const encoder = new TextEncoder();
  const cases: [Uint8Array, string][] = [
    [encoder.encode("A B=c\n"), "variable 'A B' contains whitespaces"],
    [encoder.encode("A =x\n"), "variable 'A ' contains whitespaces"],
    [encoder.encode("KIND_X \n"), "variable 'KIND_X ' contains whitespaces"],
    [encoder.encode(" =x\n"), "no variable name on line '=x'"],
    [
      new Uint8Array([10, 65, 61, 255, 10]),
      "invalid utf8 bytes at line 2: [65 61 255]",
    ],
    [
      encoder.encode("A".repeat(70_000) + "=1\n"),
      "bufio.Scanner: token too long",
    ],
  ];
  for (const [content, reason] of cases) {
    assert.throws(() => parseEnvFile(content, "dir/f", lookUp), {
      name: "SyntaxError",
      message: `invalid env file (dir/f): ${reason}`,
    });
  }
});

Deno.test("mergeEnv() lets later entries win and take away", () => {
  const image = [{ name: "PATH", value: "/bin" }, { name: "A", value: "1" }, {
    name: "B",
    value: "2",
  }];
  const merged = mergeEnv(image, [{ name: "A", value: "3" }, {
    name: "B",
    value: undefined,
  }]);
  assert.deepEqual([...merged], [["PATH", "/bin"], ["A", "3"]]);
});
