import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import {
  blobEntry,
  bytes,
  descriptorOf,
  hex,
  join,
  manifestOf,
  newLayout,
  ociLayout,
  oldLayout,
  pax,
  sha256,
  tar,
  type TestEntry,
  testImage,
  zstd,
} from "./archive_test_data.ts";
import { ArchiveError, loadArchive, type LoadedImage } from "./load_archive.ts";
import { type ImageStore, StoreError } from "./store.ts";
import { namesIn } from "./store_files.ts";
import { listStoreImages } from "./store_images.ts";
import { OCI_TYPES, withStore } from "./store_test_data.ts";

const PLATFORM = { os: "linux", architecture: "amd64" };
const NAME = "docker.io/library/one:1";
const image = testImage(["bottom", "top"]);
const other = testImage(["other"]);
const arm = testImage(["for arm"], { architecture: "arm64" });

function load(
  store: ImageStore,
  archive: Uint8Array | readonly TestEntry[],
): Promise<LoadedImage[]> {
  const data = archive instanceof Uint8Array ? archive : tar(archive);
  return loadArchive(store, ReadableStream.from([data]), {
    platform: PLATFORM,
    now: () => new Date("2026-02-03T04:05:06.007Z"),
  });
}

async function assertClean(store: ImageStore): Promise<void> {
  const problems: string[] = [];
  await store.verify((problem) => void problems.push(problem));
  assert.deepEqual(problems, []);
  assert.deepEqual(await namesIn(`${store.folder}/ingest`), []);
  assert.deepEqual((await store.collect()).digests, []);
}

const gzipped = image.layers.map((layer) => new Uint8Array(gzipSync(layer)));
const gzippedManifest = manifestOf(image, gzipped);
const index = JSON.stringify({
  schemaVersion: 2,
  mediaType: OCI_TYPES.index,
  manifests: [
    descriptorOf(OCI_TYPES.manifest, manifestOf(arm), {
      platform: { os: "linux", architecture: "arm64" },
    }),
    descriptorOf(OCI_TYPES.manifest, manifestOf(image), {
      platform: { os: "linux", architecture: "amd64" },
    }),
    descriptorOf(OCI_TYPES.manifest, "attestation", {
      platform: { os: "unknown", architecture: "unknown" },
    }),
  ],
});
const named = (name: string) => ({
  annotations: { "org.opencontainers.image.ref.name": name },
});

/** Replaces an entry's data. */
function withEntry(
  entries: readonly TestEntry[],
  name: string,
  data: string | Uint8Array | undefined,
): TestEntry[] {
  return entries.flatMap((entry) =>
    entry.name !== name
      ? [entry]
      : data === undefined
      ? []
      : [{ ...entry, data }]
  );
}

/** Changes docker's list. */
function withManifest(edit: (item: Record<string, unknown>) => void) {
  const entries = oldLayout(image, ["one:1"]);
  const [item] = JSON.parse(
    String(entries.find(({ name }) => name === "manifest.json")?.data),
  );
  edit(item);
  return withEntry(entries, "manifest.json", JSON.stringify([item]));
}

const old = oldLayout(image, ["one:1"]);
const layerPath = old[3]!.name;

