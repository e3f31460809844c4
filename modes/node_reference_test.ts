import assert from "node:assert/strict";
import { parseImageReference } from "../docker/image_reference.ts";
import { isNodeReference, nodeVersionOf } from "./node_reference.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;

for (
  const [text, isNode, version] of [
    ["kindest/node:v1.35.0", true, "v1.35.0"],
    [`kindest/node:v1.35.0@${DIGEST}`, true, "v1.35.0"],
    ["localhost:5000/kindest/node:v1.35.0", true, "v1.35.0"],
    ["mirror.example/hub/kindest/node:v1.36.0-rc.1", true, "v1.36.0-rc.1"],
    [`kindest/node@${DIGEST}`, true, undefined],
    ["kindest/node:latest", true, undefined],
    ["kindest/node:v1.35", true, undefined],
    ["my/node:v1.35.0", false, undefined],
    ["notkindest/node:v1.35.0", false, undefined],
    ["kindest/node-x:v1.35.0", false, undefined],
  ] as const
) {
  Deno.test(`nodeVersionOf() ${text.slice(0, 50)}`, () => {
    const reference = parseImageReference(text);
    assert.equal(isNodeReference(reference), isNode);
    assert.equal(nodeVersionOf(reference), version);
  });
}
