import assert from "node:assert/strict";
import {
  apiHost,
  checkReference,
  familiarName,
  familiarString,
} from "./registry_reference.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;

Deno.test("familiarString() formats as docker does", () => {
  const tests = [
    {
      input: { registry: "docker.io", repository: "library/busybox" },
      want: "busybox:latest",
    },
    {
      input: { registry: "docker.io", repository: "kindest/node", tag: "v1" },
      want: "kindest/node:v1",
    },
    {
      input: { registry: "localhost:5000", repository: "library/a", tag: "b" },
      want: "localhost:5000/library/a:b",
    },
    {
      input: {
        registry: "docker.io",
        repository: "kindest/node",
        tag: "v1",
        digest: DIGEST,
      },
      want: `kindest/node:v1@${DIGEST}`,
    },
    {
      input: { registry: "docker.io", repository: "a/b", digest: DIGEST },
      want: `a/b@${DIGEST}`,
    },
  ];
  for (const { input, want } of tests) {
    assert.equal(familiarString(input), want);
  }
  assert.equal(
    familiarName({ registry: "docker.io", repository: "library/a/b" }),
    "library/a/b",
  );
});

Deno.test("checkReference() fills in docker's defaults", () => {
  assert.deepEqual(
    checkReference({ registry: "docker.io", repository: "busybox" }),
    { registry: "docker.io", repository: "library/busybox", name: "latest" },
  );
  assert.deepEqual(
    checkReference({
      registry: "localhost:5000",
      repository: "a__b/c-d",
      tag: "v1",
      digest: DIGEST,
    }),
    { registry: "localhost:5000", repository: "a__b/c-d", name: DIGEST },
  );
});

Deno.test("checkReference() rejects what would change the URL", () => {
  const bad = [
    { registry: "a@b", repository: "x" },
    { registry: "host/path", repository: "x" },
    { registry: "", repository: "x" },
    { registry: "host", repository: "" },
    { registry: "host", repository: "../x" },
    { registry: "host", repository: "a//b" },
    { registry: "host", repository: "a?b" },
    { registry: "host", repository: "A" },
    { registry: "host", repository: "x", tag: "a/b" },
    { registry: "host", repository: "x", tag: "" },
    { registry: "host", repository: "x", digest: "sha256:../../../etc" },
  ];
  for (const reference of bad) {
    assert.throws(
      () => checkReference(reference),
      SyntaxError,
      JSON.stringify(reference),
    );
  }
});

Deno.test("apiHost() differs from the name only for docker's registry", () => {
  assert.equal(apiHost("docker.io"), "registry-1.docker.io");
  assert.equal(apiHost("localhost:5000"), "localhost:5000");
});
