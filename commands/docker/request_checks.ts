/**
 * What a container can't be, by its request alone.
 *
 * @module
 */
import type { RunRequest } from "../../docker/run_request.ts";
import { DaemonError, UsageError } from "../errors.ts";

/** The least memory that docker gives a container. */
const MIN_MEMORY = 6 * 1024 * 1024;

/**
 * Refuses what docker refuses although each flag by itself is right.
 *
 * @throws {UsageError} where docker's client refuses.
 * @throws {DaemonError} where its daemon does.
 */
export function refuseContradictions(request: RunRequest): void {
  if (request.autoRemove && request.restart.name !== "no") {
    throw new UsageError("Conflicting options: --restart and --rm", {
      subject: "value",
    });
  }
  for (const one of request.securityOpt) {
    if (/[=:]/.test(one) || one === "no-new-privileges") continue;
    throw new UsageError(`Invalid --security-opt: ${JSON.stringify(one)}`, {
      subject: "value",
    });
  }
  if (request.memory > 0 && request.memory < MIN_MEMORY) {
    throw new DaemonError("Minimum memory limit allowed is 6MB");
  }
  if (request.workingDir && !request.workingDir.startsWith("/")) {
    throw new DaemonError(
      `the working directory '${request.workingDir}' is invalid, ` +
        "it needs to be an absolute path",
    );
  }
}

/**
 * Refuses what Incus has no way to do, before anything is made.
 *
 * @throws {UsageError} which says what to do instead.
 */
export function refuseWhatCannotBe(request: RunRequest): void {
  if (request.network === "host" || request.network.startsWith("container:")) {
    throw new UsageError(
      `network mode "${request.network}" can't be had on Incus: instances ` +
        "have a network of their own",
      { subject: "value" },
    );
  }
  if (request.cgroupns && request.cgroupns !== "private") {
    throw new UsageError(
      `cgroup namespace mode "${request.cgroupns}" can't be had on Incus: use private`,
      { subject: "value" },
    );
  }
  for (const mount of request.mounts) {
    if (mount.type === "volume" && mount.source !== "") {
      throw new UsageError(
        `named volumes such as "${mount.source}" are not supported yet: ` +
          "use a folder of the server, as /srv/data:/data",
        { subject: "value" },
      );
    }
  }
  const sctp = request.publishes.find((one) => one.protocol === "sctp");
  if (sctp) {
    throw new UsageError(
      `port ${sctp.containerPort}/sctp can't be published: the server forwards ` +
        "tcp and udp only. Leave it out; from the server's machine, the " +
        "container's own address reaches it",
      { subject: "value" },
    );
  }
}