const good: { name: string; archive: Uint8Array | TestEntry[] }[] = [
  { name: "docker's old layout", archive: old },
  { name: "docker's new layout", archive: newLayout(image, ["one:1"]) },
  { name: "manifest.json first", archive: [...old].reverse() },
  { name: "no end", archive: tar(old, false) },
  {
    name: "much behind the end",
    archive: join(tar(old), new Uint8Array(9000)),
  },
  { name: "gzip", archive: new Uint8Array(gzipSync(tar(old))) },
  {
    name: "gzip in several members",
    archive: join(
      gzipSync(tar(old).subarray(0, 700)),
      gzipSync(tar(old).subarray(700)),
    ),
  },
  { name: "zstd", archive: zstd(tar(old)) },
  {
    name: "layers that are compressed",
    archive: image.layers.reduce(
      (entries, layer, i) =>
        entries.map((entry) =>
          entry.data === layer
            ? { ...entry, data: i === 0 ? gzipped[0]! : zstd(layer) }
            : entry
        ),
      old,
    ),
  },
  {
    name: "layers that are links",
    archive: old.flatMap((entry): TestEntry[] =>
      entry.name !== layerPath ? [entry] : [
        { ...entry, name: "x/layer.tar" },
        { name: layerPath, type: "2", target: "../x/layer.tar" },
      ]
    ),
  },
  {
    name: "layers that are hard links",
    archive: old.flatMap((entry): TestEntry[] =>
      entry.name !== layerPath ? [entry] : [
        { ...entry, name: "x/layer.tar" },
        { name: layerPath, type: "1", target: "x/layer.tar" },
      ]
    ),
  },
  {
    name: "long names of GNU tar, and of PAX",
    archive: old.flatMap((entry, i): TestEntry[] =>
      i % 2
        ? [
          { name: "././@LongLink", type: "L", data: `./${entry.name}\0` },
          { ...entry, name: "cut" },
        ]
        : [pax({ path: entry.name }), { ...entry, name: "cut" }]
    ),
  },
  {
    name: "an OCI archive named in full",
    archive: ociLayout(
      [descriptorOf(OCI_TYPES.manifest, gzippedManifest, named("one:1"))],
      [image.config, gzippedManifest, ...gzipped],
    ),
  },
  {
    name: "an OCI archive with an index in the index, and one platform of it",
    archive: ociLayout(
      [descriptorOf(OCI_TYPES.index, index, {
        annotations: { "io.containerd.image.name": NAME },
      })],
      [index, manifestOf(image), image.config, ...image.layers],
    ),
  },
];

for (const { name, archive } of good) {
  Deno.test(`loadArchive() reads ${name}`, () =>
    withStore(async (store) => {
      assert.deepEqual(await load(store, archive), [
        { id: image.id, names: [{ name: NAME }] },
      ]);
      const [found, ...more] = await listStoreImages(store, PLATFORM);
      assert.deepEqual(more, []);
      assert.equal(found?.id, image.id);
      assert.equal(found.complete, true);
      assert.deepEqual(found.names.map(({ name }) => name), [NAME]);
      assert.deepEqual(found.diffIds, image.diffIds);
      await assertClean(store);
      const before = await namesIn(`${store.folder}/blobs/sha256`);
      await load(store, archive);
      assert.deepEqual(await namesIn(`${store.folder}/blobs/sha256`), before);
      assert.equal((await store.list()).length, 1);
    }));
}

Deno.test("loadArchive() keeps an index and all platforms that are there", () =>
  withStore(async (store) => {
    const archive = ociLayout(
      [descriptorOf(OCI_TYPES.index, index, named("one:1"))],
      [
        index,
        ...[image, arm].flatMap((one) => [
          manifestOf(one),
          one.config,
          ...one.layers,
        ]),
      ],
    );
    await load(store, archive);
    const idFor = async (architecture: string) =>
      (await listStoreImages(store, { os: "linux", architecture }))[0]?.id;
    assert.equal(await idFor("amd64"), image.id);
    assert.equal(await idFor("arm64"), arm.id);
  }));

Deno.test("loadArchive() reads several images, and one without a name", () =>
  withStore(async (store) => {
    const archive = ociLayout(
      [
        descriptorOf(OCI_TYPES.manifest, manifestOf(image), named("one:1")),
        descriptorOf(OCI_TYPES.manifest, manifestOf(image), named("two")),
        descriptorOf(OCI_TYPES.manifest, manifestOf(image), named("x/two:2")),
        descriptorOf(OCI_TYPES.manifest, manifestOf(other), named("latest")),
      ],
      [image, other].flatMap((one) => [
        manifestOf(one),
        one.config,
        ...one.layers,
      ]),
    );
    const want = [
      {
        id: image.id,
        names: [{ name: NAME }, { name: "docker.io/x/two:2" }],
      },
      { id: other.id, names: [] },
    ];
    assert.deepEqual(await load(store, archive), want);
    assert.deepEqual(await load(store, archive), want);
    assert.deepEqual((await store.list()).map(({ name }) => name).sort(), [
      "",
      "docker.io/library/one:1",
      "docker.io/x/two:2",
    ]);
    await assertClean(store);
  }));

