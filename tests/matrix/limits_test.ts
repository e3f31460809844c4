import assert from "node:assert/strict";
import { type Limit, limitOf } from "./limits.ts";
import type { CellResult } from "./result.ts";

const LIMIT: Limit = {
  cells: { host: "lxd" },
  step: "kind create cluster",
  error: "no such device",
  why: "",
};
const RED: CellResult = {
  host: "lxd",
  mode: "lxc",
  privilege: "privileged",
  nodes: "1",
  kind: "0.33",
  date: "",
  seconds: 0,
  facts: {},
  passed: [],
  failure: { step: "kind create cluster", error: "X: no such device: sctp" },
};

Deno.test("limitOf() explains only the failure that it names", () => {
  assert.equal(limitOf(RED, [LIMIT]), LIMIT);
  const { failure: _, ...green } = RED;
  const error = RED.failure?.error ?? "";
  for (
    const other of [
      green,
      { ...RED, host: "incus" },
      { ...RED, failure: { step: "kind export logs", error } },
      { ...RED, failure: { step: LIMIT.step, error: "another" } },
    ] as CellResult[]
  ) {
    assert.equal(limitOf(other, [LIMIT]), undefined);
  }
});
