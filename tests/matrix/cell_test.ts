import assert from "node:assert/strict";
import { allCells, cellId, select } from "./cell.ts";

Deno.test("allCells() has each cell once, the simplest of each server first", () => {
  const ids = allCells().map(cellId);
  assert.equal(ids.length, 5 * 2 * 3 * 2);
  assert.equal(new Set(ids).size, ids.length);
  assert.deepEqual(ids.slice(0, 5), [
    "incus-oci-privileged-1-kind0.33",
    "incus-lxc-privileged-1-kind0.33",
    "incus75-oci-privileged-1-kind0.33",
    "incus60-lxc-privileged-1-kind0.33",
    "lxd-lxc-privileged-1-kind0.33",
  ]);
});

Deno.test("select() takes cells that have all that is asked for", () => {
  const cells = select({ host: ["incus", "lxd"], mode: ["lxc"], nodes: ["1"] });
  assert.equal(cells.length, 2 * 2 * 2);
  assert.equal(select({ kind: undefined }).length, allCells().length);
});

Deno.test("select() refuses a value that no cell has", () => {
  assert.throws(
    () => select({ kind: ["0.33", "0.1"] }),
    new RangeError('No cell has kind "0.1": there are 0.33, 0.27'),
  );
});
