/**
 * Random layers, flattened and applied one after the other to a tree in
 * memory: both must come to the same.
 */
import assert from "node:assert/strict";
import { flattenLayers } from "./flatten.ts";
import {
  file,
  folder,
  layerOf,
  link,
  symlink,
  type TestEntry,
  unpack,
} from "./layer_test_data.ts";

const IMAGES = 400;

/** What a path is; names of one content share it. */
interface Node {
  type: string;
  mode: number;
  uid: number;
  mtime: number;
  content: string;
  target: string;
}

/** Each path with the layer that has it. */
type Tree = Map<string, { node: Node; layer: number }>;

/** What makes an entry impossible; the test then takes another one. */
class Impossible extends Error {}

function isBelow(path: string, folder: string): boolean {
  return folder === "" || path.startsWith(`${folder}/`);
}

function removeAll(tree: Tree, path: string, self: boolean): void {
  for (const other of [...tree.keys()]) {
    if (isBelow(other, path) || (self && other === path)) tree.delete(other);
  }
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 0));
}

function makeParents(tree: Tree, path: string, layer: number): void {
  const parent = parentOf(path);
  if (parent === "") return;
  makeParents(tree, parent, layer);
  const there = tree.get(parent);
  if (there?.node.type === "folder") return;
  if (there?.layer === layer) throw new Impossible(parent);
  const node = {
    type: "folder",
    mode: 0o755,
    uid: 0,
    mtime: 0,
    content: "",
    target: "",
  };
  tree.set(parent, { node, layer });
}

function apply(tree: Tree, entry: TestEntry, layer: number): void {
  const { path, type = "file", target = "", content = "" } = entry;
  const linked = tree.get(target)?.node;
  if (type === "link") {
    if (!linked || linked.type === "folder" || isBelow(target, path)) {
      throw new Impossible(path);
    }
    if (target === path) throw new Impossible(path);
  }
  makeParents(tree, path, layer);
  if (tree.get(path)?.node.type === "folder" && type !== "folder") {
    removeAll(tree, path, true);
  }
  const { mode = 0o644, uid = 0, mtime = 0 } = entry;
  // A link through what the entry has just replaced leads nowhere.
  if (type === "link" && tree.get(target)?.node !== linked) {
    throw new Impossible(path);
  }
  const node = type === "link"
    ? linked!
    : { type, mode, uid, mtime, content, target };
  tree.set(path, { node, layer });
}

/** Numbers from 0 to 1 that a seed repeats. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Adds a layer to the tree, and says what was in it. */
function randomLayer(
  tree: Tree,
  layer: number,
  random: () => number,
): TestEntry[] {
  const upTo = (end: number) => Math.floor(random() * end);
  const name = () => "abc"[upTo(3)]!;
  const path = () => Array.from({ length: 1 + upTo(3) }, name).join("/");
  const hiding: TestEntry[] = [];
  for (let count = upTo(4); count > 0; count--) {
    const hidden = path();
    const parent = parentOf(hidden);
    const opaque = upTo(3) === 0;
    // Only lower layers are in the tree yet.
    removeAll(tree, opaque ? parent : hidden, !opaque);
    hiding.push(
      file(
        [parent, opaque ? ".wh..wh..opq" : `.wh.${hidden.split("/").at(-1)}`]
          .filter(Boolean).join("/"),
      ),
    );
  }
  const entries: TestEntry[] = [];
  for (let count = upTo(14); count > 0; count--) {
    const facts = { mode: upTo(0o1000), uid: upTo(9), mtime: 1 + upTo(999) };
    const paths = [...tree.keys()];
    const at = path();
    const content = `${layer}.${count}`;
    const entry = [
      file(at, content, facts),
      folder(at, facts),
      folder(at, facts),
      symlink(at, path()),
      link(at, paths[upTo(paths.length)] ?? "a"),
      { path: at, type: "fifo" as const, ...facts },
    ][upTo(6)]!;
    const before = new Map(tree);
    try {
      apply(tree, entry, layer);
      entries.push(entry);
    } catch (error) {
      if (!(error instanceof Impossible)) throw error;
      tree.clear();
      for (const [path, node] of before) tree.set(path, node);
    }
  }
  for (const one of hiding) entries.splice(upTo(entries.length + 1), 0, one);
  return entries;
}

/** Both sides as data that can be compared. */
function described(tree: Iterable<readonly [string, Node]>): unknown {
  const names = new Map<Node, string[]>();
  for (const [path, node] of tree) {
    names.set(node, [...names.get(node) ?? [], path]);
  }
  return [...names].map(([node, paths]) => {
    const { type, mode, uid, mtime, content, target } = node;
    // A symbolic link's mode says nothing.
    const facts = type === "symlink" ? [] : [mode, uid, mtime];
    return [paths.sort().join(" = "), type, ...facts, content, target];
  }).sort(([a], [b]) => String(a) < String(b) ? -1 : 1);
}

Deno.test("flattenLayers() does what applying layer after layer does", async () => {
  for (let seed = 1; seed <= IMAGES; seed++) {
    const random = randomFrom(seed);
    const tree: Tree = new Map();
    const layers: TestEntry[][] = [];
    for (let count = 1 + Math.floor(random() * 4); count > 0; count--) {
      layers.push(randomLayer(tree, layers.length, random));
    }
    const sources = await Promise.all(layers.map(layerOf));
    const what = `seed ${seed}: ${JSON.stringify(layers)}`;
    const flat = await unpack(flattenLayers(sources)).catch((error) => {
      throw new Error(what, { cause: error });
    });
    flat.delete("");
    const want = [...tree].map(([path, { node }]) => [path, node] as const);
    assert.deepEqual(described(flat), described(want), what);
  }
});
