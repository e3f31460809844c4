import assert from "node:assert/strict";
import type { StoredName } from "./store_index.ts";
import { withName } from "./store_names.ts";

function entry(name: string, digit: string): StoredName {
  const digest = `sha256:${digit.repeat(64)}`;
  return {
    name,
    descriptor: { mediaType: "x", digest, size: 1 },
    tagged: "",
    pulled: false,
  };
}

const cases: {
  name: string;
  before: [string, string][];
  added: [string, string];
  same?: string;
  want: [string, string][];
}[] = [
  { name: "a first name", before: [], added: ["a", "1"], want: [["a", "1"]] },
  {
    name: "the same again",
    before: [["a", "1"]],
    added: ["a", "1"],
    want: [["a", "1"]],
  },
  {
    name: "a second name",
    before: [["a", "1"]],
    added: ["b", "1"],
    want: [["a", "1"], ["b", "1"]],
  },
  {
    name: "a name that another image had, which stays",
    before: [["a", "1"]],
    added: ["a", "2"],
    want: [["", "1"], ["a", "2"]],
  },
  {
    name: "a name that an image with others had",
    before: [["a", "1"], ["b", "1"]],
    added: ["a", "2"],
    want: [["b", "1"], ["a", "2"]],
  },
  {
    name: "a name that the image had in another form",
    before: [["a", "1"]],
    added: ["a", "2"],
    same: "1",
    want: [["a", "2"]],
  },
  {
    name: "a name for an image that had none",
    before: [["", "1"], ["", "2"]],
    added: ["a", "1"],
    want: [["", "2"], ["a", "1"]],
  },
  {
    name: "no name",
    before: [["", "2"]],
    added: ["", "1"],
    want: [["", "2"], ["", "1"]],
  },
  {
    name: "no name for an image that has one",
    before: [["a", "1"]],
    added: ["", "1"],
    want: [["a", "1"]],
  },
];

for (const { name, before, added, same, want } of cases) {
  Deno.test(`withName() gives ${name}`, () => {
    const result = withName(
      before.map((one) => entry(...one)),
      entry(...added),
      (digest) => same !== undefined && digest.startsWith(`sha256:${same}`),
    );
    assert.deepEqual(
      result.map((one) => [one.name, one.descriptor.digest[7]]),
      want,
    );
  });
}
