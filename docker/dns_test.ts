import assert from "node:assert/strict";
import { parseDnsSearch, parseDnsServer } from "./dns.ts";

Deno.test("parseDnsServer() accepts addresses alone", () => {
  for (const text of ["9.9.9.9", "fc00::5", "::1"]) {
    assert.equal(parseDnsServer(text), text);
  }
  for (const text of ["foo", "", "9.9.9", "[::1]", "9.9.9.9:53"]) {
    assert.throws(() => parseDnsServer(text), {
      name: "SyntaxError",
      message: `IP address is not correctly formatted: ${text}`,
    });
  }
});

Deno.test("parseDnsSearch() accepts domains, and a dot for none", () => {
  for (const text of [".", "a", "a.b", "my_domain.example.", "x-y.z1"]) {
    assert.equal(parseDnsSearch(text), text);
  }
  for (const text of ["", "a b", "-a", "a..b", "a-", "a".repeat(64)]) {
    assert.throws(() => parseDnsSearch(text), {
      name: "SyntaxError",
      message: `${text} is not a valid domain`,
    });
  }
});
