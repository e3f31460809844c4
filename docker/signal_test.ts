import assert from "node:assert/strict";
import { parseSignal, signalName } from "./signal.ts";

Deno.test("parseSignal() reads names and numbers", () => {
  const cases: [string, number][] = [
    ["KILL", 9],
    ["SIGKILL", 9],
    ["sigterm", 15],
    ["Hup", 1],
    ["9", 9],
    ["64", 64],
    ["IOT", 6],
    ["RTMIN", 34],
    ["SIGRTMIN+3", 37],
    ["rtmin+15", 49],
    ["RTMAX-14", 50],
    ["RTMAX", 64],
  ];
  for (const [text, number] of cases) {
    assert.equal(parseSignal(text), number, text);
  }
});

Deno.test("parseSignal() refuses with docker's text", () => {
  for (
    const text of [
      "",
      "FOO",
      "SIGFOO",
      "0",
      "-9",
      "65",
      "RTMIN+16",
      "RTMIN-1",
      "RTMAX+1",
      "RTMAX-15",
      "SIGSIGKILL",
      "toString",
      "1.5",
    ]
  ) {
    assert.throws(() => parseSignal(text), {
      name: "RangeError",
      message: `invalid signal: ${text}`,
    });
  }
});

Deno.test("signalName() is the way back", () => {
  assert.equal(signalName(9), "SIGKILL");
  assert.equal(signalName(6), "SIGABRT");
  assert.equal(signalName(37), "SIGRTMIN+3");
  assert.equal(signalName(34), "SIGRTMIN");
  assert.equal(signalName(64), "SIGRTMAX");
  assert.equal(signalName(50), "SIGRTMAX-14");
  assert.equal(signalName(33), "33");
});
