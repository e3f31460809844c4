/**
 * Checks of the server itself: there, new enough, and willing.
 *
 * @module
 */
import {
  type Check,
  type Finding,
  machineCheck,
  ok,
  serverCheck,
  shellWord,
} from "./check.ts";
import type { Facts, MachineFacts } from "./facts.ts";
import {
  installPackages,
  installServer,
  joinGroup,
  startServer,
  sudo,
  upgradeServer,
} from "./fixes.ts";
import type { ServerAnswers } from "./server_facts.ts";
import { socketCandidates } from "../../../incus/remote.ts";

const PRODUCTS: Readonly<Record<string, string>> = {
  incus: "Incus",
  lxd: "LXD",
};

/** The oldest releases that kini is tried with. */
const OLDEST: Readonly<Record<string, number>> = { incus: 6, lxd: 5 };

/** What kini's requests rely on, whatever the mode. */
const NEEDED_EXTENSIONS = [
  "instance_get_full",
  "container_exec_signal_handling",
  "container_exec_user_group_cwd",
  "proxy_udp",
];

/** Seconds between two clocks that certificates forgive. */
const CLOCK_TOLERANCE = 60;

/** Checks of the server. */
export const serverChecks: readonly Check[] = [
  { name: "server", run: checkConnection },
  serverCheck("server-version", checkVersion),
  serverCheck("server-extensions", checkExtensions),
  serverCheck("mode", checkMode),
  serverCheck("image-server", checkImageServer),
  machineCheck("oci-tools", checkTools),
  serverCheck("clock", checkClock),
];

/** The client that talks to the server of these facts, for commands that users paste. */
export function clientCommand(
  server: ServerAnswers,
  facts: Facts,
): string {
  const isLxd = server.server.environment.server === "lxd";
  const { KINI_SOCKET: socket } = facts.env;
  const prefix = socket
    ? `${isLxd ? "LXD_SOCKET" : "INCUS_SOCKET"}=${shellWord(socket)} `
    : "";
  return `${prefix}${isLxd ? "lxc" : "incus"}`;
}

/** How a thing of the server's is called there: `REMOTE:NAME` where a remote was chosen. */
export function remoteName(name: string, { env }: Facts): string {
  return shellWord(env.KINI_REMOTE ? `${env.KINI_REMOTE}:${name}` : name);
}

/** The same in the project that kini works in. */
export function projectClient(server: ServerAnswers, facts: Facts): string {
  const client = clientCommand(server, facts);
  return server.project === "default"
    ? client
    : `${client} --project ${shellWord(server.project)}`;
}

function checkConnection(facts: Facts): Finding {
  const { connection } = facts;
  const { state, text, group } = connection;
  switch (state) {
    case "reached":
      return ok(text || "reached over the network");
    case "denied":
      return {
        level: "failure",
        found: text,
        why: `only root and the group ${group} may use the server`,
        fix: joinGroup(facts, group),
      };
    case "down":
      return {
        level: "failure",
        found: text,
        why: "the socket is there, but nobody listens: the server is down",
        fix: startServer(facts),
      };
    case "silent":
      return {
        level: "failure",
        found: text,
        why: "the server took the connection and says nothing",
        fix: startServer(facts, "restart"),
      };
    case "absent":
      return absentServer(facts);
    case "refused":
      return {
        level: "failure",
        found: text,
        why: "the server, or a setting of yours, says no",
      };
  }
}

/** Variables that name a socket, or its folder. */
const SOCKETS = [
  "KINI_SOCKET",
  "INCUS_SOCKET",
  "INCUS_DIR",
  "LXD_SOCKET",
  "LXD_DIR",
];

function absentServer(facts: Facts): Finding {
  const { text: found, socket } = facts.connection;
  const named = SOCKETS.find((name) => facts.env[name]);
  if (
    named &&
    !socketCandidates(() => undefined).some(({ path }) => path === socket)
  ) {
    return {
      level: "failure",
      found,
      why: `${named} says where the server is, and it isn't there`,
      fix: [`unset ${named}`],
    };
  }
  return (facts.machine?.services ?? []).length > 0
    ? {
      level: "failure",
      found,
      why: "the server is installed but not running",
      fix: startServer(facts),
    }
    : {
      level: "failure",
      found,
      why: "kini needs Incus or LXD, on this machine or over the network",
      fix: installServer(facts),
    };
}

