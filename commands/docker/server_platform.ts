/**
 * What the server's machine can run.
 *
 * @module
 */
import type { Platform } from "../../images/platform.ts";
import type { Server } from "../../incus/types.ts";
import { DaemonError } from "../errors.ts";
import { parsePlatformFlag } from "./platform_flag.ts";

/** What the kernel calls a processor, and what images do. */
const ARCHITECTURES: Readonly<Record<string, Platform>> = {
  x86_64: { os: "linux", architecture: "amd64" },
  aarch64: { os: "linux", architecture: "arm64" },
  armv7l: { os: "linux", architecture: "arm", variant: "v7" },
  i686: { os: "linux", architecture: "386" },
  ppc64le: { os: "linux", architecture: "ppc64le" },
  riscv64: { os: "linux", architecture: "riscv64" },
  s390x: { os: "linux", architecture: "s390x" },
};

/** The platform of a server, in the words of image indexes. */
export function serverPlatform(server: Server): Platform {
  const kernel = server.environment.kernel_architecture;
  return ARCHITECTURES[kernel] ?? { os: "linux", architecture: kernel };
}

/**
 * Refuses what the server's machine can't run.
 *
 * @throws {DaemonError}
 */
export function checkPlatform(wanted: string, have: Platform): void {
  if (!wanted) return;
  const { os, architecture } = parsePlatformFlag(wanted, have);
  if (os === have.os && architecture === have.architecture) return;
  throw new DaemonError(
    `platform ${wanted} can't run on this server, which is ` +
      `${have.os}/${have.architecture}`,
  );
}
