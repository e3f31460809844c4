import assert from "node:assert/strict";
import {
  familiarReference,
  formatImageReference,
  parseImageId,
  parseImageReference,
  withDefaultTag,
} from "./image_reference.ts";

const SUM = "0123456789abcdef".repeat(4);

Deno.test("parseImageReference() fills in registry and library", () => {
  const cases: [string, string, string][] = [
    // input, full form, familiar form
    ["x", "docker.io/library/x", "x"],
    ["x:1", "docker.io/library/x:1", "x:1"],
    [
      "kindest/node:v1.35.0",
      "docker.io/kindest/node:v1.35.0",
      "kindest/node:v1.35.0",
    ],
    [
      `kindest/node:v1@sha256:${SUM}`,
      `docker.io/kindest/node:v1@sha256:${SUM}`,
      `kindest/node:v1@sha256:${SUM}`,
    ],
    [`x@sha256:${SUM}`, `docker.io/library/x@sha256:${SUM}`, `x@sha256:${SUM}`],
    ["localhost:5000/x:1", "localhost:5000/x:1", "localhost:5000/x:1"],
    ["localhost/x", "localhost/x", "localhost/x"],
    ["localhost", "docker.io/library/localhost", "localhost"],
    ["localhost:5000", "docker.io/library/localhost:5000", "localhost:5000"],
    ["a/b/c:D", "docker.io/a/b/c:D", "a/b/c:D"],
    ["docker.io/x", "docker.io/library/x", "x"],
    ["docker.io/library/x", "docker.io/library/x", "x"],
    ["docker.io/library/a/b", "docker.io/library/a/b", "library/a/b"],
    ["index.docker.io/x", "docker.io/library/x", "x"],
    ["docker.io", "docker.io/library/docker.io", "docker.io"],
    [
      "registry.k8s.io/pause:3.10",
      "registry.k8s.io/pause:3.10",
      "registry.k8s.io/pause:3.10",
    ],
    ["Foo/a", "Foo/a", "Foo/a"],
    ["EXAMPLE.com/x", "EXAMPLE.com/x", "EXAMPLE.com/x"],
    ["[::1]:5000/x", "[::1]:5000/x", "[::1]:5000/x"],
    ["x--y", "docker.io/library/x--y", "x--y"],
    ["x__y.z", "docker.io/library/x__y.z", "x__y.z"],
    [`sha256:${SUM}`, `docker.io/library/sha256:${SUM}`, `sha256:${SUM}`],
    [
      `x:${"t".repeat(128)}`,
      `docker.io/library/x:${"t".repeat(128)}`,
      `x:${"t".repeat(128)}`,
    ],
  ];
  for (const [input, full, familiar] of cases) {
    const reference = parseImageReference(input);
    assert.equal(formatImageReference(reference), full, input);
    assert.equal(familiarReference(reference), familiar, input);
  }
});

Deno.test("parseImageReference() splits into parts", () => {
  assert.deepEqual(parseImageReference(`localhost:5000/a/b:v1@sha256:${SUM}`), {
    registry: "localhost:5000",
    repository: "a/b",
    tag: "v1",
    digest: `sha256:${SUM}`,
  });
  assert.deepEqual(parseImageReference("x"), {
    registry: "docker.io",
    repository: "library/x",
  });
});

Deno.test("parseImageReference() refuses with docker's texts", () => {
  const invalid = "invalid reference format";
  const cases: [string, string][] = [
    ["Foo", `${invalid}: repository name (library/Foo) must be lowercase`],
    ["a/Foo:1", `${invalid}: repository name (a/Foo) must be lowercase`],
    ["gcr.io/Foo", `${invalid}: repository name (Foo) must be lowercase`],
    [
      SUM,
      `invalid repository name (${SUM}), cannot specify 64-byte hexadecimal strings`,
    ],
    ["x@sha256:abc", invalid],
    [`x@sha512:${SUM}`, "invalid checksum digest length"],
    [`x@foo:${SUM}`, "unsupported digest algorithm"],
    [
      `x@toString:${SUM}`,
      `${invalid}: repository name (library/x@toString) must be lowercase`,
    ],
    [`x@sha256:${SUM.toUpperCase()}`, "invalid checksum digest format"],
    [`gcr.io/x@sha256:${SUM}:t`, invalid],
    ["a".repeat(260), "repository name must not be more than 255 characters"],
    [`x:${"t".repeat(129)}`, invalid],
    ...[
      "",
      ":a",
      "x:",
      "x:-a",
      "x:1:2",
      "x@",
      "a//b",
      "/a",
      "a/",
      "docker.io/",
      "x-",
      "-x",
      "x___y",
      "x._y",
      "x y",
      "x\n",
      "http://x",
      "-a.b/c",
    ]
      .map((input): [string, string] => [input, invalid]),
  ];
  for (const [input, message] of cases) {
    assert.throws(() => parseImageReference(input), {
      name: "SyntaxError",
      message,
    }, input);
  }
});

Deno.test("withDefaultTag() adds latest only to a bare name", () => {
  const tagged = (text: string) =>
    familiarReference(withDefaultTag(parseImageReference(text)));
  assert.equal(tagged("x"), "x:latest");
  assert.equal(tagged("x:1"), "x:1");
  assert.equal(tagged(`x@sha256:${SUM}`), `x@sha256:${SUM}`);
});

Deno.test("parseImageId() reads whole and shortened IDs", () => {
  assert.equal(parseImageId(`sha256:${SUM}`), SUM);
  assert.equal(parseImageId(SUM), SUM);
  assert.equal(parseImageId("0123abc"), "0123abc");
  for (const text of ["", "sha256:", "xyz", SUM + "0", "ABC", "sha512:abc"]) {
    assert.equal(parseImageId(text), undefined, text);
  }
});
