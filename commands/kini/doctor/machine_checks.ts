/**
 * Checks of the kernel that the nodes run on, where it is this machine's.
 *
 * @module
 */
import { type Check, type Finding, machineCheck, ok } from "./check.ts";
import type { Facts, MachineFacts } from "./facts.ts";
import {
  bootWith,
  loadModules,
  setSysctls,
  startServer,
  sudo,
} from "./fixes.ts";
import { unprivileged } from "./program_checks.ts";

/** Checks of the machine. */
export const machineChecks: readonly Check[] = [
  machineCheck("kernel-modules", checkModules),
  machineCheck("inotify", checkInotify),
  machineCheck("ip-forward", checkForward),
  machineCheck("conntrack", checkConntrack),
  machineCheck("cgroup", checkCgroup),
  machineCheck("apparmor-userns", checkUserNamespaces),
  machineCheck("subid-ranges", checkRanges),
  machineCheck("fuse", checkFuse),
];

/** The kernel's own default, and what one node needs. */
const LEAST_INSTANCES = 128;
const LEAST_WATCHES = 65536;
/** What lasts for a dozen nodes. */
const GOOD_INSTANCES = 512;
const GOOD_WATCHES = 524288;

const LEAST_CONNECTIONS = 65536;

/** Without these, a kubelet ends at once. */
const CONTROLLERS = ["cpu", "cpuset", "memory", "pids"];

/** Identities that an unprivileged node needs. */
const LEAST_IDENTITIES = 65536;

function checkModules(machine: MachineFacts, facts: Facts): Finding {
  const { fileSystems, sysctls, loadable } = machine;
  const there: Record<string, boolean> = {
    overlay: fileSystems.includes("overlay"),
    br_netfilter: "net.bridge.bridge-nf-call-iptables" in sysctls,
  };
  const missing = Object.keys(there).filter((name) => !there[name]);
  if (missing.length === 0) return ok(Object.keys(there).join(", "));
  const fatal = missing.includes("overlay") && !loadable.includes("overlay");
  return {
    level: fatal ? "failure" : "warning",
    found: `not loaded: ${missing.join(", ")}`,
    why: "containerd in the nodes uses overlay, and some network plug-ins " +
      "use br_netfilter; nodes can't always load modules",
    fix: loadModules(facts, missing),
    safe: facts.root,
  };
}

function checkInotify({ sysctls }: MachineFacts, facts: Facts): Finding {
  const instances = Number(sysctls["fs.inotify.max_user_instances"]);
  const watches = Number(sysctls["fs.inotify.max_user_watches"]);
  if (Number.isNaN(instances) || Number.isNaN(watches)) {
    return { level: "unknown", found: "the kernel doesn't tell" };
  }
  const found = `${instances} instances, ${watches} watches a user`;
  if (instances >= GOOD_INSTANCES && watches >= GOOD_WATCHES) return ok(found);
  const fix = setSysctls(facts, {
    ...(instances < GOOD_INSTANCES &&
      { "fs.inotify.max_user_instances": GOOD_INSTANCES }),
    ...(watches < GOOD_WATCHES &&
      { "fs.inotify.max_user_watches": GOOD_WATCHES }),
  });
  if (instances >= LEAST_INSTANCES && watches >= LEAST_WATCHES) {
    return {
      level: "ok",
      found: `${found}: enough for about three nodes`,
      why: "more nodes need more: all privileged nodes share them, and what " +
        'gets none says "too many open files"',
      fix,
    };
  }
  return {
    level: "warning",
    found,
    why: "systemd, kubelet and containerd in each node use them up, and what " +
      'gets none says "too many open files"',
    fix,
    safe: facts.root,
  };
}

function checkForward({ sysctls }: MachineFacts, facts: Facts): Finding {
  const off = ["net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding"]
    .filter((name) =>
      sysctls[name] === "0" && (name.includes("ipv4") || usesIPv6(facts))
    );
  if (off.length === 0) return ok("the machine forwards packets");
  return {
    level: off[0] === "net.ipv4.ip_forward" ? "failure" : "warning",
    found: `${off.join(" and ")} ${off.length > 1 ? "are" : "is"} 0`,
    why: "nodes reach other machines, and registries, through this one",
    fix: setSysctls(facts, Object.fromEntries(off.map((name) => [name, 1]))),
    safe: facts.root,
  };
}

