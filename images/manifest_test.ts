import assert from "node:assert/strict";
import { parseManifest } from "./manifest.ts";
import { INDEX_MEDIA_TYPES, MANIFEST_MEDIA_TYPES } from "./media_types.ts";

const [OCI_INDEX = "", DOCKER_LIST = ""] = INDEX_MEDIA_TYPES;
const [OCI_MANIFEST = "", DOCKER_MANIFEST = ""] = MANIFEST_MEDIA_TYPES;
const PART = { mediaType: "x", digest: `sha256:${"a".repeat(64)}`, size: 1 };

Deno.test("parseManifest() reads both kinds of both makers", () => {
  for (const mediaType of [OCI_INDEX, DOCKER_LIST]) {
    const platform = { os: "linux", architecture: "arm", variant: "v7" };
    assert.deepEqual(
      parseManifest({ mediaType, manifests: [{ ...PART, platform }] }, ""),
      { kind: "index", mediaType, manifests: [{ ...PART, platform }] },
    );
  }
  for (const mediaType of [OCI_MANIFEST, DOCKER_MANIFEST]) {
    assert.deepEqual(
      parseManifest({ mediaType, config: PART, layers: [PART] }, ""),
      { kind: "manifest", mediaType, config: PART, layers: [PART] },
    );
  }
});

Deno.test("parseManifest() asks the Content-Type only if the body is silent", () => {
  const body = { config: PART, layers: [] };
  assert.equal(
    parseManifest(body, `${OCI_MANIFEST}; charset=utf-8`).mediaType,
    OCI_MANIFEST,
  );
  assert.equal(
    parseManifest({ ...body, mediaType: DOCKER_MANIFEST }, "text/plain")
      .mediaType,
    DOCKER_MANIFEST,
  );
});

Deno.test("parseManifest() rejects what is no image", () => {
  const image = { mediaType: OCI_MANIFEST, config: PART, layers: [] };
  const index = { mediaType: OCI_INDEX, manifests: [] };
  const bad: { body: unknown; want: RegExp }[] = [
    { body: null, want: /manifest is not an object/ },
    { body: [], want: /manifest is not an object/ },
    { body: { config: PART, layers: [] }, want: /unsupported media type none/ },
    { body: { ...image, mediaType: "text/x" }, want: /media type text\/x/ },
    { body: { ...image, manifests: [] }, want: /content is no/ },
    { body: { ...index, mediaType: OCI_MANIFEST }, want: /content is no/ },
    { body: { ...image, mediaType: OCI_INDEX }, want: /content is no/ },
    { body: { mediaType: OCI_MANIFEST }, want: /content is no/ },
    { body: { ...image, config: undefined }, want: /config is not an object/ },
    { body: { ...image, layers: {} }, want: /layers is not a list/ },
    {
      body: { ...image, config: { ...PART, digest: "sha256:../x" } },
      want: /Invalid digest/,
    },
    {
      body: { ...image, layers: [{ ...PART, size: -1 }] },
      want: /layers\[0\]/,
    },
    { body: { ...image, layers: [{ ...PART, size: "1" }] }, want: /no size/ },
    {
      body: { ...index, manifests: [{ ...PART, platform: "linux" }] },
      want: /manifests\[0\]\.platform is not an object/,
    },
  ];
  for (const { body, want } of bad) {
    assert.throws(() => parseManifest(body, ""), (error) => {
      assert(error instanceof SyntaxError);
      assert.match(error.message, want);
      return true;
    });
  }
});
