import assert from "node:assert/strict";
import { Filters } from "./filter.ts";

Deno.test("Filters.parse() reads key and value", () => {
  const filters = Filters.parse([
    " Name = x ",
    "name=y",
    "label=a=b",
    "",
    "dangling=true",
  ]);
  assert.deepEqual(filters.get("name"), ["x", "y"]);
  assert.deepEqual(filters.get("label"), ["a=b"]);
  assert.equal(filters.has("label"), true);
  assert.equal(filters.has("id"), false);
  assert.deepEqual(filters.get("id"), []);
  assert.throws(() => Filters.parse(["foo"]), {
    name: "SyntaxError",
    message: "bad format of filter (expected name=value)",
  });
});

Deno.test("Filters.accept() refuses unknown keys", () => {
  const filters = Filters.parse(["name=x", "foo=y"]);
  filters.accept("name", "foo");
  assert.throws(() => filters.accept("name"), {
    name: "RangeError",
    message: "invalid filter 'foo'",
  });
});

Deno.test("Filters.matchesPattern() finds regular expressions anywhere", () => {
  const cases: [string[], string, boolean][] = [
    [[], "kind", true],
    [["name=^kind$"], "kind", true],
    [["name=^kind$"], "kind2", false],
    [["name=in"], "kind", true],
    [["name=x", "name=kin"], "kind", true],
    [["name=a\\.b"], "a.b", true],
    [["name=a\\-b"], "a-b", true],
    [["name=(?i)KIND"], "kind", true],
    [["name=("], "kind", false],
    [["name=("], "(", true],
  ];
  for (const [texts, name, want] of cases) {
    assert.equal(
      Filters.parse(texts).matchesPattern("name", name),
      want,
      texts.join(),
    );
  }
});

Deno.test("Filters.matchesLabels() wants all of them", () => {
  const labels = { "io.x-k8s.kind.cluster": "kind", a: "" };
  const cases: [string[], boolean][] = [
    [[], true],
    [["label=io.x-k8s.kind.cluster"], true],
    [["label=io.x-k8s.kind.cluster=kind"], true],
    [["label=io.x-k8s.kind.cluster=other"], false],
    [["label=io.x-k8s.kind.cluster=kin"], false],
    [["label=a", "label=io.x-k8s.kind.cluster"], true],
    [["label=a", "label=b"], false],
    [["label=a="], true],
    [["label=toString"], false],
  ];
  for (const [texts, want] of cases) {
    assert.equal(
      Filters.parse(texts).matchesLabels(labels),
      want,
      texts.join(),
    );
  }
  assert.equal(Filters.parse(["label=a"]).matchesLabels({}), false);
});

Deno.test("Filters.boolean() reads true and false", () => {
  assert.equal(Filters.parse([]).boolean("dangling"), undefined);
  assert.equal(Filters.parse(["dangling=1"]).boolean("dangling"), true);
  assert.equal(Filters.parse(["dangling=false"]).boolean("dangling"), false);
  for (
    const texts of [["dangling=x"], ["dangling=x", "dangling=y"], [
      "dangling=true",
      "dangling=0",
    ]]
  ) {
    const values = texts.map((text) => text.slice("dangling=".length)).join(
      " ",
    );
    assert.throws(() => Filters.parse(texts).boolean("dangling"), {
      message: `invalid filter 'dangling=[${values}]'`,
    });
  }
});