Deno.test("loadArchive() tells whose name it took, and keeps that image", () =>
  withStore(async (store) => {
    await load(store, oldLayout(image, ["one:1"]));
    assert.deepEqual(await load(store, oldLayout(other, ["one:1"])), [
      { id: other.id, names: [{ name: NAME, previous: image.id }] },
    ]);
    const images = await listStoreImages(store, PLATFORM);
    assert.deepEqual(
      images.map(({ id, names }) => [id, names.map(({ name }) => name)]).sort(),
      [[image.id, [""]], [other.id, [NAME]]].sort(),
    );
    // The same image in another form takes the place of the first.
    const packed = ociLayout(
      [descriptorOf(OCI_TYPES.manifest, gzippedManifest, named("one:1"))],
      [image.config, gzippedManifest, ...gzipped],
    );
    await load(store, oldLayout(image, ["one:1"]));
    assert.deepEqual(await load(store, packed), [
      { id: image.id, names: [{ name: NAME }] },
    ]);
  }));

Deno.test("loadArchive() takes a layer from the store that the archive lacks", () =>
  withStore(async (store) => {
    await load(store, old);
    const archive = withEntry(old, layerPath, undefined);
    assert.deepEqual((await load(store, archive))[0]?.id, image.id);
  }));

Deno.test("loadArchive() believes docker's list where the index is not whole", () =>
  withStore(async (store) => {
    const archive = newLayout(image, ["one:1"]);
    const more = newLayout(other, ["two:1"]).find(({ name }) =>
      name === "index.json"
    )!;
    const both = JSON.parse(
      String(archive.find(({ name }) => name === "index.json")?.data),
    );
    both.manifests.push(...JSON.parse(String(more.data)).manifests);
    assert.deepEqual(
      await load(
        store,
        withEntry(archive, "index.json", JSON.stringify(both)),
      ),
      [{ id: image.id, names: [{ name: NAME }] }],
    );
    const config = `blobs/sha256/${hex(other.id)}`;
    const list = JSON.stringify([{
      Config: config,
      RepoTags: ["two:1"],
      Layers: other.diffIds.map((id) => `blobs/sha256/${hex(id)}`),
    }]);
    // Its manifest is missing, and made anew.
    const loaded = await load(store, [
      ...withEntry(archive, "manifest.json", list),
      blobEntry(other.config),
      ...other.layers.map(blobEntry),
    ]);
    assert.deepEqual(loaded, [
      { id: other.id, names: [{ name: "docker.io/library/two:1" }] },
      { id: image.id, names: [{ name: NAME }] },
    ]);
    await assertClean(store);
  }));

Deno.test("loadArchive() loads nothing from an empty list", () =>
  withStore(async (store) => {
    const archive = [{ name: "manifest.json", data: "[]" }];
    assert.deepEqual(await load(store, archive), []);
    await assertClean(store);
  }));

Deno.test("loadArchive() writes no large blob that is there already", () =>
  withStore(async (store) => {
    const large = testImage(["x".repeat(2 * 2 ** 20)]);
    const archive = newLayout(large, ["one:1"]);
    await load(store, archive);
    const path = store.blobPath(large.diffIds[0]!);
    const inode = async () => (await Deno.stat(path)).ino;
    const before = await inode();
    await load(store, archive);
    assert.equal(await inode(), before);
    // Small ones are, which puts a damaged one right.
    await Deno.writeTextFile(store.blobPath(large.id), "x");
    await load(store, archive);
    await assertClean(store);
  }));

