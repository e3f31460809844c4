import assert from "node:assert/strict";
import { FakeRegistry, serve } from "../images/fake_registry.ts";
import { storeTestImage } from "../images/store_test_data.ts";
import { treeFromTar } from "../images/file_tree.ts";
import { pulledImage } from "./builders.ts";
import { FakeIncus } from "./fake_incus.ts";
import { assertRequests, runKini } from "./harness.ts";
import { makeCache } from "./store_fixture.ts";

/** RepoTags and layers of an archive, by image. */
async function listed(archive: Uint8Array<ArrayBuffer>) {
  let text = "";
  for await (
    const { name, body } of treeFromTar(new Blob([archive]).stream())
  ) {
    if (name === "manifest.json") text = await new Response(body).text();
    else await body?.cancel();
  }
  return JSON.parse(text).map((
    { RepoTags }: { RepoTags: string[] | null },
  ) => RepoTags);
}

Deno.test("docker save writes images to stdout, by name, repository and id", async () => {
  await using cache = await makeCache();
  await using fake = await FakeIncus.start();
  const one = await storeTestImage(cache.store, "docker.io/library/one:1", "1");
  await storeTestImage(cache.store, "docker.io/library/one:2", "2");
  await storeTestImage(cache.store, "docker.io/kini/two:latest", "3");
  const cases: [args: string[], want: unknown][] = [
    [["one:1"], [["one:1"]]],
    [["one"], [["one:1"], ["one:2"]]],
    [["kini/two"], [["kini/two:latest"]]],
    [["one:2", "one:1", "one:2"], [["one:1"], ["one:2"]]],
    [[one.id], [null]],
    [[one.id.slice(7, 19)], [null]],
    [["--platform", "linux/amd64", "one:1"], [["one:1"]]],
  ];
  for (const [args, want] of cases) {
    const from = fake.requests.length;
    const { stdoutBytes, stderr, code } = await runKini(
      ["docker", "save", ...args],
      { fake, env: cache.env },
    );
    assert.deepEqual([stderr, code], ["", 0], args.join(" "));
    const bytes = new Uint8Array(stdoutBytes);
    assert.deepEqual((await listed(bytes)).sort(), want, args.join(" "));
    assertRequests(fake, ["GET /1.0/images?recursion=1"], { from });
  }
});

Deno.test("docker save -o writes a whole file, or none", async () => {
  await using cache = await makeCache();
  await using fake = await FakeIncus.start();
  const image = await storeTestImage(
    cache.store,
    "docker.io/library/one:1",
    "1",
  );
  const folder = `${cache.folder}/out`;
  await Deno.mkdir(folder);
  const path = `${folder}/one.tar`;
  const save = (...args: string[]) =>
    runKini(["docker", "save", ...args], { fake, env: cache.env });
  const { stdout, code } = await save("-o", path, "one:1");
  assert.deepEqual([stdout, code], ["", 0]);
  const { mode, size } = await Deno.stat(path);
  assert.equal(mode! & 0o777, 0o600);
  assert.deepEqual(await listed(await Deno.readFile(path)), [["one:1"]]);

  // What was there stays when a save fails.
  await Deno.remove(cache.store.blobPath(image.layer.digest));
  const failed = await save("-o", path, "one:1");
  assert.equal(failed.code, 1);
  assert.match(failed.stderr, /layers of one:1 are not on this machine/);
  assert.equal((await Deno.stat(path)).size, size);
  const names = await Array.fromAsync(Deno.readDir(folder), (one) => one.name);
  assert.deepEqual(names, ["one.tar"]);
});

