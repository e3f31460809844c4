import assert from "node:assert/strict";
import type { RunRequest } from "../docker/run_request.ts";
import { dnsDevices } from "./docker_dns.ts";
import type { NetworkFacts } from "./mode.ts";

const ROLE = "io.x-k8s.kind.role";

function devices(
  role: string,
  gateways: NetworkFacts["gateways"],
  serverNetwork = "incusbr0",
) {
  const request = { labels: { [ROLE]: role } } as unknown as RunRequest;
  const network = { serverNetwork, gateways } as NetworkFacts;
  return Object.values(dnsDevices(request, network))
    .map(({ listen, connect, bind }) => `${bind} ${listen} ${connect}`);
}

for (
  const { name, gateways, server } of [
    {
      name: "the bridge",
      gateways: { ipv4: "10.0.3.1", ipv6: "fd42::1" },
      server: "10.0.3.1",
    },
    {
      name: "a bridge without IPv4",
      gateways: { ipv4: "", ipv6: "fd42::1" },
      server: "[fd42::1]",
    },
  ]
) {
  Deno.test(`dnsDevices() lead from 127.0.0.11 to ${name}`, () => {
    assert.deepEqual(devices("external-load-balancer", gateways), [
      `instance udp:127.0.0.11:53 udp:${server}:53`,
      `instance tcp:127.0.0.11:53 tcp:${server}:53`,
    ]);
  });
}

Deno.test("dnsDevices() are none for other containers, and without a DNS", () => {
  const gateways = { ipv4: "10.0.3.1", ipv6: "" };
  assert.deepEqual(devices("control-plane", gateways), []);
  assert.deepEqual(devices("external-load-balancer", gateways, ""), []);
  const none = { ipv4: "", ipv6: "" };
  assert.deepEqual(devices("external-load-balancer", none), []);
});
