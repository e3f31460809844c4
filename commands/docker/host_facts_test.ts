import assert from "node:assert/strict";
import { countCpus } from "./host_facts.ts";

Deno.test("countCpus() counts the kernel's lists", () => {
  const cases: [list: string, want: number][] = [
    ["0\n", 1],
    ["0-3\n", 4],
    ["0-3,8,10-11\n", 7],
    ["", 0],
  ];
  for (const [list, want] of cases) assert.equal(countCpus(list), want, list);
});
