/**
 * Networks of a real LXD; the tests are in `network.ts`.
 */
import { Host } from "./host.ts";
import { testCluster, testConnect, testPorts, testSetting } from "./network.ts";

const LXD = new Host("lxd");
const WHAT = "system containers";

testCluster(LXD, WHAT, {
  family: "ipv6",
  roles: ["control-plane", "worker"],
  ownNetwork: false,
  server: /^ *server: https:\/\/\[::1\]:\d+$/m,
  nodeIp: /^[0-9a-f:]+$/,
});
testPorts(LXD, WHAT);
testSetting(LXD, "kinie2e");
testConnect(LXD);
