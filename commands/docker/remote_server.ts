/**
 * What differs when the server is another machine, reached by HTTPS.
 *
 * @module
 */
import type { Publish } from "../../docker/publish.ts";
import type { RunRequest } from "../../docker/run_request.ts";
import type { HttpsServer } from "../../incus/https_server.ts";
import { DaemonError } from "../errors.ts";
import { freePort } from "./free_port.ts";

const API_PORT = 6443;
const ROLE_LABEL = "io.x-k8s.kind.role";
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

/**
 * The request as it has to be for such a server.
 *
 * kind publishes the Kubernetes API at 127.0.0.1, which would be the server's
 * own: here it listens at all addresses of the server, and a label tells kind
 * the one to put into the kubeconfig.
 *
 * @throws {DaemonError} when a folder of this machine is to be bound.
 */
export async function requestForRemote(
  request: RunRequest,
  server: HttpsServer,
): Promise<RunRequest> {
  const changed = await withServerBinds(request, server);
  const host = reachedAt(server);
  if (host === undefined || !request.labels[ROLE_LABEL]) return changed;
  let endpoint: string | undefined;
  const publishes = request.publishes.map((one): Publish => {
    const { containerPort, protocol, hostIp } = one;
    if (containerPort !== API_PORT || protocol !== "tcp") return one;
    const listen = LOOPBACK[hostIp] ?? hostIp;
    // An address of the server that the user has chosen is the right one.
    if (!/^(|0\.0\.0\.0|::)$/.test(listen)) return one;
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
  { name }: HttpsServer,
): Promise<RunRequest> {
  const mounts = await Promise.all(request.mounts.map(async (mount) => {
    const { type, source } = mount;
    if (type !== "bind") return mount;
    // Nobody can make a folder there, as docker would.
    if (SYSTEM_FOLDERS.test(source)) return { ...mount, optional: true };
    if (!await exists(source)) return mount;
    throw new DaemonError(
      `cannot bind ${source}: the server "${name}" is another machine and has ` +
        'no folder of this one: leave the mount out and use "docker cp", or ' +
        "name a folder that only the server has",
    );
  }));
  return { ...request, mounts };
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch {
    return false;
  }
}
