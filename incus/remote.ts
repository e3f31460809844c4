/**
 * Finding the server: the sockets that the Incus and LXD tools look for.
 *
 * @module
 */
import { configDecides } from "./config_files.ts";
import { ConnectionError } from "./errors.ts";
import type { HttpsServer } from "./https_server.ts";

/** How to reach one server. */
export interface Remote {
  /** The Unix socket; empty for a server that is reached by HTTPS. */
  readonly path: string;
  readonly https?: HttpsServer;
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
 * Finds the server: the socket that KINI_SOCKET names, else the remote that the
 * client configuration of Incus or LXD chooses, else the first socket that is
 * there.
 *
 * @throws {ConnectionError} naming every path that was tried and what it lacked.
 * @throws {RangeError} when the remote that is asked for can't be used.
 */
export async function findRemote(env: GetEnv): Promise<Remote> {
  const project = env("KINI_PROJECT") || env("INCUS_PROJECT") ||
    env("LXD_PROJECT");
  if (env("KINI_SOCKET")) {
    if (env("KINI_REMOTE")) {
      throw new RangeError(
        "KINI_SOCKET and KINI_REMOTE both name a server: unset one of them",
      );
    }
  } else if (await configDecides(env)) {
    const { chooseRemote } = await import("./choose_remote.ts");
    const chosen = await chooseRemote(
      env,
      async () => (await search(socketsOf("incus", env))).path !== undefined,
    );
    const { https, path, product } = chosen;
    const inProject = project || chosen.project;
    if (https) return withProject({ path: "", https }, inProject);
    if (path) return withProject({ path }, inProject);
    return await findSocket(
      product ? socketsOf(product, env) : socketCandidates(env),
      inProject,
    );
  }
  return await findSocket(socketCandidates(env), project);
}

/** What users call the server: the address of its socket, or its URL. */
export function addressOf({ path, https }: Remote): string {
  return https ? https.addresses[0]! : `unix://${path}`;
}

/** The sockets of one of the two servers, as its own tool would look for them. */
function socketsOf(product: "incus" | "lxd", env: GetEnv): Candidate[] {
  const own = new RegExp(`^${product}_`, "i");
  const group = product === "lxd" ? /^lxd/ : /^incus/;
  return socketCandidates((name) => own.test(name) ? env(name) : undefined)
    .filter((one) => group.test(one.group));
}

async function findSocket(
  candidates: readonly Candidate[],
  project: string | undefined,
): Promise<Remote> {
  const { path, tried } = await search(candidates);
  if (path !== undefined) return withProject({ path }, project);
  throw new ConnectionError(
    `Cannot connect to Incus or LXD: tried ${tried.join(", ")}. ` +
      "Is the server running? KINI_SOCKET names a socket elsewhere",
  );
}

async function search(
  candidates: readonly Candidate[],
): Promise<{ path?: string; tried: string[] }> {
  const tried: string[] = [];
  for (const { path, group } of candidates) {
    try {
      await Deno.stat(path);
      return { path, tried };
    } catch (error) {
      tried.push(`${path} (${reason(error, group)})`);
    }
  }
  return { tried };
}

function withProject(remote: Remote, project: string | undefined): Remote {
  return project && project !== "default" ? { ...remote, project } : remote;
}

/**
 * Says why the socket at `path` can't be used, after a request has failed.
 */
export async function explainFailure(
  path: string,
  env?: GetEnv,
): Promise<ConnectionError> {
  try {
    const connection = await Deno.connect({ transport: "unix", path });
    connection.close();
  } catch (cause) {
    const { socketGroup } = await import("./socket_group.ts");
    const group = await socketGroup(path) ??
      (/lxd/.test(path) ? "lxd" : "incus-admin");
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
