import assert from "node:assert/strict";
import { firstError } from "./program.ts";

Deno.test("firstError() finds the line that says what went wrong", () => {
  const output = (...lines: string[]) => `${lines.join("\n")}\n`;
  assert.equal(
    firstError(output(
      "Creating cluster ...",
      " the last command failed",
      "ERROR: failed to create cluster: no",
      "Stack Trace:",
    )),
    "ERROR: failed to create cluster: no",
  );
  assert.equal(
    firstError(output(
      'ERROR: failed to create cluster: command "docker run --name x sh -c a\nb" failed with error: exit status 125',
      "",
      "Command Output: Unable to find image",
      "docker: Error response from daemon: no such device",
      "See 'docker run --help'.",
    )),
    'ERROR: failed to create cluster: command "docker run …" failed with error: exit status 125: docker: Error response from daemon: no such device',
  );
  assert.equal(
    firstError(output("note", "Error response from daemon: x", "more")),
    "Error response from daemon: x",
  );
  assert.equal(firstError(output("a", "", "no such file", "")), "no such file");
  assert.equal(firstError(""), "");
});
