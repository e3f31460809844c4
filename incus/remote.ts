/**
 * Finding the server: the sockets that the Incus and LXD tools look for.
 *
 * @module
 */
import { ConnectionError } from "./errors.ts";

/** How to reach one server. */
export interface Remote {
  readonly path: string;
  /** The project to work in; absent means the server's `default`. */
  readonly project?: string;
}

/** Reads one environment variable. */
export type GetEnv = (name: string) => string | undefined;

/** A place where a socket may be, and who may use it there. */
interface Candidate {
  path: string;
  group: string;
}

/**
 * The sockets to try, in order. A socket that the user names is the only one.
 *
 * Order and names are those of the official clients of Incus and LXD.
 */
export function socketCandidates(env: GetEnv): Candidate[] {
  const named = env("KINI_SOCKET") || env("INCUS_SOCKET");
  if (named) return [{ path: named, group: "incus-admin" }];
  const incusDir = env("INCUS_DIR");
  if (incusDir) {
    return [{ path: `${incusDir}/unix.socket`, group: "incus-admin" }];
  }
  const lxdNamed = env("LXD_SOCKET");
  if (lxdNamed) return [{ path: lxdNamed, group: "lxd" }];
  const lxdDir = env("LXD_DIR");
  if (lxdDir) return [{ path: `${lxdDir}/unix.socket`, group: "lxd" }];
  return [
    { path: "/run/incus/unix.socket", group: "incus-admin" },
    { path: "/var/lib/incus/unix.socket", group: "incus-admin" },
    { path: "/var/snap/lxd/common/lxd/unix.socket", group: "lxd" },
    { path: "/var/lib/lxd/unix.socket", group: "lxd" },
  ];
}

/**
 * Picks the server's socket: the first that is there.
 *
 * @throws {ConnectionError} naming every path that was tried and what it lacked.
 */
export async function findRemote(env: GetEnv): Promise<Remote> {
  const project = env("KINI_PROJECT") || env("INCUS_PROJECT") ||
    env("LXD_PROJECT");
  const tried: string[] = [];
  for (const { path, group } of socketCandidates(env)) {
    try {
      await Deno.stat(path);
      return project && project !== "default" ? { path, project } : { path };
    } catch (error) {
      tried.push(`${path} (${reason(error, group)})`);
    }
  }
  throw new ConnectionError(
    `Cannot connect to Incus or LXD: tried ${tried.join(", ")}. ` +
      "Is the server running? KINI_SOCKET names a socket elsewhere",
  );
}

/**
 * Says why the socket at `path` can't be used, after a request has failed.
 */
export async function explainFailure(
  path: string,
  env?: GetEnv,
): Promise<ConnectionError> {
  const group = /lxd/.test(path) ? "lxd" : "incus-admin";
  try {
    const connection = await Deno.connect({ transport: "unix", path });
    connection.close();
  } catch (cause) {
    const others = env
      ? socketCandidates(env).map((one) => one.path).filter((one) =>
        one !== path
      )
      : [];
    const also = others.length > 0 ? ` (also known: ${others.join(", ")})` : "";
    return new ConnectionError(
      `Cannot connect to Incus at unix://${path}: ${
        reason(cause, group)
      }${also}`,
      { cause },
    );
  }
  return new ConnectionError(
    `The connection to Incus at unix://${path} was lost. Is the server still running?`,
  );
}

function reason(error: unknown, group: string): string {
  if (error instanceof Deno.errors.NotFound) return "no such socket";
  if (error instanceof Deno.errors.ConnectionRefused) {
    return "connection refused, the server is not running";
  }
  if (
    error instanceof Deno.errors.PermissionDenied ||
    error instanceof Deno.errors.NotCapable
  ) {
    return `permission denied, join the group ${group}`;
  }
  return error instanceof Error ? error.message : String(error);
}
