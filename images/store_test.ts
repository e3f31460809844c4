import assert from "node:assert/strict";
import { OCI_TYPES, storeTestImage, withStore } from "./store_test_data.ts";
import { BlobMissingError, ImageStore, IngestError } from "./store.ts";
import { findStoreImage, listStoreImages } from "./store_images.ts";
import { parseImageReference } from "../docker/image_reference.ts";
import { storeFolder } from "./store.ts";

const AMD64 = { os: "linux", architecture: "amd64" };

Deno.test("storeFolder() follows KINI_CACHE, XDG_CACHE_HOME and HOME", () => {
  const cases: { env: Record<string, string>; want: string | undefined }[] = [
    { env: { KINI_CACHE: "/c", HOME: "/h" }, want: "/c/images" },
    { env: { KINI_CACHE: "/c/" }, want: "/c/images" },
    { env: { KINI_CACHE: "no", HOME: "/h" }, want: undefined },
    { env: { KINI_CACHE: "OFF", HOME: "/h" }, want: undefined },
    { env: { KINI_CACHE: "", HOME: "/h" }, want: "/h/.cache/kini/images" },
    {
      env: { XDG_CACHE_HOME: "/x", HOME: "/h" },
      want: "/x/kini/images",
    },
    {
      env: { XDG_CACHE_HOME: "x", HOME: "/h" },
      want: "/h/.cache/kini/images",
    },
    { env: {}, want: undefined },
  ];
  for (const { env, want } of cases) {
    assert.equal(storeFolder((name) => env[name]), want, JSON.stringify(env));
  }
});

Deno.test("ImageStore keeps images by name", () =>
  withStore(async (store) => {
    const image = await storeTestImage(store, "docker.io/library/a:1", "one");
    const again = await ImageStore.open(store.folder);
    assert.deepEqual(await again.list(), [{
      name: "docker.io/library/a:1",
      descriptor: image.descriptor,
      tagged: "2026-01-02T03:04:05.678Z",
      pulled: false,
    }]);
    const found = await findStoreImage(
      again,
      parseImageReference("a:1"),
      AMD64,
    );
    assert.equal(found?.id, image.id);
    assert.equal(found?.complete, true);
    assert.equal((await listStoreImages(again, AMD64)).length, 1);
    assert.deepEqual(await problemsOf(again), []);
  }));

Deno.test("ImageStore is private", () =>
  withStore(async (store) => {
    const { id } = await storeTestImage(store, "docker.io/library/a:1", "one");
    const mode = async (path: string) => (await Deno.stat(path)).mode! & 0o777;
    assert.equal(await mode(store.folder), 0o700);
    assert.equal(await mode(store.blobPath(id)), 0o600);
    assert.equal(await mode(`${store.folder}/index.json`), 0o600);
  }));

Deno.test("ImageStore.change() refuses a name for what is not there", () =>
  withStore(async (store) => {
    const descriptor = {
      mediaType: OCI_TYPES.manifest,
      digest: `sha256:${"0".repeat(64)}`,
      size: 1,
    };
    await assert.rejects(
      store.change((
        names,
      ) => [...names, { name: "x", descriptor, tagged: "", pulled: false }]),
      BlobMissingError,
    );
    assert.deepEqual(await store.list(), []);
  }));

Deno.test("ImageStore.collect() removes what has no name, and only that", () =>
  withStore(async (store) => {
    await storeTestImage(store, "docker.io/library/a:1", "one");
    const b = await storeTestImage(store, "docker.io/library/b:1", "two");
    assert.deepEqual((await store.collect()).digests, []);
    await store.change((names) => names.filter(({ name }) => /a:1/.test(name)));
    const session = await store.ingest();
    assert.deepEqual((await store.collect()).digests, []);
    await session.close();
    const { digests } = await store.collect();
    assert.equal(digests.length, 3);
    assert(digests.includes(b.id));
    assert.deepEqual(await problemsOf(store), []);
  }));

Deno.test("Ingest.writeBlob() refuses another size or digest", () =>
  withStore(async (store) => {
    await using session = await store.ingest();
    const bytes = new TextEncoder().encode("hello");
    for (
      const expect of [
        { size: 4 },
        { size: 6 },
        { digest: `sha256:${"0".repeat(64)}` },
      ]
    ) {
      await assert.rejects(session.writeBlob(bytes, expect), IngestError);
    }
    await session.commit();
    assert.deepEqual((await store.collect()).digests, []);
  }));

Deno.test("Ingest.resumeBlob() asks only for what is missing", () =>
  withStore(async (store) => {
    const bytes = new TextEncoder().encode("hello world");
    const { digest } = await withSession(store, (s) => s.writeBlob(bytes));
    const expect = { digest, size: bytes.length };
    const offsets: number[] = [];
    const open = (offset: number) => {
      offsets.push(offset);
      const end = offsets.length === 1 ? 5 : undefined;
      return Promise.resolve(
        ReadableStream.from([bytes.subarray(offset, end)]),
      );
    };
    await assert.rejects(
      withSession(store, (s) => s.resumeBlob(expect, open)),
      IngestError,
    );
    await withSession(store, async (s) => {
      assert.deepEqual(await s.resumeBlob(expect, open), expect);
      await s.commit();
    });
    assert.deepEqual(offsets, [0, 5]);
    assert.deepEqual(await store.readBlob(digest, 100), bytes);
  }));

async function withSession<T>(
  store: ImageStore,
  run: (session: Awaited<ReturnType<ImageStore["ingest"]>>) => Promise<T>,
): Promise<T> {
  const session = await store.ingest();
  try {
    return await run(session);
  } finally {
    await session.close();
  }
}

async function problemsOf(store: ImageStore): Promise<string[]> {
  const problems: string[] = [];
  await store.verify((problem) => void problems.push(problem));
  return problems;
}
