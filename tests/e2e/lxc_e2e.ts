/**
 * LXC mode on an Incus that is told not to use its OCI containers.
 */
import { Host } from "./host.ts";
import { testContainers } from "./lxc_containers.ts";

testContainers(
  new Host("incus", { env: { KINI_MODE: "lxc", KINI_LXC_IMAGES: "kindest" } }),
  "Incus in LXC mode",
);
