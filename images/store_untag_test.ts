import assert from "node:assert/strict";
import type { StoredName } from "./store_index.ts";
import { withoutNames } from "./store_untag.ts";

function named(name: string, letter: string): StoredName {
  return {
    name,
    descriptor: {
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      digest: `sha256:${letter.repeat(64)}`,
      size: 1,
    },
    tagged: "2026-01-02T03:04:05.000Z",
    pulled: true,
  };
}

Deno.test("withoutNames() keeps an image that loses its last name, without one", () => {
  const names = [named("one", "a"), named("two", "a"), named("three", "b")];
  assert.deepEqual(withoutNames(names, ({ name }) => name === "one"), [
    named("two", "a"),
    named("three", "b"),
  ]);
  assert.deepEqual(withoutNames(names, ({ name }) => name !== "three"), [
    named("three", "b"),
    { ...named("", "a"), pulled: false },
  ]);
});
