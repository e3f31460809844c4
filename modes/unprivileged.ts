/**
 * Containers whose root is nobody on the machine (`KINI_UNPRIVILEGED`): what
 * takes the place of docker's `--privileged`, and what can't be had then.
 *
 * @module
 */
import type { Mount } from "../docker/mount.ts";
import type { RunRequest } from "../docker/run_request.ts";
import { IncusError } from "../incus/errors.ts";
import type { InstancePlan, RunFacts } from "./mode.ts";

/** Whether the instance gets what docker's `--privileged` stands for. */
export function isPrivileged(
  { privileged }: Pick<RunRequest, "privileged">,
  { unprivileged }: Pick<RunFacts, "unprivileged">,
): boolean {
  return privileged && !unprivileged;
}

/**
 * The config by which an instance gets privileges on the machine, or is root
 * in a user namespace alone.
 *
 * There the server's own confinement stays, which leaves the container
 * everything that its user namespace may do; nesting lets it make containers.
 * Modules can't be loaded from inside, so the server does it before the start.
 * The word is given also where it is the server's default: a profile may have
 * another one.
 */
export function privilegeConfig(
  request: RunRequest,
  facts: RunFacts,
): Record<string, string> {
  const config: Record<string, string> = {};
  if (facts.unprivileged) config["security.privileged"] = "false";
  if (!request.privileged) return config;
  config["security.nesting"] = "true";
  if (isPrivileged(request, facts)) {
    config["security.privileged"] = "true";
    // Docker's privileged containers have no seccomp filter.
    config["security.syscalls.deny_default"] = "false";
  } else if (facts.kernelModules.length > 0) {
    config["linux.kernel_modules"] = facts.kernelModules.join(",");
  }
  return config;
}

/**
 * Refuses what a user namespace can't have, before anything is made.
 *
 * @throws {IncusError} that says what to do instead.
 */
export function checkUnprivileged(
  request: RunRequest,
  { unprivileged }: Pick<RunFacts, "unprivileged">,
): void {
  if (!unprivileged || !request.privileged) return;
  for (const { propagation, target } of request.mounts) {
    if (propagation !== "shared" && propagation !== "rshared") continue;
    throw new IncusError(
      400,
      "run",
      `the mount at ${target} can't be ${propagation} (in kind's ` +
        "configuration: Bidirectional): what an unprivileged container " +
        "mounts stays inside it: leave the propagation out, or unset " +
        "KINI_UNPRIVILEGED",
    );
  }
}

/** What the user of a container in a user namespace should know of it. */
export function unprivilegedWarnings(
  request: RunRequest,
  facts: Pick<RunFacts, "unprivileged">,
): string[] {
  if (isPrivileged(request, facts)) return [];
  return request.mounts.filter(isSlave).map(({ target }) =>
    `files at ${target} belong to nobody in this container: a mount that ` +
    "follows the machine's can't have other owners than there"
  );
}

/**
 * Whether a bind is to follow what the machine mounts below its source. The
 * kernel lets no mounts into one whose owners are mapped.
 */
export function isSlave({ propagation }: Pick<Mount, "propagation">): boolean {
  return propagation === "slave" || propagation === "rslave";
}

/** What helps where the machine lacks a device. */
export function missingDeviceHint(path: string | undefined): string {
  // kind asks for it where containers are rootless.
  return path === "/dev/fuse"
    ? ' (unprivileged nodes need it: run "modprobe fuse" as root)'
    : "";
}

/**
 * Why a container in a user namespace did not start, where the server's or the
 * runtime's words need explaining.
 */
export function explainUserNamespace(
  { body }: Pick<InstancePlan, "body">,
  message: string,
): string | undefined {
  if (body.config["security.privileged"] === "true") return undefined;
  const mount = /mount "([^"]+)": idmapping abilities are required/.exec(
    message,
  );
  if (mount) {
    const source = body.devices[mount[1]!]?.source ?? mount[1];
    return `cannot mount ${source}: its file system can't map owners, which ` +
      "a container in a user namespace needs: use a folder on ext4, xfs or " +
      "btrfs";
  }
  const device = /start device "([^"]+)": The required device path/.exec(
    message,
  );
  if (device) {
    const source = body.devices[device[1]!]?.source ?? device[1];
    return `the server's machine has no ${source}${missingDeviceHint(source)}`;
  }
  const sysctl = /Permission denied - Failed to setup sysctl parameters (\S+) /
    .exec(message);
  if (sysctl) {
    return `the sysctl ${sysctl[1]} can't be set from a user namespace: set ` +
      "it on the server's machine, and leave --sysctl out";
  }
  if (/No uid\/gid allocation configured/.test(message)) {
    return "the server has no identities for containers in user namespaces: " +
      '"kini doctor" tells how /etc/subuid and /etc/subgid give it some';
  }
  return undefined;
}
