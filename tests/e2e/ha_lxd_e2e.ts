/**
 * Clusters with several control planes in LXC mode; the test is in `failover.ts`.
 */
import { testFailover } from "./failover.ts";
import { Host } from "./host.ts";

testFailover(new Host("lxd", { kind: "0.27" }), {
  where: "LXC mode with kind 0.27 and haproxy",
  image: "docker.io/kindest/haproxy:v20230606-42a2262b",
  // The others answer from what they know.
  victim: "kind-control-plane",
  exitCode: 0,
  configured: /Reloading HAProxy/,
});
