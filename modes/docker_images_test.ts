import assert from "node:assert/strict";
import { fingerprintFor, pulledImage } from "../tests/builders.ts";
import { FakeIncus } from "../tests/fake_incus.ts";
import {
  completeImage,
  findDockerImage,
  listDockerImages,
  missingImageName,
} from "./docker_images.ts";

const ONE = "docker.io/library/one:1";
const TWO = "docker.io/library/two:2";
const ID = `sha256:${"ab".repeat(32)}`;

Deno.test("listDockerImages() gathers the names of one configuration", async () => {
  await using fake = await FakeIncus.start({
    images: [pulledImage(ONE, { id: ID }), pulledImage(TWO, { id: ID })],
  });
  using client = fake.client();
  const places = { client, folder: undefined };
  const images = await listDockerImages(places);
  assert.equal(images.length, 1);
  assert.deepEqual(
    images[0]!.references.map(({ repository, tag }) => `${repository}:${tag}`),
    [
      "library/one:1",
      "library/one:undefined",
      "library/two:2",
      "library/two:undefined",
    ],
  );
  assert.equal(images[0]!.architecture, "amd64");
});

Deno.test("findDockerImage() finds by name, digest and id", async () => {
  await using fake = await FakeIncus.start({
    images: [pulledImage(ONE, { id: ID }), pulledImage(TWO)],
  });
  using client = fake.client();
  const places = { client, folder: undefined };
  const digest = fingerprintFor(`${ONE} manifest`);
  for (const whole of [true, false]) {
    const cases: [text: string, want: string | undefined][] = [
      ["one:1", ID],
      ["docker.io/library/one:1", ID],
      [`one@sha256:${digest}`, ID],
      [`one:1@sha256:${digest}`, ID],
      [ID, ID],
      ["ab".repeat(32), ID],
      ["abab", ID],
      [fingerprintFor(ONE).slice(0, 12), ID],
      ["one", undefined],
      [`two@sha256:${digest}`, undefined],
      ["cafe", undefined],
    ];
    for (const [text, want] of cases) {
      const found = await findDockerImage(places, text, { whole });
      assert.equal(found?.id, want, text);
    }
  }
  await assert.rejects(findDockerImage(places, "BAD NAME"), SyntaxError);
});

Deno.test("completeImage() adds what the alias does not tell", async () => {
  await using fake = await FakeIncus.start({ images: [pulledImage(ONE)] });
  using client = fake.client();
  const places = { client, folder: undefined };
  const found = await findDockerImage(places, "one:1");
  assert.deepEqual([found!.size, found!.architecture], [0, ""]);
  const { size, architecture, references } = await completeImage(
    places,
    found!,
  );
  assert.deepEqual([size, architecture, references.length], [
    2_000_000,
    "amd64",
    2,
  ]);
});

Deno.test("missingImageName() names images as docker's error does", () => {
  const zeros = "0".repeat(64);
  const cases: [text: string, want: string][] = [
    ["x", "x:latest"],
    ["docker.io/library/x:1", "x:1"],
    ["localhost:5000/x", "localhost:5000/x:latest"],
    [`x:1@sha256:${zeros}`, `x@sha256:${zeros}`],
    [`sha256:${zeros}`, `sha256:${zeros}`],
    [zeros, `sha256:${zeros}`],
  ];
  for (const [text, want] of cases) assert.equal(missingImageName(text), want);
});
