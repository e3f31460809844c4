import assert from "node:assert/strict";
import { parseExtraHost } from "./extra_host.ts";

Deno.test("parseExtraHost() reads both spellings", () => {
  const cases: [string, string][] = [
    ["db:10.0.0.5", "db:10.0.0.5"],
    ["db=10.0.0.5", "db:10.0.0.5"],
    ["db:::1", "db:::1"],
    ["db=[::1]", "db:::1"],
    ["host:host-gateway", "host:host-gateway"],
  ];
  for (const [text, want] of cases) {
    assert.equal(parseExtraHost(text), want, text);
  }
});

Deno.test("parseExtraHost() refuses with docker's texts", () => {
  const cases: [string, string][] = [
    ["db", 'bad format for add-host: "db"'],
    [":10.0.0.5", 'bad format for add-host: ":10.0.0.5"'],
    ["db:nowhere", 'invalid IP address in add-host: "nowhere"'],
    ["db:", 'invalid IP address in add-host: ""'],
  ];
  for (const [text, message] of cases) {
    assert.throws(() => parseExtraHost(text), { name: "SyntaxError", message });
  }
});