function usesIPv6({ server }: Facts): boolean {
  return server !== undefined && "value" in server.networks &&
    server.networks.value.some(({ managed, config }) =>
      managed && /:/.test(config["ipv6.address"] ?? "")
    );
}

function checkConntrack(machine: MachineFacts, facts: Facts): Finding {
  const { sysctls, loadable } = machine;
  const most = sysctls["net.netfilter.nf_conntrack_max"];
  if (most === undefined) {
    const can = loadable.includes("nf_conntrack");
    return {
      level: can ? "warning" : "failure",
      found: "nf_conntrack is not loaded",
      why: "kube-proxy's services are translated by it",
      fix: loadModules(facts, ["nf_conntrack"]),
      safe: facts.root,
    };
  }
  const found = `up to ${most} connections`;
  return Number(most) >= LEAST_CONNECTIONS ? ok(found) : {
    level: "warning",
    found,
    why: "all nodes share the table, and a full one drops packets",
    fix: setSysctls(facts, {
      "net.netfilter.nf_conntrack_max": 2 * LEAST_CONNECTIONS,
    }),
    safe: facts.root,
  };
}

function checkCgroup({ cgroup }: MachineFacts, facts: Facts): Finding {
  if (cgroup.version === 1) {
    return {
      level: "failure",
      found: "cgroup v1 is mounted",
      why: "Kubernetes and Incus need cgroup v2: boot with the kernel " +
        "parameter systemd.unified_cgroup_hierarchy=1, or a newer system",
      fix: bootWith(facts, "systemd.unified_cgroup_hierarchy=1"),
    };
  }
  const missing = CONTROLLERS.filter((name) =>
    !cgroup.controllers.includes(name)
  );
  if (missing.length === 0) return ok("v2 with all controllers");
  return {
    level: "failure",
    found: `v2 without the controllers ${missing.join(", ")}`,
    why: "a kubelet doesn't start without them. cgroup v1 has them, or this " +
      "is a container that was not given them: boot with the kernel " +
      "parameter cgroup_no_v1=all",
    fix: bootWith(facts, "cgroup_no_v1=all"),
  };
}

function checkUserNamespaces(
  { sysctls }: MachineFacts,
  facts: Facts,
): Finding {
  const name = "kernel.apparmor_restrict_unprivileged_userns";
  if (sysctls[name] !== "1") return ok("user namespaces are not restricted");
  if (!unprivileged(facts.env)) {
    return ok("restricted, which doesn't concern privileged nodes");
  }
  return {
    level: "warning",
    found: "AppArmor restricts user namespaces of unprivileged processes",
    why: "nodes are unprivileged (KINI_UNPRIVILEGED), and what makes " +
      "namespaces in them may be refused",
    fix: setSysctls(facts, { [name]: 0 }),
  };
}

function checkRanges(machine: MachineFacts, facts: Facts): Finding {
  if (!unprivileged(facts.env)) return ok("not needed for privileged nodes");
  const lacking = (["subuid", "subgid"] as const).filter((name) => {
    const text = machine[name];
    // Without the file, the server takes a range of its own.
    return text !== undefined && rangeOf(text) < LEAST_IDENTITIES;
  }).map((name) => `/etc/${name}`);
  if (lacking.length === 0) return ok("root has ranges of identities");
  return {
    level: "failure",
    found: `root has no range of ${LEAST_IDENTITIES} in ${
      lacking.join(" and ")
    }`,
    why: "nodes are unprivileged (KINI_UNPRIVILEGED), and the server gives " +
      "them identities from there",
    fix: [
      `echo root:1000000:1000000000 | ${sudo(facts)}tee -a ${
        lacking.join(" ")
      }`,
      ...startServer(facts, "restart"),
    ],
  };
}

function checkFuse({ fuse }: MachineFacts, facts: Facts): Finding {
  if (!unprivileged(facts.env)) return ok("not needed for privileged nodes");
  if (fuse) return ok("/dev/fuse");
  return {
    level: "failure",
    found: "there is no /dev/fuse",
    why: "nodes are unprivileged (KINI_UNPRIVILEGED), and kind asks for it " +
      "then: no cluster is made without it",
    fix: loadModules(facts, ["fuse"]),
    safe: facts.root,
  };
}

/** The largest range that root has. */
function rangeOf(text: string): number {
  let most = 0;
  for (const line of text.split("\n")) {
    const [name, , count] = line.split(":");
    if (name === "root" || name === "0") most = Math.max(most, Number(count));
  }
  return most;
}
