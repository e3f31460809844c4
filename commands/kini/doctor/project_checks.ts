/**
 * Checks of the project, the default profile and the network.
 *
 * @module
 */
import {
  type Check,
  type Finding,
  ok,
  serverCheck,
  shellWord,
  unanswered,
} from "./check.ts";
import type { Facts } from "./facts.ts";
import { startServer } from "./fixes.ts";
import { placementCheck } from "./placement_check.ts";
import { clientCommand, projectClient, remoteName } from "./server_checks.ts";
import { unprivileged } from "./program_checks.ts";
import { networkDevice, rootDisk, type ServerAnswers } from "./server_facts.ts";
import type { Device, Network } from "../../../incus/types.ts";

/** Checks of what instances are made with. */
export const projectChecks: readonly Check[] = [
  serverCheck("project", checkProject),
  placementCheck,
  serverCheck("profile-disk", checkDisk),
  serverCheck("profile-network", checkNic),
  serverCheck("network", checkNetwork),
  serverCheck("network-ipv4", checkIPv4),
  serverCheck("network-ipv6", checkIPv6),
  serverCheck("network-dns", checkDns),
];

const PRIVILEGE = "restricted.containers.privilege";

/** What a restricted project must allow, with what it does where nothing is set. */
const RESTRICTIONS = [
  { key: "restricted.containers.nesting", want: "allow", unset: "block" },
  {
    key: PRIVILEGE,
    want: "allow",
    unset: "unprivileged",
  },
  { key: "restricted.containers.lowlevel", want: "allow", unset: "block" },
  { key: "restricted.devices.proxy", want: "allow", unset: "block" },
  { key: "restricted.devices.disk", want: "allow", unset: "managed" },
  { key: "restricted.devices.unix-char", want: "allow", unset: "block" },
] as const;

function checkProject(server: ServerAnswers, facts: Facts): Finding {
  const { project, projectConfig } = server;
  const client = clientCommand(server, facts);
  const name = remoteName(project, facts);
  if ("error" in projectConfig) {
    if (projectConfig.status !== 404) return unanswered(projectConfig.error);
    return {
      level: "failure",
      found: `there is no project "${project}"`,
      why: "KINI_PROJECT, INCUS_PROJECT or LXD_PROJECT names the project " +
        "that kini works in",
      fix: [
        `${client} project create ${name} -c features.images=false ` +
        "-c features.profiles=false",
      ],
      safe: true,
    };
  }
  const config = projectConfig.value;
  if (config.restricted !== "true") return ok(`"${project}", not restricted`);
  const user = unprivileged(facts.env);
  const blocked = RESTRICTIONS.map((one) =>
    user && one.key === PRIVILEGE ? { ...one, want: "unprivileged" } : one
  ).filter(({ key, want, unset }) => {
    const value = config[key] ?? unset;
    return value !== want && value !== "allow";
  });
  if (blocked.length === 0) {
    return ok(`"${project}" is restricted, and allows what nodes need`);
  }
  return {
    level: "failure",
    found: `"${project}" blocks ${
      blocked.map(({ key }) => key.replace("restricted.", "")).join(", ")
    }`,
    why: `kind's nodes are ${user ? "un" : ""}privileged containers with ` +
      "containers in them, " +
      "published ports and host folders. Who may change the project decides",
    fix: [
      `${client} project set ${name} ${
        blocked.map(({ key, want }) => `${key}=${want}`).join(" ")
      }`,
    ],
  };
}

/** The default serves where the user names what is not there. */
const FORGET_NETWORK = ["unset KINI_NETWORK"];

function checkDisk(server: ServerAnswers, facts: Facts): Finding {
  const { profile } = server;
  if ("error" in profile) {
    // Without the project, there is no profile either.
    if (profile.status !== 404 || "error" in server.projectConfig) {
      return unanswered(profile.error);
    }
    return {
      level: "failure",
      found: `there is no profile "${server.setting.profile}"`,
      why: "KINI_NETWORK names it",
      fix: FORGET_NETWORK,
    };
  }
  const disk = rootDisk(profile.value);
  if (disk?.pool) return ok(`on the storage pool "${disk.pool}"`);
  const client = projectClient(server, facts);
  const there = remoteName("default", facts);
  const where = remoteName(server.setting.profile, facts);
  return {
    level: "failure",
    found: `the profile "${server.setting.profile}" has no root disk`,
    why: "containers get their disk from there",
    fix: [
      // A server without any pool needs one first.
      `${client} storage show ${there} >/dev/null 2>&1 || ` +
      `${client} storage create ${there} dir`,
      `${client} profile device add ${where} root disk path=/ pool=default`,
    ],
    safe: true,
  };
}

/** The network device that containers get. */
function nicOf({ profile, setting }: ServerAnswers): Device | undefined {
  if (setting.network) return { type: "nic", network: setting.network };
  if ("error" in profile) return undefined;
  return networkDevice(profile.value);
}

function checkNic(server: ServerAnswers, facts: Facts): Finding {
  if ("error" in server.profile) return unanswered(server.profile.error);
  const nic = nicOf(server);
  if (nic) {
    return ok(`${nic.name ?? "a device"} on "${nic.network ?? nic.parent}"`);
  }
  const bridge = managedNetworks(server).find(({ type }) => type === "bridge")
    ?.name;
  const client = projectClient(server, facts);
  const name = bridge ??
    (server.server.environment.server === "lxd" ? "lxdbr0" : "incusbr0");
  return {
    level: "failure",
    found: `the profile "${server.setting.profile}" has no network device`,
    why: "containers get their network from there, and nodes talk over it",
    fix: [
      ...(bridge
        ? []
        : [`${client} network create ${remoteName(name, facts)}`]),
      `${client} profile device add ${
        remoteName(server.setting.profile, facts)
      } eth0 nic name=eth0 network=${shellWord(name)}`,
    ],
    safe: true,
  };
}

