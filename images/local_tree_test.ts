import assert from "node:assert/strict";
import { type Tree, type TreeEntry, underName } from "./file_tree.ts";
import { readLocalTree, writeLocalTree } from "./local_tree.ts";

const encoder = new TextEncoder();

function entry(
  name: string,
  more: Partial<TreeEntry> & { text?: string } = {},
) {
  const { text, ...rest } = more;
  return {
    name,
    type: "file",
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: text?.length ?? 0,
    ...(text !== undefined &&
      { body: ReadableStream.from([encoder.encode(text)]) }),
    ...rest,
  } satisfies TreeEntry as TreeEntry;
}

async function* tree(...entries: TreeEntry[]): Tree {
  for (const one of entries) yield await Promise.resolve(one);
}

async function inFolder(test: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("writeLocalTree() and readLocalTree() keep modes, links and times", () =>
  inFolder(async (folder) => {
    const mtime = new Date("2020-01-02T03:04:05Z");
    await writeLocalTree(
      tree(
        entry("d", { type: "directory", mode: 0o500 }),
        entry("d/f", { text: "hello", mode: 0o4751, mtime }),
        entry("d/l", { type: "symlink", linkname: "../nowhere" }),
        entry("d/h", { type: "link", linkname: "d/f" }),
        entry("empty", { text: "" }),
      ),
      folder,
    );
    const found: unknown[] = [];
    for await (const one of underName(readLocalTree(folder), "r")) {
      const text = one.body && await new Response(one.body).text();
      found.push([one.name, one.type, one.linkname ?? text]);
    }
    assert.deepEqual(found, [
      ["r", "directory", undefined],
      ["r/d", "directory", undefined],
      ["r/d/f", "file", "hello"],
      ["r/d/h", "file", "hello"],
      ["r/d/l", "symlink", "../nowhere"],
      ["r/empty", "file", ""],
    ]);
    const info = await Deno.stat(`${folder}/d/f`);
    assert.equal((info.mode ?? 0) & 0o7777, 0o4751);
    assert.equal(info.mtime?.getTime(), mtime.getTime());
    assert.equal(((await Deno.stat(`${folder}/d`)).mode ?? 0) & 0o777, 0o500);
    await Deno.chmod(`${folder}/d`, 0o700);
  }));

Deno.test("writeLocalTree() never writes outside of its folder", async (t) => {
  const bad = {
    "a path with ..": [entry("../x", { text: "bad" })],
    "a path with .. inside": [entry("a/../../x", { text: "bad" })],
    "a link from the archive": [
      entry("out", { type: "symlink", linkname: ".." }),
      entry("out/x", { text: "bad" }),
    ],
    "a folder made through a link": [
      entry("out", { type: "symlink", linkname: ".." }),
      entry("out/x", { type: "directory" }),
    ],
    "a hard link to what is outside": [
      entry("y", { type: "link", linkname: "../secret" }),
    ],
    "a hard link through a link": [
      entry("out", { type: "symlink", linkname: ".." }),
      entry("y", { type: "link", linkname: "out/secret" }),
    ],
  };
  for (const [name, entries] of Object.entries(bad)) {
    await t.step(name, () =>
      inFolder(async (outside) => {
        const folder = `${outside}/in`;
        await Deno.mkdir(folder);
        await Deno.writeTextFile(`${outside}/secret`, "secret");
        await assert.rejects(writeLocalTree(tree(...entries), folder));
        const names = [];
        for await (const { name } of Deno.readDir(outside)) names.push(name);
        assert.deepEqual(names.sort(), ["in", "secret"]);
      }));
  }
});

Deno.test("writeLocalTree() replaces links instead of following them", () =>
  inFolder(async (outside) => {
    const folder = `${outside}/in`;
    await Deno.mkdir(folder);
    await Deno.writeTextFile(`${outside}/secret`, "secret");
    await Deno.symlink("../secret", `${folder}/f`);
    await Deno.symlink("..", `${folder}/d`);
    await writeLocalTree(
      tree(
        entry("f", { text: "new" }),
        entry("d", { type: "directory", mode: 0o755 }),
        entry("d/secret", { text: "new" }),
      ),
      folder,
    );
    assert.equal(await Deno.readTextFile(`${outside}/secret`), "secret");
    assert.equal(await Deno.readTextFile(`${folder}/d/secret`), "new");
    assert.equal((await Deno.lstat(`${folder}/f`)).isFile, true);
  }));

Deno.test("writeLocalTree() does not put a file in a folder's place", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/f`);
    await assert.rejects(
      writeLocalTree(tree(entry("f", { text: "x" })), folder),
      /cannot overwrite directory/,
    );
  }));
