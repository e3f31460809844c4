import assert from "node:assert/strict";
import { nearestVersions } from "./kubeadm_versions.ts";

const VERSIONS = ["v1.33.0", "v1.33.5", "v1.34.0", "v1.35.0", "v1.35.5"];

for (
  const [wanted, want] of [
    ["v1.35.2", ["v1.35.0", "v1.35.5", "v1.34.0"]],
    ["v1.35.3", ["v1.35.5", "v1.35.0", "v1.34.0"]],
    ["v1.36.0", ["v1.35.5", "v1.35.0", "v1.34.0"]],
    ["v1.34.7", ["v1.34.0", "v1.35.5", "v1.35.0"]],
    ["v1.20.0", ["v1.33.5", "v1.33.0", "v1.34.0"]],
  ] as const
) {
  Deno.test(`nearestVersions() of ${wanted}`, () => {
    assert.deepEqual(nearestVersions(wanted, VERSIONS), want);
  });
}

Deno.test("nearestVersions() leaves out what is no version", () => {
  assert.deepEqual(nearestVersions("v1.1.1", ["latest", "v1.2"]), []);
});
