import assert from "node:assert/strict";
import { isIpAddress, joinHostPort } from "./ip_address.ts";

Deno.test("isIpAddress() accepts what Go accepts", () => {
  const good = [
    "0.0.0.0",
    "255.1.2.3",
    "::",
    "::1",
    "1::",
    "fc00:f853:ccd:e793::1",
    "1:2:3:4:5:6:7:8",
    "1:2:3:4:5:6:7::",
    "::ffff:1.2.3.4",
    "::FFFF:1.2.3.4",
    "1:2:3:4:5:6:1.2.3.4",
  ];
  for (const text of good) assert.equal(isIpAddress(text), true, text);
});

Deno.test("isIpAddress() refuses what Go refuses", () => {
  const bad = [
    "",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.04",
    "256.0.0.1",
    "localhost",
    ":",
    ":::",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7::8",
    "1::2::3",
    "12345::",
    "g::",
    "fe80::1%eth0",
    "[::1]",
    "::1.2.3",
    "1.2.3.4::",
    ":1:2:3:4:5:6:7",
    " ::1",
    "0x1.2.3.4",
  ];
  for (const text of bad) assert.equal(isIpAddress(text), false, text);
});

Deno.test("joinHostPort() puts an IPv6 address in brackets", () => {
  assert.equal(joinHostPort("::1", 80), "[::1]:80");
  assert.equal(joinHostPort("0.0.0.0", "80-81"), "0.0.0.0:80-81");
});
