import assert from "node:assert/strict";
import { flattenLayers, readLayers } from "./flatten.ts";
import { LayerError } from "./layer_error.ts";
import {
  archiveOf,
  file,
  folder,
  layerOf,
  link,
  symlink,
  type TestEntry,
  unpack,
  type UnpackedEntry,
} from "./layer_test_data.ts";

/** One line for each path: what it is, and what is in it. */
function lines(paths: Map<string, UnpackedEntry>): string[] {
  return [...paths].filter(([path]) => path !== "").map(([path, entry]) => {
    const names = entry.names.filter((name) => name !== path);
    const what = {
      file: `: ${entry.content}`,
      folder: "/",
      symlink: ` -> ${entry.target}`,
      character: ` c ${entry.major},${entry.minor}`,
      block: ` b ${entry.major},${entry.minor}`,
      fifo: " |",
      link: " ?",
    }[entry.type];
    return `${path}${what}${names.map((name) => ` = ${name}`).join("")}`;
  }).sort();
}

async function flatten(...layers: (readonly TestEntry[])[]) {
  const sources = await Promise.all(layers.map(layerOf));
  return await unpack(flattenLayers(sources));
}

const CASES: {
  name: string;
  layers: TestEntry[][];
  want: string[];
}[] = [
  {
    name: "puts layers on each other",
    layers: [[folder("a"), file("a/x", "1")], [file("a/y", "2")]],
    want: ["a/", "a/x: 1", "a/y: 2"],
  },
  {
    name: "takes the upper one of two files",
    layers: [[file("x", "old")], [file("x", "new")]],
    want: ["x: new"],
  },
  {
    name: "takes the last of two entries in a layer",
    layers: [[file("x", "first"), file("x", "last")]],
    want: ["x: last"],
  },
  {
    name: "makes folders that no layer has",
    layers: [[file("a/b/c", "1")]],
    want: ["a/", "a/b/", "a/b/c: 1"],
  },
  {
    name: "leaves dots and slashes away",
    layers: [[folder("./"), folder("./a/"), file("./a//x"), file("/b", "1")]],
    want: ["a/", "a/x: ", "b: 1"],
  },
  {
    name: "hides what a whiteout names",
    layers: [
      [folder("a"), file("a/x"), file("a/y"), folder("b"), file("b/z")],
      [file("a/.wh.x"), file(".wh.b")],
    ],
    want: ["a/", "a/y: "],
  },
  {
    name: "hides nothing of the whiteout's own layer, in either order",
    layers: [
      [file("x", "old"), file("y", "old")],
      [file(".wh.x"), file("x", "new"), file("y", "new"), file(".wh.y")],
    ],
    want: ["x: new", "y: new"],
  },
  {
    name: "lets a whiteout of nothing pass",
    layers: [[file("x")], [file(".wh.gone"), file("no/folder/.wh.here")]],
    want: ["x: "],
  },
  {
    name: "replaces a folder that is hidden and there again",
    layers: [
      [folder("a", { mode: 0o700 }), file("a/x")],
      [file(".wh.a"), folder("a"), file("a/y")],
    ],
    want: ["a/", "a/y: "],
  },
  {
    name: "keeps only what is new below an opaque whiteout",
    layers: [
      [folder("a"), file("a/x"), folder("a/b"), file("a/b/old")],
      [
        folder("a"),
        file("a/b/new"),
        file("a/.wh..wh..opq"),
        file("a/y"),
      ],
    ],
    want: ["a/", "a/b/", "a/b/new: ", "a/y: "],
  },
  {
    name: "leaves AUFS's own files away",
    layers: [[folder(".wh..wh.plnk"), file(".wh..wh.plnk/1.2"), file("x")]],
    want: ["x: "],
  },
  {
    name: "puts a file where a folder was",
    layers: [[folder("a"), file("a/x")], [file("a", "1")]],
    want: ["a: 1"],
  },
  {
    name: "puts a link where a folder was",
    layers: [[folder("a"), file("a/x")], [symlink("a", "b")]],
    want: ["a -> b"],
  },
  {
    name: "puts a folder where a link of a lower layer was",
    layers: [
      [folder("real"), symlink("a", "real")],
      [folder("a"), file("a/x", "1")],
    ],
    want: ["a/", "a/x: 1", "real/"],
  },
  {
    name: "follows no link of a lower layer",
    layers: [[folder("real"), symlink("a", "real")], [file("a/x", "1")]],
    want: ["a/", "a/x: 1", "real/"],
  },
  {
    name: "follows a link of the same layer, and stays inside",
    layers: [[
      folder("real"),
      symlink("a", "/real"),
      symlink("up", "../../../real"),
      file("a/x", "1"),
      file("up/y", "2"),
    ]],
    want: [
      "a -> /real",
      "real/",
      "real/x: 1",
      "real/y: 2",
      "up -> ../../../real",
    ],
  },
  {
    name: "puts a folder where a file of a lower layer was",
    layers: [[file("a", "1")], [file("a/x", "2")]],
    want: ["a/", "a/x: 2"],
  },
  {
    name: "keeps hard links",
    layers: [[file("a", "1"), link("b", "a"), link("c", "./b")]],
    want: ["a: 1 = b = c", "b: 1 = a = c", "c: 1 = a = b"],
  },
  {
    name: "keeps hard links across layers",
    layers: [[file("a", "1")], [link("b", "a")]],
    want: ["a: 1 = b", "b: 1 = a"],
  },
  {
    name: "keeps content whose first name is hidden",
    layers: [
      [file("a", "1"), link("b", "a"), link("c", "a")],
      [file(".wh.a")],
    ],
    want: ["b: 1 = c", "c: 1 = b"],
  },
  {
    name: "keeps content whose first name is replaced",
    layers: [
      [folder("d"), file("d/a", "1"), link("b", "d/a")],
      [file("d", "2")],
    ],
    want: ["b: 1", "d: 2"],
  },
  {
    name: "puts content under a name in a folder of an upper layer",
    layers: [
      [file("a", "1")],
      [folder("new"), link("new/b", "a"), file(".wh.a")],
    ],
    want: ["new/", "new/b: 1"],
  },
  {
    name: "keeps hard links of what is no file",
    layers: [[
      symlink("z", "t"),
      link("a", "z"),
      { path: "p", type: "fifo" },
      link("q", "p"),
    ]],
    want: ["a -> t = z", "p | = q", "q | = p", "z -> t = a"],
  },
  {
    name: "keeps devices and pipes",
    layers: [[
      { path: "c", type: "character", major: 1, minor: 3 },
      { path: "b", type: "block", major: 8, minor: 1048575 },
      { path: "p", type: "fifo" },
    ]],
    want: ["b b 8,1048575", "c c 1,3", "p |"],
  },
];

