import assert from "node:assert/strict";
import {
  addressGroups,
  addressIn,
  addressText,
  networkAddress,
  subnetHas,
} from "./subnet.ts";

Deno.test("networkAddress() keeps the network's bits", () => {
  const cases: [address: string, prefix: number, want: string][] = [
    ["10.0.3.7", 24, "10.0.3.0"],
    ["10.216.174.1", 20, "10.216.160.0"],
    ["192.168.1.200", 32, "192.168.1.200"],
    ["fd42:99e7:eb4:9892::1", 64, "fd42:99e7:eb4:9892::"],
    ["fd42:99e7:eb4:9892:1266:6aff:fe11:2233", 80, "fd42:99e7:eb4:9892:1266::"],
    ["2001:db8::1", 32, "2001:db8::"],
    ["::1", 128, "::1"],
    ["::1", 64, "::"],
  ];
  for (const [address, prefix, want] of cases) {
    assert.equal(networkAddress(address, prefix), want);
  }
});

Deno.test("addressText() is the shortest text of what addressGroups() reads", () => {
  for (
    const [text, want = text] of [
      ["10.0.0.1"],
      ["fd42:0:0:1::1"],
      ["1:0:2:0:0:0:3:4", "1:0:2::3:4"],
      ["0:0:1::", "0:0:1::"],
      ["2001:DB8:0:0:0:0:0:0", "2001:db8::"],
      ["::ffff:10.0.0.1", "::ffff:a00:1"],
      ["1:2:3:4:5:6:7:8"],
      ["1:0:3:4:5:6:7:8"],
    ]
  ) assert.equal(addressText(addressGroups(text!)), want);
});

Deno.test("addressIn() joins a network and a host", () => {
  const host = addressGroups("fe80::1266:6aff:fe11:2233");
  assert.equal(
    addressIn("fd42:99e7:eb4:9892::1", 64, host),
    "fd42:99e7:eb4:9892:1266:6aff:fe11:2233",
  );
  assert.equal(
    addressIn("fd42:1:2:3:4::1", 80, host),
    "fd42:1:2:3:4:6aff:fe11:2233",
  );
});

Deno.test("subnetHas() wants the same family and network", () => {
  assert.ok(subnetHas("10.0.3.0/24", "10.0.3.255"));
  assert.ok(subnetHas("fd42::/64", "fd42::1:2"));
  assert.ok(!subnetHas("10.0.3.0/24", "10.0.4.1"));
  assert.ok(!subnetHas("10.0.3.0/24", "fd42::1"));
  assert.ok(!subnetHas("fd42::/64", "fd42:0:0:1::1"));
  assert.ok(!subnetHas("fd42::/64", "nonsense"));
});
