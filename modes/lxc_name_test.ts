import assert from "node:assert/strict";
import { bootRequest, broadcastOf } from "./lxc_name.ts";

Deno.test("bootRequest() is a BOOTP request with address, hardware address and no options", () => {
  const packet = bootRequest("00:16:3e:0a:0b:ff", "10.0.3.7");
  assert.equal(packet.length, 300);
  assert.deepEqual([...packet.subarray(0, 4)], [1, 1, 6, 0]);
  assert.deepEqual([...packet.subarray(12, 16)], [10, 0, 3, 7]);
  assert.deepEqual([...packet.subarray(28, 34)], [0, 22, 62, 10, 11, 255]);
  assert.deepEqual([...packet.subarray(236, 241)], [99, 130, 83, 99, 255]);
});

for (
  const [address, prefix, want] of [
    ["10.0.3.7", 24, "10.0.3.255"],
    ["10.0.3.7", 16, "10.0.255.255"],
    ["10.0.3.130", 26, "10.0.3.191"],
    ["10.77.3.7", 10, "10.127.255.255"],
    ["10.0.3.7", 30, "10.0.3.7"],
  ] as const
) {
  Deno.test(`broadcastOf() ${address}/${prefix} is ${want}`, () => {
    assert.equal(broadcastOf(address, prefix), want);
  });
}
