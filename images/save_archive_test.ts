import assert from "node:assert/strict";
import { createTarDecoder } from "modern-tar";
import { parseImageReference } from "../docker/image_reference.ts";
import { type ImageToSave, saveArchive } from "./save_archive.ts";
import { BlobMissingError, type ImageStore, StoreError } from "./store.ts";
import { listStoreImages } from "./store_images.ts";
import { storeTestImage, withStore } from "./store_test_data.ts";

const AMD64 = { os: "linux", architecture: "amd64" };

/** All images of a store, with these names. */
async function imagesOf(
  store: ImageStore,
  ...names: string[][]
): Promise<ImageToSave[]> {
  const entries = await store.list();
  return (await listStoreImages(store, AMD64)).map((info, index) => ({
    manifest:
      entries.find(({ descriptor }) =>
        descriptor.digest === info.manifestDigest
      )!.descriptor,
    config: info.manifest.config,
    layers: info.layers,
    platform: info.platform,
    names: (names[index] ?? []).map(parseImageReference),
  }));
}

/** The archive in pieces, as they are written. */
async function archiveOf(
  store: ImageStore,
  images: readonly ImageToSave[],
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  await saveArchive(store, images, (bytes) => {
    // The writer uses its buffers again.
    pieces.push(bytes.slice());
    return Promise.resolve();
  });
  return await new Blob(pieces).bytes();
}

async function filesOf(archive: Uint8Array): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const { readable, writable } = createTarDecoder();
  const feeding = ReadableStream.from([archive]).pipeTo(writable);
  for await (const { header, body } of readable) {
    files.set(header.name, await new Response(body).bytes());
  }
  await feeding;
  return files;
}

function json(bytes: Uint8Array | undefined) {
  return JSON.parse(new TextDecoder().decode(bytes));
}

Deno.test("saveArchive() writes lists first, and each blob once", () =>
  withStore(async (store) => {
    const layer = new Uint8Array(2_500_000).map((_, index) => index % 251);
    const one = await storeTestImage(store, "docker.io/library/a:1", layer);
    const two = await storeTestImage(store, "docker.io/library/b:1", layer, {
      config: { config: { Cmd: ["other"] } },
    });
    const images = await imagesOf(store, ["a:1", "r.example:5000/x/a:2"]);
    const archive = await archiveOf(store, images);
    const files = await filesOf(archive);
    const blob = (digest: string) => `blobs/${digest.replace(":", "/")}`;
    assert.deepEqual([...files.keys()], [
      "blobs/",
      "blobs/sha256/",
      "oci-layout",
      "index.json",
      "manifest.json",
      blob(one.descriptor.digest),
      blob(one.id),
      blob(one.layer.digest),
      blob(two.descriptor.digest),
      blob(two.id),
    ]);
    assert.deepEqual(files.get(blob(one.layer.digest)), layer);
    assert.deepEqual(json(files.get("oci-layout")), {
      imageLayoutVersion: "1.0.0",
    });
    assert.deepEqual(json(files.get("manifest.json")), [
      {
        Config: blob(one.id),
        RepoTags: ["a:1", "r.example:5000/x/a:2"],
        Layers: [blob(one.layer.digest)],
      },
      {
        Config: blob(two.id),
        RepoTags: null,
        Layers: [blob(one.layer.digest)],
      },
    ]);
    const { manifests } = json(files.get("index.json"));
    assert.deepEqual(
      manifests.map((
        { digest, platform, annotations }: Record<string, unknown>,
      ) => [digest, platform, annotations]),
      [
        [one.descriptor.digest, { ...AMD64 }, {
          "io.containerd.image.name": "docker.io/library/a:1",
          "org.opencontainers.image.ref.name": "1",
        }],
        [one.descriptor.digest, { ...AMD64 }, {
          "io.containerd.image.name": "r.example:5000/x/a:2",
          "org.opencontainers.image.ref.name": "2",
        }],
        [two.descriptor.digest, { ...AMD64 }, undefined],
      ],
    );
    assert.deepEqual(await archiveOf(store, images), archive);
  }));

Deno.test("saveArchive() writes nothing when a blob is missing or cut short", () =>
  withStore(async (store) => {
    const { layer } = await storeTestImage(store, "docker.io/library/a:1", "x");
    const images = await imagesOf(store, ["a:1"]);
    let written = 0;
    const save = () =>
      saveArchive(store, images, (bytes) => {
        written += bytes.length;
        return Promise.resolve();
      });
    const path = store.blobPath(layer.digest);
    await Deno.writeTextFile(path, "xyz");
    await assert.rejects(save(), StoreError);
    await Deno.remove(path);
    await assert.rejects(save(), BlobMissingError);
    assert.equal(written, 0);
  }));

Deno.test("saveArchive() stops when it is interrupted, and closes its files", () =>
  withStore(async (store) => {
    await storeTestImage(store, "docker.io/library/a:1", "x".repeat(3_000_000));
    const images = await imagesOf(store, ["a:1"]);
    const abort = new AbortController();
    const save = saveArchive(store, images, (bytes) => {
      if (bytes.length > 100_000) abort.abort(new Error("stop"));
      return Promise.resolve();
    }, abort.signal);
    await assert.rejects(save, /stop/);
  }));

Deno.test("saveArchive() hands on what the writer says", () =>
  withStore(async (store) => {
    await storeTestImage(store, "docker.io/library/a:1", "x".repeat(3_000_000));
    const images = await imagesOf(store, ["a:1"]);
    const save = saveArchive(
      store,
      images,
      (bytes) =>
        bytes.length > 100_000
          ? Promise.reject(new Error("disk full"))
          : Promise.resolve(),
    );
    await assert.rejects(save, /disk full/);
  }));
