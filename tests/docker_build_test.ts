import assert from "node:assert/strict";
import { runKini } from "./harness.ts";

Deno.test("docker build says what to use instead, whatever its flags", async () => {
  const calls = [
    ["build", "."],
    ["build"],
    ["image", "build", "-t", "a:1", "-f", "Dockerfile", "--build-arg=X=1", "."],
    [
      "build",
      "-q",
      "--pull",
      "--platform",
      "linux/amd64",
      "--output",
      "x",
      "-",
    ],
  ];
  for (const argv of calls) {
    const { stdout, stderr, code } = await runKini(["docker", ...argv]);
    assert.deepEqual([stdout, code], ["", 1], argv.join(" "));
    assert.match(
      stderr,
      /^docker build is not available.*docker load -i FILE"\n$/,
    );
  }
});
