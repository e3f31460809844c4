import assert from "node:assert/strict";
import type { ContainerRecord } from "../docker/container.ts";
import type { RunFacts } from "./mode.ts";
import { rawLxcFor } from "./raw_lxc.ts";

function haltLine(stopSignal: string): string | undefined {
  const record = { name: "c1", hostname: "c1", capAdd: [], capDrop: [] };
  return rawLxcFor(
    { ...record, stopSignal } as unknown as ContainerRecord,
    { logFolder: "/log" } as RunFacts,
  ).split("\n").find((line) => line.startsWith("lxc.signal.halt="));
}

Deno.test("rawLxcFor() gives liblxc the stop signal, and SIGTERM for one that is none", () => {
  const cases: [string, string][] = [
    ["", "SIGTERM"],
    ["quit", "SIGQUIT"],
    ["SIGRTMIN+3", "SIGRTMIN+3"],
    ["9", "9"],
    ["SIGNONSENSE", "SIGTERM"],
    ["0", "SIGTERM"],
    ["SIGTERM lxc.hook.start=/bin/x", "SIGTERM"],
  ];
  for (const [signal, want] of cases) {
    assert.equal(haltLine(signal), `lxc.signal.halt=${want}`);
  }
});

Deno.test("rawLxcFor() refuses a stop signal with a line break", () => {
  assert.throws(() => haltLine("SIGTERM\nlxc.hook.start=/bin/x"), RangeError);
});
