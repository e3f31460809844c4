import assert from "node:assert/strict";
import { familiarReference } from "../docker/image_reference.ts";
import { storeTestImage, withStore } from "../images/store_test_data.ts";
import { fingerprintFor, pulledImage } from "../tests/builders.ts";
import { FakeIncus } from "../tests/fake_incus.ts";
import { assertRequests } from "../tests/harness.ts";
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

Deno.test("findDockerImage() of an image of the local store is one request too", async () => {
  await using fake = await FakeIncus.start({ images: [pulledImage(ONE)] });
  using client = fake.client();
  await withStore(async (store) => {
    const places = { client, folder: store.folder };
    const { id, descriptor } = await storeTestImage(store, TWO, "x", {
      pulled: true,
    });
    const cases: [text: string, want: string | undefined, requests: string][] =
      [
        ["two:2", id, `GET /1.0/images/aliases/${TWO}`],
        ["one:1", ONE, `GET /1.0/images/aliases/${ONE}`],
        [
          "nonesuch:1",
          undefined,
          "GET /1.0/images/aliases/docker.io/library/nonesuch:1",
        ],
      ];
    for (const [text, want, request] of cases) {
      const from = fake.requests.length;
      const found = await findDockerImage(places, text);
      assert.equal(
        found?.id,
        want === ONE ? `sha256:${fingerprintFor(`${ONE} config`)}` : want,
      );
      assertRequests(fake, [request], { from });
    }
    const found = await findDockerImage(places, `two@${descriptor.digest}`);
    assert.deepEqual(found?.stored, { local: descriptor.digest });
    const whole = await findDockerImage(places, id.slice(7, 19));
    assert.equal(whole?.id, id);
  });
});

Deno.test("findDockerImage() goes by the server's name when the local image is damaged", async () => {
  await using fake = await FakeIncus.start({ images: [pulledImage(ONE)] });
  using client = fake.client();
  await withStore(async (store) => {
    const { id } = await storeTestImage(store, ONE, "x");
    await Deno.remove(store.blobPath(id));
    const found = await findDockerImage({ client, folder: store.folder }, ONE);
    assert.deepEqual(found?.stored, { server: fingerprintFor(ONE) });
  });
});

Deno.test("listDockerImages() has an image of both places once", async () => {
  await using fake = await FakeIncus.start();
  using client = fake.client();
  await withStore(async (store) => {
    const { id, descriptor } = await storeTestImage(store, TWO, "x".repeat(9));
    fake.addImage(pulledImage(ONE, { id }));
    const [image] = (await listDockerImages({ client, folder: store.folder }))
      .filter((one) => one.id === id);
    assert.deepEqual(image?.stored, {
      server: fingerprintFor(ONE),
      local: descriptor.digest,
    });
    assert.deepEqual(image.references.map(familiarReference), [
      "one:1",
      `one@sha256:${fingerprintFor(`${ONE} manifest`)}`,
      "two:2",
    ]);
    assert.equal(image.size, 9);
  });
});