Deno.test("docker save refuses in docker's words", async () => {
  await using cache = await makeCache();
  await using fake = await FakeIncus.start();
  await storeTestImage(cache.store, "docker.io/library/one:1", "1");
  const daemon = "Error response from daemon: ";
  const cases: [args: string[], want: string][] = [
    [["nonesuch"], `${daemon}No such image: nonesuch\n`],
    [["one:2"], `${daemon}reference does not exist\n`],
    [
      ["UPPER"],
      `${daemon}invalid reference format: repository name (library/UPPER) must be lowercase\n`,
    ],
    [[""], `${daemon}invalid reference format\n`],
    [
      ["-o", "/dev/null/x/y", "one:1"],
      'failed to save image: invalid output path: directory "/dev/null/x" does not exist\n',
    ],
    [
      ["-o", "/dev/null", "one:1"],
      'failed to save image: invalid output path: "/dev/null" must be a directory or a regular file: got a device\n',
    ],
  ];
  for (const [args, want] of cases) {
    const { stdout, stderr, code } = await runKini(
      ["docker", "save", ...args],
      { fake, env: cache.env },
    );
    assert.deepEqual([stdout, stderr, code], ["", want, 1], args.join(" "));
  }
  const { stderr, stdout } = await runKini(["docker", "save", "one:1"], {
    fake,
    env: cache.env,
    terminal: true,
  });
  assert.equal(stdout, "");
  assert.equal(
    stderr,
    "cowardly refusing to save to a terminal. Use the -o flag or redirect\n",
  );
});

Deno.test("docker save without a store says how to have one", async () => {
  await using fake = await FakeIncus.start({
    images: [pulledImage("docker.io/library/one:1")],
  });
  const { stderr, code } = await runKini(["docker", "save", "one:1"], {
    fake,
    env: { KINI_CACHE: "no" },
  });
  assert.equal(code, 1);
  assert.match(stderr, /layers of one:1 .* KINI_CACHE allows no image store/);
});

/** A registry with one image for two platforms, and the server's copy of the first. */
async function imageOfTwoPlatforms(registry: FakeRegistry, host: string) {
  const manifests = [];
  const ids: string[] = [];
  for (const [index, architecture] of ["amd64", "arm64"].entries()) {
    const layer = await registry.addLayer(
      "a/b",
      new Uint8Array(100).fill(index),
    );
    const { manifest, configDigest } = await registry.addImage("a/b", {
      os: "linux",
      architecture,
      rootfs: { type: "layers", diff_ids: [`sha256:${"1".repeat(64)}`] },
    }, { layers: [layer] });
    manifests.push({ ...manifest, platform: { os: "linux", architecture } });
    ids.push(configDigest);
  }
  const index = await registry.addManifest("a/b", {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests,
  } as { mediaType: string });
  const name = `${host}/a/b:1`;
  const onServer = pulledImage(name, { id: ids[0]! });
  const [alias] = onServer.image.aliases!;
  alias!.description = JSON.stringify({
    ...JSON.parse(alias!.description),
    digest: index.digest,
  });
  return { name, onServer, ids, index };
}

Deno.test("docker save fetches by its digest what only the server has, once", async () => {
  await using cache = await makeCache();
  await using fake = await FakeIncus.start();
  const registry = new FakeRegistry();
  await using served = serve(registry.handler);
  const { name, onServer, ids, index } = await imageOfTwoPlatforms(
    registry,
    served.registry,
  );
  fake.addImage(onServer);
  const configs = async (...args: string[]) => {
    const result = await runKini(["docker", "save", ...args, name], {
      fake,
      env: cache.env,
    });
    assert.deepEqual([result.stderr, result.code], ["", 0]);
    const archive = new Blob([new Uint8Array(result.stdoutBytes)]).stream();
    for await (const { name, body } of treeFromTar(archive)) {
      if (name !== "manifest.json") await body?.cancel();
      else {
        return JSON.parse(await new Response(body).text()).map((
          { Config }: { Config: string },
        ) => Config.replace("blobs/sha256/", "sha256:"));
      }
    }
  };
  assert.deepEqual(await configs(), [ids[0]]);
  assert.ok(
    served.requests.includes(`GET /v2/a/b/manifests/${index.digest}`),
    served.requests.join("\n"),
  );
  const before = served.requests.length;
  assert.deepEqual(await configs(), [ids[0]]);
  assert.equal(served.requests.length, before, "nothing is fetched again");
  assert.deepEqual(await configs("--platform", "linux/arm64"), [ids[1]]);

  const none = await runKini(
    ["docker", "save", "--platform", "linux/s390x", name],
    { fake, env: cache.env },
  );
  assert.equal(none.code, 1);
  assert.match(none.stderr, /s390x/);
});