Deno.test("loadArchive() fills the holes of sparse files", async () => {
  const holes = new Uint8Array(3 * 512);
  holes.set(bytes("data"), 512);
  const diffId = sha256(holes);
  const config = JSON.stringify({
    architecture: "amd64",
    os: "linux",
    rootfs: { type: "layers", diff_ids: [diffId] },
  });
  const part = new Uint8Array(512);
  part.set(bytes("data"));
  const number = (value: number) => value.toString(8).padStart(11, "0") + "\0";
  const forms: Record<string, TestEntry[]> = {
    "old GNU": [{
      name: "layer",
      type: "S",
      data: part,
      edit(header) {
        header.set(bytes("ustar  \0"), 257);
        header.set(bytes(number(512) + number(512)), 386);
        header.set(bytes(number(3 * 512)), 483);
      },
    }],
    "PAX 1.0": [
      pax({
        "GNU.sparse.major": "1",
        "GNU.sparse.minor": "0",
        "GNU.sparse.name": "layer",
        "GNU.sparse.realsize": String(3 * 512),
      }),
      {
        name: "GNUSparseFile.1/layer",
        data: join(bytes("1\n512\n512\n".padEnd(512, "\0")), part),
      },
    ],
    "PAX 0.1": [
      pax({
        "GNU.sparse.size": String(3 * 512),
        "GNU.sparse.numblocks": "1",
        "GNU.sparse.map": "512,512",
        "GNU.sparse.name": "layer",
      }),
      { name: "x", data: part },
    ],
  };
  for (const [form, entries] of Object.entries(forms)) {
    await withStore(async (store) => {
      const loaded = await load(store, [
        ...entries,
        { name: "config", data: config },
        {
          name: "manifest.json",
          data: JSON.stringify([
            { Config: "config", RepoTags: ["one:1"], Layers: ["layer"] },
          ]),
        },
      ]);
      assert.deepEqual(loaded[0]?.id, sha256(config), form);
      assert.equal(await store.hasBlob(diffId), true, form);
    });
  }
});

