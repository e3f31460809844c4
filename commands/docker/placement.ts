/**
 * The user's word on the members of a cluster, and what follows from it.
 *
 * @module
 */
import type { RunRequest } from "../../docker/run_request.ts";
import type { IncusClient } from "../../incus/client.ts";
import { listMembers, memberHost } from "../../incus/cluster.ts";
import { IncusError } from "../../incus/errors.ts";
import { choosePlace, parseTargets } from "../../modes/placement.ts";
import type { Context } from "../context.ts";
import { reachedAt, requestForMachine } from "./remote_server.ts";

/** A request for a member of a cluster. */
export interface PlacedRequest {
  request: RunRequest;
  /** The `target` of the request that makes the instance. */
  target: string;
  /** The container may be on another machine than the server that is asked. */
  elsewhere: boolean;
  /** Other nodes of the same cluster may be on other members. */
  spread?: boolean;
  /** What its user should know. */
  warning?: string;
}

/**
 * Chooses the member and makes the request one for it: the published port of
 * the Kubernetes API listens at that member's address, and folders are its own.
 *
 * Without `KINI_TARGET` it is the member that is asked: there the container is
 * reached as on a single server, whatever networks the cluster has.
 *
 * @throws {RangeError} when `KINI_TARGET` names no member of the cluster.
 */
export async function placeRequest(
  ctx: Context,
  client: IncusClient,
  request: RunRequest,
): Promise<PlacedRequest> {
  const own = (await client.server()).environment.server_name;
  const text = ctx.env("KINI_TARGET");
  const here = { request, target: own, elsewhere: false };
  if (!text) return here;
  const targets = parseTargets(text);
  const members = await listMembers(client);
  const { target, member, open, spread = false } = choosePlace(
    members,
    own,
    targets,
    request,
  );
  if (open) {
    return {
      spread,
      request: await requestForMachine(request, {
        what: `a member of ${target} may be`,
      }),
      target,
      elsewhere: true,
    };
  }
  if (!member) return { ...here, target, spread };
  const host = memberHost(member);
  const placed = await requestForMachine(request, {
    what: `the member "${target}" is`,
    host,
    ...(/[:]|^[\d.]+$/.test(host) && { listen: host }),
  });
  return {
    request: placed,
    target,
    elsewhere: true,
    spread,
    ...(request.publishes.length > 0 &&
      placed.publishes === request.publishes &&
      {
        warning: `the published ports are those of the member ${target} ` +
          `(${host}), not of this machine`,
      }),
  };
}

/**
 * The names by which others than the server itself reach what it publishes:
 * that of a server elsewhere, and those of the members of a cluster.
 */
export async function publishedNames(client: IncusClient): Promise<string[]> {
  const { https } = client.remote;
  const names = new Set<string>();
  const reached = https && reachedAt(https);
  if (reached) names.add(reached);
  if ((await client.server()).environment.server_clustered) {
    for (const one of await membersIfAllowed(client)) {
      names.add(memberHost(one));
    }
  }
  return [...names];
}

/** A user of one project may not see them, and need not then. */
async function membersIfAllowed(
  client: IncusClient,
): ReturnType<typeof listMembers> {
  try {
    return await listMembers(client);
  } catch (error) {
    if (error instanceof IncusError && error.status === 403) return [];
    throw error;
  }
}
