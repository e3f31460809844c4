import assert from "node:assert/strict";
import { parseSysctl } from "./sysctl.ts";

Deno.test("parseSysctl() splits at the first equals sign", () => {
  assert.deepEqual(parseSysctl("net.ipv6.conf.all.disable_ipv6=0"), [
    "net.ipv6.conf.all.disable_ipv6",
    "0",
  ]);
  assert.deepEqual(parseSysctl("net.a=b=c"), ["net.a", "b=c"]);
  assert.deepEqual(parseSysctl("kernel.shm_rmid_forced="), [
    "kernel.shm_rmid_forced",
    "",
  ]);
  assert.deepEqual(parseSysctl("fs.mqueue.x=1"), ["fs.mqueue.x", "1"]);
});

Deno.test("parseSysctl() refuses with docker's text", () => {
  for (const text of ["", "a", "a=b", "net.x", "=1", "vm.swappiness=1"]) {
    assert.throws(() => parseSysctl(text), {
      name: "SyntaxError",
      message: `sysctl '${text}' is not allowed`,
    });
  }
});
