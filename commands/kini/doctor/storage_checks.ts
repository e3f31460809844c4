/**
 * Checks of disks: the server's pool, and the image store on this machine.
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
import { sudo } from "./fixes.ts";
import { projectClient, remoteName } from "./server_checks.ts";
import type { PoolFacts, ServerAnswers } from "./server_facts.ts";

const GIB = 2 ** 30;
/** A node image and one node of it. */
const LEAST_ROOM = 3 * GIB;
/** A cluster of a few nodes with something in it. */
const GOOD_ROOM = 10 * GIB;

/** Numbers of file systems: `man 2 statfs`. */
const OVERLAYFS = 0x794c7630;
const ZFS = 0x2fc12fc1;

/** Checks of disks. */
export const storageChecks: readonly Check[] = [
  serverCheck("storage-driver", checkDriver),
  serverCheck("storage-space", checkSpace),
  { name: "image-store", run: checkStore },
];

const SNAPSHOTTER = "KIND_EXPERIMENTAL_CONTAINERD_SNAPSHOTTER";

function poolOf({ pool }: ServerAnswers): PoolFacts | Finding {
  if (!pool) return { level: "unknown", found: "the profile has no root disk" };
  return "error" in pool ? unanswered(pool.error) : pool.value;
}

function checkDriver(server: ServerAnswers, { env }: Facts): Finding {
  const pool = poolOf(server);
  if ("level" in pool) return pool;
  const { name, driver } = pool;
  const chosen = env[SNAPSHOTTER];
  const version = zfsVersion(server, pool);
  const found = `"${name}" is ${driver}${version ? `, ZFS ${version}` : ""}${
    chosen ? `, with the snapshotter ${chosen}` : ""
  }`;
  const cannot = pool.fileSystem === OVERLAYFS
    ? "its folder is on overlayfs itself"
    : version && before(version, 2, 2)
    ? "overlayfs needs ZFS 2.2 or later"
    : undefined;
  if (!cannot || (chosen && chosen !== "overlayfs")) return ok(found);
  return {
    level: "failure",
    found,
    why:
      `containerd in the nodes uses overlayfs, and that can't work: ${cannot}`,
    fix: [`export ${SNAPSHOTTER}=native`],
  };
}

/** Empty when the pool is not on ZFS, or the version isn't told. */
function zfsVersion({ server }: ServerAnswers, pool: PoolFacts): string {
  if (pool.driver !== "zfs" && pool.fileSystem !== ZFS) return "";
  const { storage, storage_version } = server.environment;
  const drivers = storage.split(/\s*\|\s*/);
  return storage_version.split(/\s*\|\s*/)[drivers.indexOf("zfs")] ?? "";
}

function before(version: string, major: number, minor: number): boolean {
  const [, first, second] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  if (first === undefined) return false;
  return Number(first) < major ||
    (Number(first) === major && Number(second) < minor);
}

function checkSpace(server: ServerAnswers, facts: Facts): Finding {
  const pool = poolOf(server);
  if ("level" in pool) return pool;
  const { name, space } = pool;
  if (!space) {
    return { level: "unknown", found: `"${name}" doesn't tell its space` };
  }
  const { free } = space;
  const found = `${gib(free)} of ${gib(space.total)} free on "${name}"`;
  if (free >= GOOD_ROOM) return ok(found);
  return {
    level: free < LEAST_ROOM ? "failure" : "warning",
    found,
    why: "one node with its image takes about 3 GiB, and a kubelet evicts " +
      "pods when its disk is nearly full",
    fix: [
      "kini docker image prune -a -f",
      `${projectClient(server, facts)} storage info ${remoteName(name, facts)}`,
    ],
  };
}

/** `1.5 GiB` */
export function gib(bytes: number): string {
  return `${(bytes / GIB).toFixed(1)} GiB`;
}

function checkStore(facts: Facts): Finding {
  const { store } = facts;
  if (!store) {
    return {
      level: "ok",
      found: facts.env.KINI_CACHE
        ? "switched off by KINI_CACHE"
        : "none: HOME is not set",
    };
  }
  const { folder, exists, mode, ownerIsUser, writable, free } = store;
  const word = shellWord(folder);
  if (!writable) {
    return {
      level: "failure",
      found: `${folder} can't be written to`,
      why: "docker load, commit, and pulls that the server can't do put " +
        "images there. KINI_CACHE names another folder",
      fix: ownerIsUser
        ? [`chmod -R u+rwX ${word}`]
        : [`sudo chown -R "$(id -u):$(id -g)" ${word}`],
      safe: ownerIsUser,
    };
  }
  if (exists && ((mode ?? 0) & 0o077) !== 0) {
    return {
      level: "warning",
      found: `${folder} is open to others: mode ${mode!.toString(8)}`,
      why: "images may hold secrets",
      fix: [`${ownerIsUser ? "" : sudo(facts)}chmod 700 ${word}`],
      safe: ownerIsUser,
    };
  }
  if (free !== undefined && free < LEAST_ROOM) {
    return {
      level: "warning",
      found: `${gib(free)} free in ${folder}`,
      why: "one node image takes about 1 GiB there while it is sent",
      fix: ["kini docker image prune -a -f"],
    };
  }
  return ok(
    `${folder}${exists ? "" : " (not made yet)"}${
      free === undefined ? "" : `, ${gib(free)} free`
    }`,
  );
}
