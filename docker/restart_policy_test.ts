import assert from "node:assert/strict";
import { parseRestartPolicy } from "./restart_policy.ts";

Deno.test("parseRestartPolicy() reads docker's policies", () => {
  const cases: [string, string, number][] = [
    ["no", "no", 0],
    ["", "no", 0],
    ["no:0", "no", 0],
    ["always", "always", 0],
    ["unless-stopped", "unless-stopped", 0],
    ["on-failure", "on-failure", 0],
    ["on-failure:", "on-failure", 0],
    ["on-failure:1", "on-failure", 1],
    ["on-failure:+3", "on-failure", 3],
  ];
  for (const [input, name, maximumRetryCount] of cases) {
    assert.deepEqual(
      parseRestartPolicy(input),
      { name, maximumRetryCount },
      input,
    );
  }
});

Deno.test("parseRestartPolicy() refuses with docker's texts", () => {
  const format = "invalid restart policy format: ";
  const policy = "invalid restart policy: ";
  const cases: [string, string, string][] = [
    [":3", "SyntaxError", format + "no policy provided before colon"],
    [
      "on-failure:x",
      "SyntaxError",
      format + "maximum retry count must be an integer",
    ],
    [
      "on-failure: 3",
      "SyntaxError",
      format + "maximum retry count must be an integer",
    ],
    [
      "on-failure:3:4",
      "SyntaxError",
      format + "maximum retry count must be an integer",
    ],
    [
      "on-failure:-1",
      "RangeError",
      policy + "maximum retry count cannot be negative",
    ],
    [
      "always:3",
      "RangeError",
      policy + "maximum retry count can only be used with 'on-failure'",
    ],
    [
      "no:-1",
      "RangeError",
      policy +
      "maximum retry count can only be used with 'on-failure' and cannot be negative",
    ],
    [
      "NO",
      "RangeError",
      policy +
      "unknown policy 'NO'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'",
    ],
  ];
  for (const [input, name, message] of cases) {
    assert.throws(() => parseRestartPolicy(input), { name, message }, input);
  }
});
