import assert from "node:assert/strict";
import type { Case } from "./cases.ts";
import type { Run } from "./host.ts";
import { median, pairedRatio, rows } from "./table.ts";

const run = (seconds: number): Run => (
  { seconds, cpu: 0.5, rss: 2048, code: 0, stderr: "" }
);

Deno.test("median() takes the middle of an unsorted list", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
});

Deno.test("pairedRatio() compares round by round", () => {
  assert.equal(pairedRatio([1, 10, 100], [2, 20, 50]), 0.5);
});

Deno.test("rows() gives a line a contender, and rates from low to high", () => {
  const one: Case = {
    name: "stream",
    size: "long",
    bytes: 1e9,
    contenders: [
      { label: "kini", host: "incus", argv: [] },
      { label: "other", host: "incus", argv: [] },
    ],
  };
  assert.deepEqual(rows(one, [[run(2), run(4)], [run(1), run(1)]]), [
    "| stream | kini | 333 MB/s | 250 MB/s … 500 MB/s | 500.0 ms | 2 MiB |  |",
    "|  | other | 1000 MB/s | 1000 MB/s … 1000 MB/s | 500.0 ms | 2 MiB | **3.00** |",
  ]);
});