for (const { name, layers, want } of CASES) {
  Deno.test(`flattenLayers() ${name}`, async () => {
    assert.deepEqual(lines(await flatten(...layers)), want);
  });
}

Deno.test("flattenLayers() keeps all facts of an entry", async () => {
  const facts = {
    mode: 0o4755,
    uid: 4_000_000_000,
    gid: 3_000_000,
    mtime: -5,
    exactTime: "-4.25",
    attributes: [
      ["SCHILY.xattr.security.capability", "\x01\0\0\x02\xff\n="],
      ["SCHILY.xattr.user.x", "1"],
    ],
  } as const;
  const long = `${"d".repeat(120)}/${"f".repeat(255)}`;
  const strange = "caf\xe9 \xff\xfe\n";
  const paths = await flatten([
    folder("", { mode: 0o711, uid: 5, mtime: 7 }),
    folder("d".repeat(120), facts),
    file(long, "long", facts),
    file(strange, "strange", { mtime: 2 ** 33 + 1 }),
    symlink("s", "t".repeat(300)),
    link(`${strange}2`, long),
  ]);
  assert.equal(paths.size, 6);
  for (const path of [long, "d".repeat(120)]) {
    const { mode, uid, gid, mtime, exactTime, attributes } = paths.get(path)!;
    assert.deepEqual(
      { mode, uid, gid, mtime, exactTime, attributes },
      { ...facts, mtime: -4 },
    );
  }
  assert.deepEqual(paths.get(long)!.names, [`${strange}2`, long].sort());
  assert.equal(paths.get(long)!.content, "long");
  assert.equal(paths.get(strange)!.mtime, 2 ** 33 + 1);
  assert.equal(paths.get("s")!.target, "t".repeat(300));
  const { mode, uid, mtime } = paths.get("")!;
  assert.deepEqual({ mode, uid, mtime }, { mode: 0o711, uid: 5, mtime: 7 });
});

Deno.test("flattenLayers() keeps the holes of a file", async () => {
  const parts = Array.from({ length: 60 }, (_, at) => [at * 4096, 512]).flat();
  parts.push(2 ** 40, 0);
  const sparse = { size: 2 ** 40, parts };
  const paths = await flatten([
    file("big", "ab".repeat(60 * 256), { sparse }),
    file("empty", "", { sparse: { size: 10, parts: [10, 0] } }),
  ]);
  assert.deepEqual(paths.get("big")!.sparse, sparse);
  assert.equal(paths.get("big")!.content, "ab".repeat(60 * 256));
  assert.deepEqual(paths.get("empty")!.sparse, { size: 10, parts: [10, 0] });
});

Deno.test("readLayers() reads who is who, through links", async () => {
  const layers = await Promise.all([
    layerOf([
      file("etc/passwd", "old"),
      symlink("etc/group", "/usr/etc/group"),
    ]),
    layerOf([file("usr/etc/group", "g"), file("etc/passwd", "new")]),
  ]);
  const image = await readLayers(layers);
  assert.deepEqual(
    ["/etc/passwd", "/etc/group", "/etc/none"].map((path) =>
      image.readText(path)
    ),
    ["new", "g", ""],
  );
  assert.equal(image.size, "new".length + "g".length);
});

