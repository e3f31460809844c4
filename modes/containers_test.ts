import assert from "node:assert/strict";
import { isInstanceName, parseExit } from "./containers.ts";

const START =
  "lxc c1 20261122152813.702 INFO     network - ../src/lxc/network.c:f:4064 - Finished setting up";
const at = (time: string, text: string) =>
  `lxc c1 ${time} INFO     error - ../src/lxc/error.c:lxc_error_set_and_log:31 - ${text}`;

for (
  const { name, log, want } of [
    {
      name: "an exit code",
      log: [START, at("20261122152817.801", "Child <425> ended on error (3)")],
      want: { exitCode: 3, finishedAt: "2026-11-22T15:28:17.801Z" },
    },
    {
      name: "a signal",
      log: [
        START,
        at("20261122152829.474", "Child <597> ended on signal Killed(9)"),
      ],
      want: { exitCode: 137, finishedAt: "2026-11-22T15:28:29.474Z" },
    },
    {
      name: "an end without a note, which is code 0",
      log: [START],
      want: { exitCode: 0, finishedAt: "2026-11-22T15:28:13.702Z" },
    },
    { name: "an empty log", log: [], want: undefined },
  ]
) {
  Deno.test(`parseExit() reads ${name}`, () => {
    assert.deepEqual(parseExit(log.join("\n") + "\n"), want);
  });
}

Deno.test("isInstanceName() knows what Incus takes", () => {
  for (const name of ["a", "kind-control-plane", "A1", "x".repeat(63)]) {
    assert.equal(isInstanceName(name), true, name);
  }
  for (const name of ["", "-a", "a-", "a.b", "a_b", "x".repeat(64), "a/b"]) {
    assert.equal(isInstanceName(name), false, name);
  }
});
