import assert from "node:assert/strict";
import { OCI_TYPES, storeTestImage, withStore } from "./store_test_data.ts";
import {
  BlobMissingError,
  ImageStore,
  IngestError,
  StoreError,
} from "./store.ts";
import { statIfThere } from "./store_files.ts";
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

Deno.test("ImageStore.open() refuses a folder of something else", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/thesis.txt`, "");
    await assert.rejects(ImageStore.open(folder), (error) => {
      assert(error instanceof StoreError);
      assert.match(error.message, /"thesis\.txt"/);
      return true;
    });
    const names = [];
    for await (const { name } of Deno.readDir(folder)) names.push(name);
    assert.deepEqual(names, ["thesis.txt"]);
    await Deno.writeTextFile(`${folder}/oci-layout`, "{}");
    await assert.rejects(ImageStore.open(folder), StoreError);
    assert.equal(await ImageStore.find(`${folder}/none`), undefined);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("ImageStore loses nothing over a damaged list of names", () =>
  withStore(async (store) => {
    const { id, layer, descriptor } = await storeTestImage(
      store,
      "docker.io/library/a:1",
      "one",
    );
    const path = `${store.folder}/index.json`;
    const good = await Deno.readTextFile(path);
    const bad = [
      "",
      "{",
      "null",
      "[]",
      `{"manifests":[1]}`,
      good.replace("sha256:", "sha256:../"),
      good.replace(/"size": \d+/, `"size": -1`),
    ];
    for (const text of [...bad, undefined]) {
      if (text === undefined) await Deno.remove(path);
      else await Deno.writeTextFile(path, text);
      await assert.rejects(store.list(), StoreError);
      await assert.rejects(store.collect(), StoreError);
      await assert.rejects(store.change(() => []), StoreError);
      for (const digest of [id, layer.digest, descriptor.digest]) {
        assert.equal(await store.hasBlob(digest), true);
      }
    }
    await Deno.writeTextFile(path, good);
    assert.deepEqual((await store.collect()).digests, []);
  }));

Deno.test("ImageStore.collect() removes nothing when a manifest is damaged", () =>
  withStore(async (store) => {
    const { descriptor, layer } = await storeTestImage(store, "a", "one");
    await Deno.writeTextFile(store.blobPath(descriptor.digest), "{}");
    await assert.rejects(store.collect(), StoreError);
    assert.equal(await store.hasBlob(layer.digest), true);
    await assert.rejects(store.readBlob(descriptor.digest, 99), /damaged/);
  }));

Deno.test("ImageStore.collect() removes what killed processes left, and keeps what can be resumed", () =>
  withStore(async (store) => {
    const hex = "a".repeat(64);
    const folder = `${store.folder}/ingest/1-1-dead`;
    const temporary = `${store.folder}/index.json.${crypto.randomUUID()}.new`;
    const leave = async () => {
      await Deno.mkdir(folder, { recursive: true });
      await Deno.writeTextFile(`${folder}/0`, "x");
      await Deno.writeTextFile(`${folder}/${hex}.partial`, "x");
    };
    await leave();
    await withSession(store, async () => {
      assert.equal(await isThere(folder), false);
      assert.equal(await isThere(`${store.folder}/partial/${hex}`), true);
    });
    await leave();
    await Deno.writeTextFile(temporary, "x");
    await store.collect();
    assert.equal(await isThere(folder), false);
    assert.equal(await isThere(temporary), false);
  }));

Deno.test("ImageStore.ingest() leaves sessions of others alone", () =>
  withStore(async (store) => {
    // What a process in another PID namespace looks like from here.
    const lock = await Deno.open(`${store.folder}/sessions.lock`, {
      create: true,
      write: true,
    });
    await lock.lock(false);
    const folder = `${store.folder}/ingest/1-1-unseen`;
    await Deno.mkdir(folder);
    await withSession(store, async () => {});
    assert.deepEqual((await store.collect()).digests, []);
    assert.equal(await isThere(folder), true);
    lock.close();
    await store.collect();
    assert.equal(await isThere(folder), false);
  }));

async function isThere(path: string): Promise<boolean> {
  return await statIfThere(path) !== undefined;
}

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
