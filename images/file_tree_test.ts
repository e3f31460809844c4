import assert from "node:assert/strict";
import {
  safeName,
  tarFromTree,
  type Tree,
  type TreeEntry,
  treeFromTar,
} from "./file_tree.ts";

const LONG = `${"long-name/".repeat(30)}file`;

async function* entries(): Tree {
  const base = { mode: 0o640, uid: 7, gid: 8, size: 0 };
  const mtime = new Date("2020-01-02T03:04:05Z");
  yield { ...base, name: "d", type: "directory" };
  yield {
    ...base,
    name: LONG,
    type: "file",
    size: 3,
    mtime,
    body: ReadableStream.from([Uint8Array.of(1, 2), Uint8Array.of(3)]),
  };
  yield { ...base, name: "d/l", type: "symlink", linkname: "../x" };
  await Promise.resolve();
  yield { ...base, name: "d/h", type: "link", linkname: LONG };
}

Deno.test("tarFromTree() and treeFromTar() keep everything", async () => {
  const found: Partial<TreeEntry>[] = [];
  const bodies: Uint8Array[] = [];
  for await (const { body, ...one } of treeFromTar(tarFromTree(entries()))) {
    if (body) {
      bodies.push(new Uint8Array(await new Response(body).arrayBuffer()));
    }
    found.push(one);
  }
  assert.deepEqual(
    found.map(({ name, type, mode, uid, gid, size, linkname }) => [
      name,
      type,
      mode,
      uid,
      gid,
      size,
      linkname,
    ]),
    [
      ["d", "directory", 0o640, 7, 8, 0, undefined],
      [LONG, "file", 0o640, 7, 8, 3, undefined],
      ["d/l", "symlink", 0o640, 7, 8, 0, "../x"],
      ["d/h", "link", 0o640, 7, 8, 0, LONG],
    ],
  );
  assert.equal(found[1]?.mtime?.toISOString(), "2020-01-02T03:04:05.000Z");
  assert.deepEqual(bodies, [Uint8Array.of(1, 2, 3)]);
});

Deno.test("treeFromTar() goes on after a file that nobody reads", async () => {
  const names: string[] = [];
  for await (const one of treeFromTar(tarFromTree(entries()))) {
    names.push(one.name);
    await one.body?.cancel();
  }
  assert.equal(names.length, 4);
});

Deno.test("treeFromTar() takes the root's name away", async () => {
  const names: string[] = [];
  for await (const one of treeFromTar(tarFromTree(entries()), "d")) {
    names.push(one.name);
    await one.body?.cancel();
  }
  assert.deepEqual(names, ["", LONG, "l", "h"]);
});

Deno.test("treeFromTar() ends with the error of its source", async () => {
  const source = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.error(new Error("no tar here"));
    },
  });
  await assert.rejects(async () => {
    for await (const _ of treeFromTar(source)) assert.fail("an entry came");
  }, /no tar here/);
});

Deno.test("safeName() refuses what leads out", () => {
  for (const good of ["a/b", "./a//b/", "/a/b"]) {
    assert.equal(safeName(good), "a/b");
  }
  for (const bad of ["..", "a/../b", "a/..", "../a", "a\0b"]) {
    assert.throws(() => safeName(bad), RangeError);
  }
});
