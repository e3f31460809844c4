import assert from "node:assert/strict";
import { storeTestImage } from "../images/store_test_data.ts";
import { fingerprintFor, pulledImage } from "./builders.ts";
import { FakeIncus } from "./fake_incus.ts";
import { assertRequests, runKini } from "./harness.ts";
import { makeCache } from "./store_fixture.ts";

const ONE = "docker.io/library/one:1";
const ID = `sha256:${fingerprintFor(`${ONE} config`)}`;
const DIGEST = `one@sha256:${fingerprintFor(`${ONE} manifest`)}`;

Deno.test("docker rmi removes names, and an image with its last one", async () => {
  await using fake = await FakeIncus.start({ images: [pulledImage(ONE)] });
  const docker = (...args: string[]) => runKini(["docker", ...args], { fake });
  await docker("tag", "one:1", "r.example:5000/two");
  const tagged = await docker("rmi", "one:1");
  assert.equal(tagged.stdout, `Untagged: one:1\nUntagged: ${DIGEST}\n`);
  const from = fake.requests.length;
  const last = await docker("rmi", "r.example:5000/two");
  assert.equal(
    last.stdout,
    `Untagged: r.example:5000/two:latest\nDeleted: ${ID}\n`,
  );
  assert.deepEqual([last.stderr, last.code], ["", 0]);
  const fingerprint = fingerprintFor(ONE);
  assertRequests(fake, [
    "GET /1.0/images?recursion=1",
    "GET /1.0/instances?recursion=1",
    "DELETE /1.0/images/aliases/r.example:5000/two:latest",
    `GET /1.0/images/${fingerprint}`,
    `DELETE /1.0/images/${fingerprint}`,
  ], { from, ignore: /operations|events/, anyOrder: true });
  assert.equal((await docker("images", "-q")).stdout, "");
});

Deno.test("docker rmi leaves aliases that are not kini's, and their image", async () => {
  const image = pulledImage(ONE);
  image.image.aliases!.push({ name: "mine", description: "" });
  await using fake = await FakeIncus.start({ images: [image] });
  const { stdout } = await runKini(["docker", "rmi", "one:1"], { fake });
  assert.match(stdout, /Deleted: sha256:/);
  assert.deepEqual(
    fake.world.images.get(fingerprintFor(ONE))?.image.aliases,
    [{ name: "mine", description: "" }],
  );
});

Deno.test("docker rmi goes on after an image that isn't there", async () => {
  const cases: [flags: string[], code: number][] = [[[], 1], [["-f"], 0]];
  for (const [flags, code] of cases) {
    await using fake = await FakeIncus.start({ images: [pulledImage(ONE)] });
    const result = await runKini(
      ["docker", "rmi", ...flags, "nonesuch", "one:1"],
      { fake },
    );
    assert.deepEqual(result, {
      ...result,
      stdout: `Untagged: one:1\nUntagged: ${DIGEST}\nDeleted: ${ID}\n`,
      stderr: "Error response from daemon: No such image: nonesuch:latest\n",
      code,
    });
  }
});

Deno.test("docker rmi keeps an image that a container uses", async () => {
  await using fake = await FakeIncus.start({ images: [pulledImage(ONE)] });
  const made = await runKini(["docker", "create", "--name", "c1", "one:1"], {
    fake,
  });
  const container = made.stdout.slice(0, 12);
  const short = ID.slice(7, 19);
  const kept = await runKini(["docker", "rmi", "one:1"], { fake });
  assert.equal(
    kept.stderr,
    "Error response from daemon: conflict: unable to remove repository " +
      `reference "one:1" (must force) - container ${container} is using its ` +
      `referenced image ${short}\n`,
  );
  await runKini(["docker", "start", "c1"], { fake });
  const forced = await runKini(["docker", "rmi", "-f", short], { fake });
  assert.equal(
    forced.stderr,
    `Error response from daemon: conflict: unable to delete ${short} ` +
      `(cannot be forced) - image is being used by running container ${container}\n`,
  );
  const untagged = await runKini(["docker", "rmi", "-f", "one:1"], { fake });
  assert.equal(untagged.stdout, `Untagged: one:1\nUntagged: ${DIGEST}\n`);
  const list = await runKini(
    ["docker", "images", "--format", "{{.Repository}} {{.Tag}} {{.ID}}"],
    { fake },
  );
  assert.equal(list.stdout, `<none> <none> ${short}\n`);
  await runKini(["docker", "rm", "-f", "c1"], { fake });
  const pruned = await runKini(["docker", "image", "prune", "-f"], { fake });
  assert.equal(
    pruned.stdout,
    `Deleted Images:\ndeleted: ${ID}\n\nTotal reclaimed space: 2MB\n`,
  );
});

Deno.test("docker rmi removes from both places, with the layers that nobody else has", async () => {
  await using cache = await makeCache();
  await using fake = await FakeIncus.start();
  const base = new TextEncoder().encode("shared");
  const one = await storeTestImage(cache.store, ONE, base);
  const two = await storeTestImage(
    cache.store,
    "docker.io/library/two:1",
    base,
    { config: { config: { Cmd: ["two"] } } },
  );
  fake.addImage(pulledImage("docker.io/library/two:1", { id: two.id }));
  const rmi = async (name: string) =>
    (await runKini(["docker", "rmi", name], { fake, env: cache.env })).stdout;
  assert.equal(await rmi("one:1"), `Untagged: one:1\nDeleted: ${one.id}\n`);
  assert.equal(await cache.store.hasBlob(one.id), false);
  assert.equal(await cache.store.hasBlob(one.layer.digest), true);
  assert.match(
    await rmi("two:1"),
    new RegExp(`Deleted: ${two.id}\nDeleted: ${two.layer.digest}\n$`),
  );
  assert.equal(await cache.store.hasBlob(two.layer.digest), false);
  assert.deepEqual(await cache.store.list(), []);
  assert.deepEqual([...fake.world.images.keys()].length, 1, "busybox stays");
});

Deno.test("docker image prune asks, and removes what has no tag", async () => {
  await using cache = await makeCache();
  await using fake = await FakeIncus.start({ images: [] });
  const { id, layer } = await storeTestImage(cache.store, "", "nameless");
  await storeTestImage(cache.store, ONE, "named");
  const prune = (stdin: string, ...args: string[]) =>
    runKini(["docker", "image", "prune", ...args], {
      fake,
      env: cache.env,
      stdin,
    });
  const question = "WARNING! This will remove all dangling images.\n" +
    "Are you sure you want to continue? [y/N] ";
  assert.equal((await prune("n\n")).stdout, question);
  assert.equal((await prune("")).stdout, question);
  assert.equal(await cache.store.hasBlob(id), true);
  const { stdout } = await prune("y\n");
  assert.ok(
    stdout.startsWith(
      `${question}Deleted Images:\ndeleted: ${id}\ndeleted: ${layer.digest}\n\n` +
        "Total reclaimed space: ",
    ),
    stdout,
  );
  assert.equal(await cache.store.hasBlob(id), false);
  assert.equal(
    (await prune("", "-f")).stdout,
    "Total reclaimed space: 0B\n",
  );
  const kept = await prune("", "-a", "-f", "--filter", "label=nonesuch");
  assert.equal(kept.stdout, "Total reclaimed space: 0B\n");
  assert.match((await prune("", "-a", "-f")).stdout, /untagged: one:1\n/);
  assert.deepEqual(await cache.store.list(), []);
});
