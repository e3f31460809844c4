import assert from "node:assert/strict";
import { storeTestImage } from "../images/store_test_data.ts";
import { pulledImage } from "./builders.ts";
import { FakeIncus } from "./fake_incus.ts";
import { assertRequests, runKini } from "./harness.ts";
import { makeCache } from "./store_fixture.ts";

const FORMAT =
  "{{.Type}} {{.TotalCount}} {{.Active}} {{.Size}} {{.Reclaimable}}";

Deno.test("docker system df counts what images share once", async () => {
  await using cache = await makeCache();
  await using fake = await FakeIncus.start({
    images: [pulledImage("docker.io/library/one:1")],
  });
  const { env } = cache;
  for (const name of ["two", "three"]) {
    await storeTestImage(
      cache.store,
      `docker.io/library/${name}:1`,
      "x".repeat(500_000),
      { config: { config: { Cmd: [name] } } },
    );
  }
  await runKini(["docker", "create", "--name", "c1", "one:1"], { fake, env });
  const from = fake.requests.length;
  const { stdout, stderr } = await runKini(
    ["docker", "system", "df", "--format", FORMAT],
    { fake, env },
  );
  assert.equal(stderr, "");
  assert.equal(
    stdout,
    "Images 3 1 2.5MB 500kB (20%)\n" +
      "Containers 1 0 0B 0B\n" +
      "Local Volumes 0 0 0B 0B\n" +
      "Build Cache 0 0 0B 0B\n",
  );
  assertRequests(fake, [
    "GET /1.0/images?recursion=1",
    "GET /1.0/instances?recursion=2",
  ], { from, anyOrder: true });

  const { stdout: all } = await runKini(["docker", "system", "df", "-v"], {
    fake,
    env,
  });
  assert.match(
    all,
    /^Images space usage:\n\nREPOSITORY +TAG +IMAGE ID +CREATED +SIZE +SHARED SIZE +UNIQUE SIZE +CONTAINERS\n/,
  );
  assert.match(all, /^one .* 2MB +0B +2MB +1$/m);
  assert.match(all, /^two .* 500kB +500kB +0B +0$/m);
  assert.match(
    all,
    /\nContainers space usage:\n\nCONTAINER ID .*\n.* c1\n\nLocal/,
  );
  assert.match(all, /\nBuild cache usage: 0B\n/);
});
