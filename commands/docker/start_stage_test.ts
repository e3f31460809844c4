import assert from "node:assert/strict";
import { stageOf, startStage } from "./start_stage.ts";

Deno.test("stageOf() knows the container runtime and the start script", () => {
  const stages = {
    "[lxc monitor] /var/lib/incus/containers c1\0": "starting",
    "/bin/sh\0/init\0": "starting",
    "/bin/sh\0/.kini-init\0": "starting",
    "/bin/sh\0/init\0-x\0": "program",
    "/bin/sh\0/srv/init\0": "program",
    "/bin/sh\0": "program",
    "sleep\x00100\0": "program",
    "": "gone",
  };
  for (const [words, stage] of Object.entries(stages)) {
    assert.equal(stageOf(words), stage, JSON.stringify(words));
  }
});

Deno.test("startStage() reads a process, and sees when there is none", async () => {
  assert.equal(await startStage(Deno.pid), "program");
  assert.equal(await startStage(0), "gone");
});
