import assert from "node:assert/strict";
import {
  dockerPullErrorText,
  RegistryError,
  type RegistryErrorInit,
} from "./registry_error.ts";

const REFERENCE = {
  registry: "docker.io",
  repository: "library/busybox",
  tag: "nope",
};

function errorOf(init: Partial<RegistryErrorInit>): RegistryError {
  return new RegistryError({
    kind: "status",
    method: "GET",
    url: new URL("https://u:p@registry-1.docker.io/v2/x?token=secret#hash"),
    text: "",
    ...init,
  });
}

Deno.test("RegistryError says what was asked and what came, and no secret", () => {
  const error = errorOf({
    status: 404,
    code: "MANIFEST_UNKNOWN",
    text: "manifest\u001b[2J unknown\n",
  });
  assert.equal(
    error.message,
    'Cannot GET "https://registry-1.docker.io/v2/x": 404: MANIFEST_UNKNOWN: ' +
      "manifest [2J unknown",
  );
  assert.doesNotMatch(Deno.inspect(error), /secret|u:p/);
  assert.equal(
    errorOf({ kind: "network", text: "connection refused" }).message,
    'Cannot GET "https://registry-1.docker.io/v2/x": connection refused',
  );
});

Deno.test("dockerPullErrorText() has docker's words", () => {
  const denied = "pull access denied for busybox, repository does not exist " +
    "or may require 'docker login': ";
  const tests: { init: Partial<RegistryErrorInit>; want: string }[] = [
    {
      init: {
        kind: "manifest-unknown",
        code: "MANIFEST_UNKNOWN",
        text: "manifest unknown",
      },
      want: "manifest for busybox:nope not found: manifest unknown: " +
        "manifest unknown",
    },
    {
      init: { kind: "manifest-unknown" },
      want: "manifest for busybox:nope not found: manifest unknown: " +
        "manifest unknown",
    },
    {
      init: { kind: "name-unknown", code: "NAME_UNKNOWN" },
      want: "repository busybox not found: name unknown: " +
        "repository name not known to registry",
    },
    {
      init: { kind: "denied", code: "DENIED" },
      want: denied + "denied: requested access to the resource is denied",
    },
    {
      init: { kind: "unauthorized", text: "incorrect username or password" },
      want: denied + "unauthorized: incorrect username or password",
    },
    {
      init: {
        kind: "rate-limited",
        code: "TOOMANYREQUESTS",
        text: "You have reached your pull rate limit.",
      },
      want: "toomanyrequests: You have reached your pull rate limit.",
    },
    {
      init: { kind: "network", text: "connection refused" },
      want: 'Get "https://registry-1.docker.io/v2/x": connection refused',
    },
    {
      init: { kind: "status", status: 503 },
      want: "received unexpected HTTP status: 503 Service Unavailable",
    },
    {
      init: { kind: "status", status: 404, code: "BLOB_UNKNOWN" },
      want: "blob unknown: blob unknown",
    },
    {
      init: { kind: "no-platform", text: "no matching manifest for a/b" },
      want: "no matching manifest for a/b",
    },
  ];
  for (const { init, want } of tests) {
    assert.equal(dockerPullErrorText(errorOf(init), REFERENCE), want);
  }
});
