/**
 * What differs when containers run on another machine: a server that is reached
 * by HTTPS, or another member of a cluster.
 *
 * @module
 */
import type { Publish } from "../../docker/publish.ts";
import type { RunRequest } from "../../docker/run_request.ts";
import type { HttpsServer } from "../../incus/https_server.ts";
import { DaemonError } from "../errors.ts";
import { exists } from "../local_files.ts";
import { freePort } from "./free_port.ts";
import { ROLE_LABEL } from "../../modes/kind_labels.ts";

const API_PORT = 6443;
/** kind takes its value for the kubeconfig, instead of the published address. */
const API_LABEL = "desktop.docker.io/ports/6443/tcp";
const LOOPBACK: Readonly<Record<string, string>> = {
  "127.0.0.1": "0.0.0.0",
  "::1": "::",
};
/** What every machine has, so that the server's own is meant. */
const SYSTEM_FOLDERS = /^\/(lib|dev|sys|proc|boot|usr\/lib|usr\/src)(\/|$)/;

/**
 * The host by which this machine reaches the server; `undefined` where that is
 * a tunnel or this machine itself, so that published ports are at the same
 * address.
 */
export function reachedAt(server: HttpsServer): string | undefined {
  const host = new URL(server.addresses[0]!).hostname.replace(/^\[|\]$/g, "");
  return /^(localhost|127\..*|::1)$/.test(host) ? undefined : host;
}

/** Another machine than this one. */
export interface Machine {
  /** Whom a message is about, with its verb: `the server "far" is`. */
  what: string;
  /** The name by which this machine reaches it; absent where ports stay as they are. */
  host?: string | undefined;
  /** The address to listen at, instead of all that the machine has. */
  listen?: string;
}

/** The request as it has to be for a server that is reached by HTTPS. */
export function requestForRemote(
  request: RunRequest,
  server: HttpsServer,
): Promise<RunRequest> {
  return requestForMachine(request, {
    what: `the server "${server.name}" is`,
    host: reachedAt(server),
  });
}

/**
 * The request as it has to be for another machine.
 *
 * kind publishes the Kubernetes API at 127.0.0.1, which would be that machine's
 * own: here it listens where this one reaches it, and a label tells kind the
 * address to put into the kubeconfig.
 *
 * @throws {DaemonError} when a folder of this machine is to be bound.
 */
export async function requestForMachine(
  request: RunRequest,
  machine: Machine,
): Promise<RunRequest> {
  const changed = await withServerBinds(request, machine);
  const { host } = machine;
  if (host === undefined || !request.labels[ROLE_LABEL]) return changed;
  let endpoint: string | undefined;
  const publishes = request.publishes.map((one): Publish => {
    const { containerPort, protocol, hostIp } = one;
    if (containerPort !== API_PORT || protocol !== "tcp") return one;
    const everywhere = LOOPBACK[hostIp] ?? hostIp;
    // An address of the server that the user has chosen is the right one.
    if (!/^(|0\.0\.0\.0|::)$/.test(everywhere)) return one;
    const listen = hostIp in LOOPBACK && machine.listen || everywhere;
    const hostPort = one.hostPort || freePort(protocol, listen);
    endpoint = `${host.includes(":") ? `[${host}]` : host}:${hostPort}`;
    return { ...one, hostIp: listen, hostPort };
  });
  return endpoint === undefined ? changed : {
    ...changed,
    publishes,
    labels: { [API_LABEL]: endpoint, ...request.labels },
  };
}

/**
 * Binds of the server's own system. A folder of this machine is refused, since
 * one of the same name on the server would be another one.
 */
async function withServerBinds(
  request: RunRequest,
  { what }: Machine,
): Promise<RunRequest> {
  const mounts = await Promise.all(request.mounts.map(async (mount) => {
    const { type, source } = mount;
    if (type !== "bind") return mount;
    // Nobody can make a folder there, as docker would.
    if (SYSTEM_FOLDERS.test(source)) return { ...mount, optional: true };
    if (!await exists(source)) return mount;
    throw new DaemonError(
      `cannot bind ${source}: ${what} another machine and has ` +
        'no folder of this one: leave the mount out and use "docker cp", or ' +
        "name a folder that only the server has",
    );
  }));
  return { ...request, mounts };
}
