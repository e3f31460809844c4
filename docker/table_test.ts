import assert from "node:assert/strict";

import { alignTable, textWidth } from "./table.ts";

Deno.test("alignTable() aligns neighbouring lines only", () => {
  const cases: { name: string; input: string; want: string }[] = [
    { name: "least width", input: "a\tb\n", want: "a         b\n" },
    {
      name: "padding",
      input: "0123456789\tb\na\tb\n",
      want: "0123456789   b\na            b\n",
    },
    {
      name: "a line without the column separates",
      input: "0123456789\tb\n-\na\tb\n",
      want: "0123456789   b\n-\na         b\n",
    },
    { name: "last cell is not padded", input: "a\n", want: "a\n" },
    { name: "trailing tab", input: "a\t\n", want: "a         \n" },
    { name: "empty", input: "", want: "" },
    {
      name: "wide characters",
      input: "日本\tx\nab\tx\n",
      want: "日本      x\nab        x\n",
    },
  ];
  for (const { name, input, want } of cases) {
    assert.equal(alignTable(input), want, name);
  }
});

Deno.test("textWidth() counts terminal columns", () => {
  assert.equal(textWidth("abc"), 3);
  assert.equal(textWidth("e\u0301"), 1);
  assert.equal(textWidth("日本"), 4);
  assert.equal(textWidth("😀"), 2);
});