const wrong = `blobs/sha256/${hex(image.id)}`;
const bad: {
  name: string;
  archive: Uint8Array | TestEntry[];
  want: RegExp;
}[] = [
  { name: "nothing", archive: new Uint8Array(), want: /none of images/ },
  { name: "zeros", archive: new Uint8Array(10240), want: /none of images/ },
  { name: "text", archive: bytes("hello"), want: /^unexpected EOF$/ },
  { name: "noise", archive: bytes("x".repeat(2000)), want: /damaged header/ },
  {
    name: "another archive",
    archive: [{ name: "etc/passwd", data: "root" }],
    want: /none of images/,
  },
  {
    name: "an archive cut off",
    archive: tar(old).subarray(0, 2800),
    want: /^unexpected EOF$/,
  },
  {
    name: "gzip cut off",
    archive: gzipSync(tar(old)).subarray(0, 300),
    want: /^unexpected EOF$/,
  },
  {
    name: "an archive of old docker",
    archive: [{ name: "repositories", data: "{}" }],
    want: /docker before 1\.10/,
  },
  {
    name: "a path that leads out",
    archive: [...old, { name: "../../evil", data: "x" }],
    want: /leads out/,
  },
  {
    name: "a link that leads out",
    archive: [...old, { name: "a/b", type: "2", target: "../../x" }],
    want: /leads out/,
  },
  {
    name: "a link to an absolute path",
    archive: [...old, { name: "a/b", type: "2", target: "/etc/passwd" }],
    want: /leads out/,
  },
  {
    name: "a hard link that leads out",
    archive: [...old, { name: "a/b", type: "1", target: "../x" }],
    want: /leads out/,
  },
  {
    name: "links in a ring",
    archive: [
      ...withEntry(old, layerPath, undefined),
      { name: layerPath, type: "2", target: "layer2" },
      {
        name: layerPath.replace("layer.tar", "layer2"),
        type: "2",
        target: "layer.tar",
      },
    ],
    want: /leads nowhere/,
  },
  {
    name: "a file twice",
    archive: [...old, { name: layerPath, data: "other" }],
    want: /twice/,
  },
  {
    name: "two lists",
    archive: [...old, { name: "manifest.json", data: "[]" }],
    want: /twice/,
  },
  {
    name: "an absurd size",
    archive: [{
      name: "layer.tar",
      edit: (header) => header.set([0x80, 0, 0, 0, 0, 0x0f, 0xff], 124),
    }],
    want: /which no image has/,
  },
  {
    name: "a huge list",
    archive: [{ name: "manifest.json", size: 2 ** 30 }],
    want: /makes no sense/,
  },
  {
    name: "a blob of a wrong digest",
    archive: withEntry(newLayout(image, ["one:1"]), wrong, "{}"),
    want: /wrong content/,
  },
  {
    name: "a layer of a wrong digest",
    archive: withEntry(old, layerPath, other.layers[0]),
    want: /invalid diffID for layer 0: expected/,
  },
  {
    name: "no layer",
    archive: withEntry(old, layerPath, undefined),
    want: /lacks .*layer\.tar", a layer/,
  },
  {
    name: "no config",
    archive: withManifest((item) => item.Config = "../../etc/passwd"),
    want: /leads out/,
  },
  {
    name: "a config elsewhere",
    archive: withManifest((item) => item.Config = "nope.json"),
    want: /lacks "nope\.json", the config/,
  },
  {
    name: "another count of layers",
    archive: withManifest((item) => item.Layers = []),
    want: /layers length mismatch: expected 0, got 2/,
  },
  {
    name: "a list that is not JSON",
    archive: withEntry(old, "manifest.json", "{"),
    want: /not JSON/,
  },
  {
    name: "no list at all",
    archive: withEntry(old, "manifest.json", "null"),
    want: /manifest cannot be null \(but can be \[\]\)/,
  },
  {
    name: "a list of something else",
    archive: withEntry(old, "manifest.json", "[1]"),
    want: /not valid: an image has no config/,
  },
  {
    name: "a bad name",
    archive: withManifest((item) => item.RepoTags = ["Bad Name"]),
    want: /must be lowercase/,
  },
  {
    name: "a name without a tag",
    archive: withManifest((item) => item.RepoTags = ["noversion"]),
    want: /^invalid tag "noversion"$/,
  },
  {
    name: "Windows",
    archive: oldLayout(testImage(["w"], { os: "windows" }), ["one:1"]),
    want: /^cannot load windows image on linux$/,
  },
  {
    name: "an OCI archive without a layer",
    archive: ociLayout(
      [descriptorOf(OCI_TYPES.manifest, manifestOf(image), named("one:1"))],
      [image.config, manifestOf(image), image.layers[0]!],
    ),
    want: new RegExp(`lacks the blob ${image.diffIds[1]}`),
  },
  {
    name: "an OCI archive of nothing but its index",
    archive: ociLayout(
      [descriptorOf(OCI_TYPES.manifest, manifestOf(image), named("one:1"))],
      [],
    ),
    want: /lacks the blob sha256:/,
  },
  {
    name: "an OCI archive that is no image",
    archive:
      ((manifest) =>
        ociLayout([descriptorOf(OCI_TYPES.manifest, manifest)], [
          manifest,
          "chart",
        ]))(JSON.stringify({
          schemaVersion: 2,
          config: descriptorOf("application/vnd.cncf.helm.config", "chart"),
          layers: [],
        })),
    want: /is no image of containers/,
  },
  {
    name: "a layout of the future",
    archive: withEntry(
      ociLayout([descriptorOf(OCI_TYPES.manifest, "x")], []),
      "oci-layout",
      `{"imageLayoutVersion":"9"}`,
    ),
    want: /does not know/,
  },
  {
    name: "a descriptor of another size",
    archive: ociLayout(
      [{ ...descriptorOf(OCI_TYPES.manifest, manifestOf(image)), size: 7 }],
      [manifestOf(image)],
    ),
    want: /bytes, not 7/,
  },
  {
    name: "bzip2",
    archive: bytes("BZh91AY&SY"),
    want: /bzip2/,
  },
];

for (const { name, archive, want } of bad) {
  Deno.test(`loadArchive() refuses ${name}, and leaves nothing`, () =>
    withStore(async (store) => {
      await load(store, oldLayout(other, ["one:1"]));
      const before = await store.list();
      await assert.rejects(load(store, archive), (error) => {
        assert(error instanceof ArchiveError || error instanceof StoreError);
        assert.match(error.message, want);
        return true;
      });
      assert.deepEqual(await store.list(), before);
      await assertClean(store);
    }));
}
