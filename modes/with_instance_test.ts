import assert from "node:assert/strict";
import type { IncusClient } from "../incus/client.ts";
import { isInstanceUp } from "./with_instance.ts";

const POWER = "volatile.last_state.power";

Deno.test("isInstanceUp() is not taken in by the moment between an end and its tidying up", async () => {
  const cases: [answers: [status: string, power: string][], want: boolean][] = [
    [[["Running", "RUNNING"]], true],
    [[["Stopped", "STOPPED"]], false],
    [[["Stopped", "RUNNING"], ["Running", "RUNNING"]], true],
    [[["Stopped", "RUNNING"], ["Stopped", "STOPPED"]], false],
    // The server was killed in the middle.
    [[["Stopped", "RUNNING"], ["Stopped", "RUNNING"]], false],
  ];
  for (const [answers, want] of cases) {
    const left = answers.map(([status, power]) => ({
      status,
      config: { [POWER]: power },
    }));
    const client = { get: () => Promise.resolve(left.shift()) };
    const up = await isInstanceUp(client as unknown as IncusClient, "c1");
    assert.equal(up, want, JSON.stringify(answers));
    assert.equal(left.length, 0);
  }
});
