import assert from "node:assert/strict";
import { parsePublish } from "../docker/publish.ts";
import { balancerPorts } from "./load_balancer.ts";
import { chooseAgain, portDevices } from "./port_devices.ts";

for (
  const { input, connect } of [
    { input: "127.0.0.1:33111:6443/TCP", connect: "tcp:127.0.0.1:6443" },
    { input: "0.0.0.0:33111:6443/TCP", connect: "tcp:127.0.0.1:6443" },
    { input: "[::1]:33111:6443/TCP", connect: "tcp:[::1]:6443" },
    { input: "[::]:33111:6443/TCP", connect: "tcp:[::1]:6443" },
  ]
) {
  Deno.test(`balancerPorts() lead ${input} to ${connect}`, () => {
    const devices = balancerPorts(portDevices(parsePublish(input), () => 1));
    assert.equal(devices["kini-port-0"]?.connect, connect);
  });
}

Deno.test("balancerPorts() keep their way when the port is chosen again", () => {
  const publishes = parsePublish("[::1]::6443");
  const devices = balancerPorts(portDevices(publishes, () => 40001));
  const fresh = chooseAgain(publishes, devices, () => 40002);
  assert.deepEqual(fresh?.["kini-port-0"], {
    type: "proxy",
    bind: "host",
    listen: "tcp:[::1]:40002",
    connect: "tcp:[::1]:6443",
  });
});