function managedNetworks({ networks }: ServerAnswers): readonly Network[] {
  return "value" in networks
    ? networks.value.filter(({ managed }) => managed)
    : [];
}

/** The profile's network, or why there is nothing to say about it. */
function profileNetwork(
  server: ServerAnswers,
  facts: Facts,
): Network | Finding {
  if ("error" in server.networks) return unanswered(server.networks.error);
  const nic = nicOf(server);
  const name = nic?.network ?? nic?.parent;
  if (!name) {
    return { level: "unknown", found: "the profile has no network device" };
  }
  const network = server.networks.value.find((one) => one.name === name);
  if (network) return network;
  const chosen = server.setting.network !== "";
  return {
    level: "failure",
    found: `there is no network "${name}"`,
    why: chosen
      ? "KINI_NETWORK names it"
      : "the profile's network device is on it",
    fix: chosen ? FORGET_NETWORK : [
      `${projectClient(server, facts)} network create ${
        remoteName(name, facts)
      }`,
    ],
  };
}

/** Runs a check on the network, where the server manages one. */
function onManaged(
  server: ServerAnswers,
  facts: Facts,
  run: (network: Network) => Finding,
): Finding {
  const network = profileNetwork(server, facts);
  if ("level" in network) return { level: "unknown", found: network.found };
  const { name, managed, config } = network;
  if (!managed) {
    return {
      level: "unknown",
      found: `"${name}" is not managed by the server`,
    };
  }
  return Object.keys(config).length > 0 ? run(network) : {
    level: "unknown",
    found: `a restricted client is not told the settings of "${name}"`,
  };
}

/**
 * What serves a bridge that is part of an Ethernet outside, as the members of a
 * cluster have in common: never to be mended by a DHCP server of this one.
 */
function outside(
  { server }: ServerAnswers,
  { name, config }: Network,
): Finding | undefined {
  return config["bridge.external_interfaces"] ||
      server.environment.server_clustered
    ? {
      level: "unknown",
      found: `the server has no subnet in "${name}": what serves it is outside`,
    }
    : undefined;
}

function checkNetwork(server: ServerAnswers, facts: Facts): Finding {
  const network = profileNetwork(server, facts);
  if ("level" in network) return network;
  const { name, type, managed, status } = network;
  if (!managed) {
    if (server.setting.network) {
      return {
        level: "failure",
        found: `the server doesn't manage the network "${name}"`,
        why: "KINI_NETWORK names it: a profile with a device on it can be " +
          "used, as KINI_NETWORK=profile:NAME",
        fix: FORGET_NETWORK,
      };
    }
    return ok(`"${name}", which the server doesn't manage`);
  }
  if (status && status !== "Created") {
    return {
      level: "failure",
      found: `"${name}" is ${status.toLowerCase()}`,
      why: "the server could not set it up when it started: its log says why",
      fix: facts.machine ? startServer(facts, "restart") : [],
    };
  }
  return ok(`"${name}", a ${type}`);
}

function checkIPv4(server: ServerAnswers, facts: Facts): Finding {
  return onManaged(server, facts, (network) => {
    const { name, config, type } = network;
    const address = config["ipv4.address"];
    if (type !== "bridge") return ok(`given out by the ${type} network`);
    if (!address || address === "none") {
      return outside(server, network) ?? {
        level: "failure",
        found: `"${name}" has no IPv4`,
        why: "nodes need IPv4, unless the whole cluster is IPv6",
        fix: [
          `${projectClient(server, facts)} network set ${
            remoteName(name, facts)
          } ` +
          "ipv4.address=auto ipv4.nat=true",
        ],
        safe: true,
      };
    }
    if (config["ipv4.dhcp"] === "false") {
      return {
        level: "failure",
        found: `"${name}" gives out no addresses`,
        why: "nodes get their addresses by DHCP",
        fix: [
          `${projectClient(server, facts)} network set ${
            remoteName(name, facts)
          } ipv4.dhcp=true`,
        ],
        safe: true,
      };
    }
    return ok(address);
  });
}

function checkIPv6(server: ServerAnswers, facts: Facts): Finding {
  return onManaged(server, facts, (network) => {
    const { name, config, type } = network;
    const address = config["ipv6.address"];
    if (type !== "bridge") return ok(`given out by the ${type} network`);
    if (address && address !== "none") return ok(address);
    return outside(server, network) ?? {
      level: "warning",
      found: `"${name}" has no IPv6`,
      why: "clusters with ipFamily ipv6 or dual need it; others don't",
      fix: [
        `${projectClient(server, facts)} network set ${
          remoteName(name, facts)
        } ` +
        "ipv6.address=auto ipv6.nat=true",
      ],
      safe: true,
    };
  });
}

function checkDns(server: ServerAnswers, facts: Facts): Finding {
  return onManaged(server, facts, ({ name, config, type }) => {
    if (type !== "bridge") return ok(`served by the ${type} network`);
    if (config["dns.mode"] !== "none") return ok(`served by "${name}"`);
    return {
      level: "warning",
      found: `"${name}" has dns.mode=none`,
      why: "nodes find each other by name: clusters of several nodes fail",
      fix: [
        `${projectClient(server, facts)} network set ${
          remoteName(name, facts)
        } dns.mode=managed`,
      ],
      safe: true,
    };
  });
}