function checkVersion({ server }: ServerAnswers, facts: Facts): Finding {
  const { server: kind, server_version: version } = server.environment;
  const found = `${PRODUCTS[kind] ?? kind} ${version}`;
  const oldest = OLDEST[kind];
  if (oldest === undefined) {
    return {
      level: "warning",
      found,
      why: "kini knows Incus and LXD",
    };
  }
  return parseInt(version) >= oldest ? ok(found) : {
    level: "failure",
    found,
    why: "kini needs Incus 6.0 or LXD 5.0, or later ones",
    fix: upgradeServer(facts, kind),
  };
}

function checkExtensions({ server }: ServerAnswers, facts: Facts): Finding {
  const there = server.api_extensions ?? [];
  const missing = NEEDED_EXTENSIONS.filter((name) => !there.includes(name));
  return missing.length === 0
    ? ok(`${there.length} API extensions, all that kini needs`)
    : {
      level: "failure",
      found: `missing: ${missing.join(", ")}`,
      why: "kini's requests rely on them: use a newer server",
      fix: upgradeServer(facts, server.environment.server),
    };
}

function checkMode({ mode, server }: ServerAnswers, { env }: Facts): Finding {
  if ("error" in mode) {
    return {
      level: "failure",
      found: mode.error,
      why: "KINI_MODE says how containers are made",
      fix: ["unset KINI_MODE"],
    };
  }
  const reason = env.KINI_MODE
    ? "KINI_MODE says so"
    : mode.name === "oci"
    ? "the server has OCI containers"
    : `this ${
      PRODUCTS[server.environment.server] ?? "server"
    } has no OCI containers`;
  return ok(`${mode.name}, since ${reason}`);
}

/** What needs no image server, and asks none. */
const USE_KINDEST = ["export KINI_LXC_IMAGES=kindest"];

function checkImageServer({ imageServer }: ServerAnswers): Finding {
  if (!imageServer) return ok("not needed: nodes are made of kindest/node");
  const { address, only, versions } = imageServer;
  const level = only ? "failure" : "warning";
  if ("error" in versions) {
    if (address === "") {
      return {
        level,
        found: versions.error,
        why: "the setting says where images for nodes come from",
        fix: ["unset KINI_IMAGE_SERVER KINI_LXC_IMAGES"],
      };
    }
    return {
      level,
      found: versions.error,
      why: `${
        only
          ? "nodes can only be made of its images"
          : "nodes are made of kindest/node images instead"
      }: KINI_IMAGE_SERVER can name a mirror of it`,
      fix: USE_KINDEST,
    };
  }
  const count = versions.value.length;
  if (count > 0) {
    return ok(
      `${address} has ${count} version${count === 1 ? "" : "s"} of Kubernetes`,
    );
  }
  return {
    level,
    found: `${address} has no kubeadm images for this server`,
    why:
      "KINI_IMAGE_SERVER names a server of other images, or there are none " +
      "for this processor",
    fix: USE_KINDEST,
  };
}

function checkTools(machine: MachineFacts, facts: Facts): Finding {
  const { server } = facts;
  if (!server) return { level: "unknown", found: "the server doesn't answer" };
  if ("error" in server.mode || server.mode.name !== "oci") {
    return ok("not needed in this mode");
  }
  const missing = ["skopeo", "umoci"].filter((name) => !machine.tools[name]);
  if (missing.length === 0) {
    return ok(Object.values(machine.tools).sort().join(", "));
  }
  return {
    level: "warning",
    found: `not found: ${missing.join(", ")}`,
    why: "Incus fetches and unpacks images of registries with them. kini " +
      "looked in PATH and in Incus's own folders",
    fix: installPackages(facts, missing),
  };
}

function checkClock({ ahead }: ServerAnswers, facts: Facts): Finding {
  if (Math.abs(ahead) <= CLOCK_TOLERANCE) {
    return ok("the server's clock and this machine's agree");
  }
  return {
    level: "warning",
    found: `the server's clock is ${Math.abs(ahead)} seconds ${
      ahead > 0 ? "ahead of" : "behind"
    } this machine's`,
    why: "new certificates are not valid yet for a clock that is behind: set " +
      "both by NTP",
    fix: facts.machine?.timedatectl === false
      ? []
      : [`${sudo(facts)}timedatectl set-ntp true`],
  };
}
