/**
 * Networks of a real Incus; the tests are in `network.ts`.
 */
import { Host } from "./host.ts";
import { testCluster, testConnect, testPorts, testSetting } from "./network.ts";

const INCUS = new Host("incus");
const WHAT = "OCI containers";

testCluster(INCUS, WHAT, {
  family: "dual",
  roles: ["control-plane"],
  ownNetwork: true,
  server: /^ *server: https:\/\/127\.0\.0\.1:\d+$/m,
  nodeIp: /^\d+\.\d+\.\d+\.\d+,[0-9a-f:]+$/,
});
testPorts(INCUS, WHAT);
testSetting(INCUS, "profile:kinie2e");
testConnect(INCUS);
