import assert from "node:assert/strict";
import { type Cell, cellId } from "./cell.ts";
import type { Limit } from "./limits.ts";
import { renderPage } from "./page.ts";
import type { CellResult } from "./result.ts";

const GOLDEN = new URL("page_golden.md", import.meta.url);

const CELL: Cell = {
  host: "incus",
  mode: "oci",
  privilege: "privileged",
  nodes: "1",
  kind: "0.33",
};
const LXD: Partial<Cell> = { host: "lxd", mode: "lxc" };
const STEPS = ["clean host", "kind create cluster", "kind export logs"];

function result(change: Partial<CellResult> = {}): CellResult {
  return {
    ...CELL,
    date: "2026-01-02",
    seconds: 31,
    facts: {
      server: "incus 7.0.2",
      kind: "0.33.0",
      image: "kindest",
      kubernetes: "v1.35.0",
    },
    passed: STEPS,
    ...change,
  };
}

const LIMITS: Limit[] = [{
  cells: { ...LXD, privilege: "unprivileged" },
  step: "kind create cluster",
  error: "no such device",
  why: "LXD 5.0 has no such device.",
}];

Deno.test("renderPage() shows green, red, explained and missing cells", async () => {
  const failure = { step: "kind create cluster", error: "no such device | x" };
  const facts = { server: "lxd 5.0.2", kind: "0.27.0", image: "kubeadm" };
  const page = renderPage(
    new Map(
      [
        result(),
        result({ kind: "0.27", seconds: 44, date: "2026-01-03" }),
        result({ nodes: "1+2" }),
        result({ mode: "lxc", earlier: failure }),
        result({ ...LXD, facts, passed: STEPS.slice(0, 1), failure }),
        result({
          ...LXD,
          privilege: "unprivileged",
          facts,
          passed: STEPS.slice(0, 1),
          failure,
        }),
      ].map((one) => [cellId(one), one]),
    ),
    LIMITS,
  );
  if (Deno.args.includes("--update")) await Deno.writeTextFile(GOLDEN, page);
  assert.equal(page, await Deno.readTextFile(GOLDEN));
});
