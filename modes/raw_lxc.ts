/**
 * The `raw.lxc` lines of kini's instances.
 *
 * @module
 */
import type { ContainerRecord } from "../docker/container.ts";
import { parseSignal } from "../docker/signal.ts";
import { hasLineBreak, rawLines } from "./config_check.ts";
import type { RunFacts } from "./mode.ts";
import { isPrivileged } from "./unprivileged.ts";

/**
 * The log file that the server hands out over its API. It shows only files of
 * a few names, of which a system container writes none of this kind.
 */
export const CONSOLE_LOG = "migration_kini_console.log";

/** How much of its console output a container may leave, in bytes. */
const CONSOLE_LOG_SIZE = 16 * 1024 * 1024;

/** What docker's `--privileged` takes away of a container's confinement. */
const PRIVILEGED = [
  "lxc.apparmor.profile=unconfined",
  "lxc.mount.auto=proc:rw sys:rw cgroup:rw",
  "lxc.cgroup2.devices.allow=a",
  "lxc.cap.drop=",
];

/**
 * The lines for one container.
 *
 * - The console goes to a file that `docker logs` can read from its beginning
 *   as often as it wants. The ring buffer that Incus reads it from by default
 *   gives each byte once, and would replace the file when the container stops:
 *   an empty size turns it off, where 0 stands for the smallest one.
 * - At log level `info`, liblxc notes how the container's process ended:
 *   nothing else in Incus keeps its exit code.
 * - The stop signal is the image's, as with docker.
 */
export function rawLxcFor(record: ContainerRecord, facts: RunFacts): string {
  const lines = [
    `lxc.console.logfile=${facts.logFolder}/${CONSOLE_LOG}`,
    `lxc.console.size=${CONSOLE_LOG_SIZE}`,
    "lxc.console.buffer.size=",
    "lxc.log.level=info",
    `lxc.signal.halt=${signalName(record.stopSignal || "SIGTERM")}`,
  ];
  if (isPrivileged(record, facts)) lines.push(...PRIVILEGED);
  else lines.push(...capabilityLines(record));
  if (record.hostname !== record.name) {
    lines.push(`lxc.uts.name=${record.hostname}`);
  }
  return rawLines(lines);
}

/**
 * liblxc knows numbers, and names that begin with SIG. An image's signal that
 * is none stands for SIGTERM, as with docker: liblxc would refuse to start.
 */
function signalName(signal: string): string {
  if (!isSignal(signal) && !hasLineBreak(signal)) return "SIGTERM";
  const name = signal.toUpperCase();
  return /^(SIG|\d)/.test(name) ? name : `SIG${name}`;
}

function isSignal(text: string): boolean {
  try {
    parseSignal(text);
    return true;
  } catch {
    return false;
  }
}

/** `--cap-drop`, which the kernel's own names in lower case stand for. */
function capabilityLines({ capAdd, capDrop }: ContainerRecord): string[] {
  const names = (list: string[]) =>
    list.map((name) => name.toLowerCase().replace(/^cap_/, ""));
  const dropped = names(capDrop);
  if (dropped.length === 0) return [];
  if (!dropped.includes("all")) return [`lxc.cap.drop=${dropped.join(" ")}`];
  const kept = names(capAdd);
  return ["lxc.cap.drop=", `lxc.cap.keep=${kept.join(" ") || "none"}`];
}

/**
 * The folder in which the server keeps an instance's logs.
 *
 * @param folder the server's own; packages put logs beside it.
 */
export function logFolderFor(
  folder: string,
  project: string | undefined,
  name: string,
): string {
  const own = project && project !== "default" ? `${project}_${name}` : name;
  if (/^(\/run|\/var\/lib)\/(incus|lxd)$/.test(folder)) {
    return `/var/log/${folder.split("/").pop()}/${own}`;
  }
  return `${folder}/logs/${own}`;
}
