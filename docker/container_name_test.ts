import assert from "node:assert/strict";
import {
  checkContainerName,
  incusNameProblem,
  randomContainerName,
} from "./container_name.ts";

Deno.test("checkContainerName() follows docker's rule", () => {
  for (
    const name of [
      "kind-control-plane",
      "a1",
      "A_b.c-d",
      "kind-build-1700000000-123",
      "1a",
      "x".repeat(100),
    ]
  ) {
    assert.equal(checkContainerName(name), name);
  }
  assert.equal(checkContainerName("/ab"), "ab");
  for (const name of ["", "a", "-a", "_a", ".a", "a b", "a/b", "//a", "é1"]) {
    assert.throws(() => checkContainerName(name), {
      name: "RangeError",
      message:
        `Invalid container name (${name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`,
    });
  }
});

Deno.test("incusNameProblem() tells what Incus would refuse", () => {
  for (const name of ["kind-control-plane", "c1", "1c", "A", "x".repeat(63)]) {
    assert.equal(incusNameProblem(name), undefined, name);
  }
  const start = (name: string) => `Incus cannot name an instance "${name}":`;
  const cases: [string, string][] = [
    ["a_b", 'it has "_", and only letters, digits and hyphens are allowed'],
    ["a.b", 'it has ".", and only letters, digits and hyphens are allowed'],
    ["-a", "it starts or ends with a hyphen"],
    ["a-", "it starts or ends with a hyphen"],
    ["123", "it is a number"],
    ["", "it is empty"],
    ["x".repeat(64), "it has 64 characters, and 63 are the most"],
  ];
  for (const [name, reason] of cases) {
    assert.equal(incusNameProblem(name), `${start(name)} ${reason}`);
  }
});

Deno.test("randomContainerName() makes names good for docker and Incus", () => {
  for (const number of [0, 0.31, 0.5, 0.999999]) {
    for (const attempt of [0, 1, 2]) {
      const name = randomContainerName(() => number, attempt);
      assert.equal(checkContainerName(name), name);
      assert.equal(incusNameProblem(name), undefined);
    }
  }
  assert.equal(randomContainerName(() => 0), "amber-acorn");
  assert.equal(randomContainerName(() => 0.999999), "witty-willow");
  assert.equal(randomContainerName(() => 0.5, 1).split("-").length, 3);
});