const HOSTILE: { name: string; entries: TestEntry[]; message: RegExp }[] = [
  ["a path out of the root", [file("../x")], /"..\/x" leads out of/],
  ["a path out of a folder", [file("a/../../x")], /leads out of/],
  ["a hard link out of the root", [link("x", "../y")], /leads out of/],
  ["a hard link to nothing", [link("x", "y")], /which is not there/],
  ["a hard link to itself", [link("x", "x")], /not there|itself/],
  ["a hard link to a folder", [folder("a"), link("x", "a")], /is a folder/],
  ["a file as the root", [file("./")], /root is not a folder/],
  ["a file as a folder", [file("a"), file("a/x")], /is none/],
  ["links in a ring", [
    symlink("a", "b"),
    symlink("b", "a"),
    file("a/x"),
  ], /too many links/],
  ["a name that is too long", [file("x".repeat(256))], /too long/],
  ["a path that is too long", [file("x/".repeat(2100) + "y")], /too long/],
  ["a link to nowhere", [symlink("x", "")], /leads nowhere/],
  ["a path below a whiteout", [file(".wh.a/x")], /below a whiteout/],
  ["a whiteout of the folder above", [file("a/.wh...")], /hides nothing/],
  ["a whiteout without a name", [file(".wh.")], /hides nothing/],
].map(([name, entries, message]) => ({ name, entries, message }) as never);

for (const { name, entries, message } of HOSTILE) {
  Deno.test(`flattenLayers() refuses ${name}`, async () => {
    const layers = await Promise.all([layerOf([]), layerOf(entries)]);
    await assert.rejects(readLayers(layers), (error) => {
      assert.ok(error instanceof LayerError);
      assert.match(error.message, message);
      assert.ok(error.message.startsWith(`Layer ${layers[1]!.digest}: `));
      return true;
    });
    const reader = flattenLayers(layers).getReader();
    await assert.rejects(reader.read(), LayerError);
  });
}

Deno.test("readLayers() refuses a layer of another digest", async () => {
  const layer = await layerOf([file("x", "1")]);
  const other = await layerOf([file("x", "2")]);
  const { diffId: _, ...stored } = layer;
  for (
    const wrong of [
      { ...layer, open: other.open },
      { ...stored, open: other.open },
    ]
  ) {
    await assert.rejects(readLayers([wrong]), /its digest is sha256:/);
  }
  await readLayers([stored]);
});

Deno.test("readLayers() refuses an archive that is cut off anywhere", async () => {
  const whole = archiveOf([
    file("a".repeat(150), "content", {
      attributes: [["SCHILY.xattr.user.x", "1"]],
    }),
  ]);
  // Behind the last entry an archive may end, with or without empty blocks.
  const end = whole.length - 1024;
  for (let length = 1; length < end; length += 61) {
    const layer = await layerOf(whole.slice(0, length));
    await assert.rejects(readLayers([layer]), LayerError, String(length));
  }
  await readLayers([await layerOf(whole.slice(0, end))]);
});

Deno.test("flattenLayers() reads gzip, and each layer once more", async () => {
  const layer = await layerOf([file("x", "1")]);
  let opened = 0;
  const packed = {
    ...layer,
    open: async () => {
      opened++;
      return (await layer.open()).pipeThrough(
        new CompressionStream("gzip") as ReadableWritablePair<
          Uint8Array,
          Uint8Array
        >,
      );
    },
  };
  assert.deepEqual(lines(await unpack(flattenLayers([packed]))), ["x: 1"]);
  assert.equal(opened, 2);
});

Deno.test("flattenLayers() reads no more than is asked for", async () => {
  const big = await layerOf([file("x", "1".repeat(4 << 20))]);
  let read = 0;
  const layer = {
    ...big,
    open: async () =>
      (await big.open()).pipeThrough(
        new TransformStream<Uint8Array, Uint8Array>({
          transform(piece, controller) {
            read += piece.length;
            controller.enqueue(piece);
          },
        }),
      ),
  };
  const image = await readLayers([layer]);
  read = 0;
  const reader = image.archive().getReader();
  await reader.read();
  assert.ok(read < 2 << 20, String(read));
  await reader.cancel();
});

Deno.test("readLayers() and archive() stop when they are told to", async () => {
  const layer = await layerOf([file("x", "1".repeat(1 << 20))]);
  const aborted = AbortSignal.abort(new Error("enough"));
  await assert.rejects(readLayers([layer], { signal: aborted }), /enough/);
  const image = await readLayers([layer]);
  const reader = image.archive({ signal: aborted }).getReader();
  await assert.rejects(async () => {
    while (!(await reader.read()).done);
  }, /enough/);
});
