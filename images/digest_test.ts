import assert from "node:assert/strict";
import { digestOf, hasDigest, parseDigest } from "./digest.ts";

const HELLO = new TextEncoder().encode("hello");
const HELLO_SHA256 =
  "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

Deno.test("digestOf() is the lower-case hex of the hash", async () => {
  assert.equal(await digestOf(HELLO), HELLO_SHA256);
});

Deno.test("hasDigest() follows the algorithm the digest names", async () => {
  assert.equal(await hasDigest(HELLO, HELLO_SHA256), true);
  assert.equal(await hasDigest(HELLO, await digestOf(HELLO, "sha512")), true);
  assert.equal(await hasDigest(HELLO, `sha256:${"0".repeat(64)}`), false);
});

Deno.test("parseDigest() rejects what is no verifiable digest", () => {
  const bad = [
    "",
    "sha256",
    "sha256:",
    `sha256:${"0".repeat(63)}`,
    `sha256:${"A".repeat(64)}`,
    `sha256:${"0".repeat(64)}:0`,
    `sha256:${"0".repeat(62)}/.`,
    `md5:${"0".repeat(32)}`,
    `toString:${"0".repeat(64)}`,
    undefined,
    7,
  ];
  for (const text of bad) {
    assert.throws(() => parseDigest(text), SyntaxError, String(text));
  }
});
