import assert from "node:assert/strict";

import { goJson } from "./go_json.ts";
import {
  goFloat,
  type GoInput,
  goMap,
  goNamed,
  goNil,
  goRow,
  goSlice,
  goStruct,
  goText,
  goValue,
  isTrue,
  typeName,
} from "./go_value.ts";

Deno.test("typeName() infers the types of plain values", () => {
  const cases: [GoInput, string][] = [
    [1, "int"],
    [1.5, "float64"],
    ["a", "string"],
    [true, "bool"],
    [null, "<nil>"],
    [[], "[]string"],
    [["a"], "[]string"],
    [[1, 2], "[]int"],
    [[["a", "b"]], "[][]string"],
    [["a", 1], "[]interface {}"],
    [{}, "map[string]string"],
    [{ a: "1" }, "map[string]string"],
    [{ a: 1, b: null }, "map[string]interface {}"],
    [[goStruct("net.IPAM", {})], "[]net.IPAM"],
    [goNil("[]string"), "[]string"],
    [goNamed("int64", 1), "int64"],
  ];
  for (const [input, want] of cases) {
    assert.equal(typeName(goValue(input)), want);
  }
});

Deno.test("isTrue() follows Go", () => {
  const truths: GoInput[] = ["a", 1, true, [0], { a: "" }, goStruct("T", {})];
  const lies: GoInput[] = ["", 0, false, [], {}, null, goNil("*T")];
  for (const input of truths) assert(isTrue(goValue(input)));
  for (const input of lies) assert(!isTrue(goValue(input)));
});

Deno.test("goStruct() keys give Go name, JSON name and options", () => {
  const struct = goStruct("T", {
    "ID:Id": "x",
    Name: "n",
    "Empty,omitempty": "",
    "None:none,omitempty": null,
    "Full:full,omitempty": ["a"],
    "Hidden:-": "h",
  });
  assert.equal(goJson(struct), '{"Id":"x","Name":"n","full":["a"]}');
  assert.deepEqual(
    struct.fields.map(({ name }) => name),
    ["ID", "Name", "Empty", "None", "Full", "Hidden"],
  );
});

Deno.test("goRow() reads only the fields that a template uses", () => {
  let reads = 0;
  const row = goRow("*T", {
    ID: "a",
    get Size() {
      reads++;
      return "1B";
    },
  });
  const [id, size] = row.fields;
  assert(id && size);
  assert.equal(row.get(id), "a");
  assert.equal(reads, 0);
  assert.equal(row.get(size), "1B");
  assert.equal(reads, 1);
});

Deno.test("goJson() writes as Go does", () => {
  const cases: [GoInput, string][] = [
    [goMap({ b: "2", a: "1" }), '{"a":"1","b":"2"}'],
    [goNil("map[string]string"), "null"],
    [goSlice([], "[]string"), "[]"],
    [goFloat(1e21), "1e+21"],
    [goFloat(1e-7), "1e-7"],
    ["<&>\u2028", '"<&>\\u2028"'],
    ["\b\f\n\x01\x7f", '"\\b\\f\\n\\u0001\x7f"'],
    [goRow("*T", { B: "<", A: 1 }), '{"A":1,"B":"\\u003c"}'],
    [goText("time.Time", "2024-01-02 UTC", "2024-01-02Z"), '"2024-01-02Z"'],
  ];
  for (const [input, want] of cases) {
    assert.equal(goJson(goValue(input)), want);
  }
});

Deno.test("goJson() indents and keeps empty collections short", () => {
  const value = goStruct("T", { A: {}, B: [], C: [1, 2] });
  assert.equal(
    goJson(value, { indent: "  " }),
    '{\n  "A": {},\n  "B": [],\n  "C": [\n    1,\n    2\n  ]\n}',
  );
});
