import assert from "node:assert/strict";
import { storeTestImage } from "../images/store_test_data.ts";
import { fingerprintFor, pulledImage } from "./builders.ts";
import { FakeIncus } from "./fake_incus.ts";
import { assertRequests, runKini } from "./harness.ts";
import { makeCache } from "./store_fixture.ts";

const ONE = "docker.io/library/one:1";
const TWO = "docker.io/library/two:2";

Deno.test("docker tag names an image of the server's there", async () => {
  await using fake = await FakeIncus.start({ images: [pulledImage(ONE)] });
  const { stdout, stderr, code } = await runKini(
    ["docker", "tag", "one:1", "r.example:5000/x"],
    { fake },
  );
  assert.deepEqual([stdout, stderr, code], ["", "", 0]);
  assertRequests(fake, [
    "GET /1.0/images?recursion=1",
    "GET /1.0/images/aliases/r.example:5000/x:latest",
    "POST /1.0/images/aliases",
  ]);
  const list = await runKini([
    "docker",
    "images",
    "--format",
    "{{.Repository}}:{{.Tag}} {{.Digest}}",
    "--digests",
  ], { fake });
  assert.equal(
    list.stdout,
    `one:1 sha256:${fingerprintFor(`${ONE} manifest`)}\n` +
      "r.example:5000/x:latest <none>\n",
  );
});

Deno.test("docker tag that takes a name leaves the other image its digest", async () => {
  await using fake = await FakeIncus.start({
    images: [pulledImage(ONE), pulledImage(TWO)],
  });
  await runKini(["docker", "tag", "two:2", "one:1"], { fake });
  const list = async (...args: string[]) =>
    (await runKini(
      ["docker", "images", "--format", "{{.Repository}}:{{.Tag}} {{.ID}}"]
        .concat(args),
      { fake },
    )).stdout;
  const id = (name: string) => fingerprintFor(`${name} config`).slice(0, 12);
  assert.deepEqual(
    (await list()).trimEnd().split("\n").sort(),
    [`one:1 ${id(TWO)}`, `one:<none> ${id(ONE)}`, `two:2 ${id(TWO)}`].sort(),
  );
  assert.equal(
    await list("-f", "dangling=true"),
    `one:<none> ${id(ONE)}\n`,
  );
});

Deno.test("docker tag names an image of the local store there, and the newest name counts", async () => {
  await using cache = await makeCache();
  await using fake = await FakeIncus.start({ images: [pulledImage(ONE)] });
  const { env } = cache;
  const local = await storeTestImage(cache.store, TWO, "2");
  const idOf = async (name: string) =>
    (await runKini(
      ["docker", "image", "inspect", "-f", "{{.Id}}", name],
      { fake, env },
    )).stdout.trimEnd();
  const onServer = await idOf("one:1");
  const tag = (from: string, time: string) =>
    runKini(["docker", "tag", from, "one:1"], {
      fake,
      env,
      now: new Date(time),
    });
  await tag("two:2", "2026-03-01T00:00:00Z");
  assert.equal(await idOf("one:1"), local.id);
  assert.deepEqual(
    (await cache.store.list()).map(({ name, tagged }) => [name, tagged]),
    [
      [TWO, "2026-01-02T03:04:05.678Z"],
      [ONE, "2026-03-01T00:00:00.000Z"],
    ],
  );
  // The other image is still there by its ID, and can have the name back.
  await tag(onServer, "2026-03-02T00:00:00Z");
  assert.equal(await idOf("one:1"), onServer);
  const rows = await runKini(
    ["docker", "images", "--format", "{{.Repository}}:{{.Tag}} {{.ID}}"],
    { fake, env },
  );
  assert.deepEqual(rows.stdout.trimEnd().split("\n").sort(), [
    `one:1 ${onServer.slice(7, 19)}`,
    `two:2 ${local.id.slice(7, 19)}`,
  ]);
});

Deno.test("docker tag refuses in docker's words", async () => {
  await using fake = await FakeIncus.start({ images: [pulledImage(ONE)] });
  const zeros = "0".repeat(64);
  const daemon = "Error response from daemon: ";
  const cases: [from: string, to: string, want: string][] = [
    ["nonesuch", "x", `${daemon}No such image: nonesuch:latest\n`],
    [
      "one:1",
      "UPPER",
      'Error parsing reference: "UPPER" is not a valid repository/tag: invalid ' +
      "reference format: repository name (library/UPPER) must be lowercase\n",
    ],
    [
      "",
      "x",
      'Error parsing reference: "" is not a valid repository/tag: invalid reference format\n',
    ],
    [
      "one:1",
      `x@sha256:${zeros}`,
      "refusing to create a tag with a digest reference\n",
    ],
    [
      "one:1",
      "sha256:abc",
      `${daemon}refusing to create an ambiguous tag using digest algorithm as name\n`,
    ],
  ];
  for (const [from, to, want] of cases) {
    const { stderr, code } = await runKini(["docker", "tag", from, to], {
      fake,
    });
    assert.deepEqual([stderr, code], [want, 1], to);
  }
});
