/**
 * On which member of a cluster a container is made.
 *
 * @module
 */
import type { RunRequest } from "../docker/run_request.ts";
import type { ClusterMember } from "../incus/cluster.ts";
import { ROLE_LABEL } from "./kind_labels.ts";

const VARIABLE = "KINI_TARGET";

/** Where a container is to be. */
export interface Place {
  /** The `target` of the request that makes it: a member, or `@group`. */
  target: string;
  /** The member, if it is another than the one that was asked. */
  member?: ClusterMember;
  /** The server chooses the member, so that it is not known beforehand. */
  open?: boolean;
  /** A cluster's nodes may be on different members. */
  spread?: boolean;
}

/**
 * Reads `KINI_TARGET`: names of members, `@group` and `*`, with commas.
 *
 * @throws {RangeError} when something between two commas is missing.
 */
export function parseTargets(text: string): string[] {
  const targets = text.split(",").map((one) => one.trim());
  if (targets.some((one) => one === "" || one === "@")) {
    throw new RangeError(
      `${VARIABLE} is ${JSON.stringify(text)}: use the name of a member, ` +
        '"@group" or "*", or several of them with commas between, or unset it',
    );
  }
  return targets;
}

/**
 * Chooses the place of a container.
 *
 * One member takes everything, and in one group the server chooses, but for
 * containers with published ports, whose address has to be known: they are on
 * the member that was asked if it is in the group. Of several members, or a
 * `*`, the first one takes all but kind's nodes, which go round: the first
 * control plane is on the first and the first worker on the second. The rule
 * looks at the node's name alone, since kind makes the nodes at the same time.
 *
 * @param own the member that was asked.
 * @throws {RangeError} when there is no such member or group.
 */
export function choosePlace(
  members: readonly ClusterMember[],
  own: string,
  targets: readonly string[],
  request: Pick<RunRequest, "name" | "labels" | "publishes">,
): Place {
  const text = targets.join(",");
  const sorted = [...members].sort((a, b) =>
    rank(a, own) - rank(b, own) || (a.server_name < b.server_name ? -1 : 1)
  );
  const chosen = [
    ...new Set(targets.flatMap((one) => membersOf(sorted, one, text))),
  ];
  const [only = ""] = targets;
  const one = targets.length === 1 && only !== "*";
  const spread = chosen.length > 1 && request.labels[ROLE_LABEL] !== undefined;
  const rest = spread ? { spread } : {};
  if (one && only.startsWith("@") && request.publishes.length === 0) {
    return { target: only, open: true, ...rest };
  }
  const index = one ? 0 : indexOf(request, chosen.length);
  const member = chosen[index]!;
  const target = member.server_name;
  return target === own ? { target, ...rest } : { target, member, ...rest };
}

function rank({ server_name: name }: ClusterMember, own: string): number {
  return name === own ? 0 : 1;
}

/** The members that one part of the variable stands for, and that are up. */
function membersOf(
  members: readonly ClusterMember[],
  target: string,
  text: string,
): ClusterMember[] {
  const start = `${VARIABLE} is ${JSON.stringify(text)}, but `;
  if (target === "*") return members.filter(isOnline);
  if (target.startsWith("@")) {
    const name = target.slice(1);
    const inside = members.filter(({ groups }) => groups?.includes(name));
    const online = inside.filter(isOnline);
    if (online.length > 0) return online;
    const groups = [...new Set(members.flatMap((one) => one.groups ?? []))];
    throw new RangeError(
      inside.length > 0
        ? `${start}no member of the group "${name}" is online`
        : `${start}the cluster has no group "${name}" with members: the ` +
          `groups are ${groups.sort().join(", ") || "none"}`,
    );
  }
  const member = members.find((one) => one.server_name === target);
  if (!member) {
    const names = members.map((one) => one.server_name).sort();
    throw new RangeError(
      `${start}the cluster has no member "${target}": the members are ` +
        names.join(", "),
    );
  }
  if (isOnline(member)) return [member];
  throw new RangeError(
    `${start}the member "${target}" is ${member.status.toLowerCase()}: choose ` +
      "another one",
  );
}

function isOnline({ status }: ClusterMember): boolean {
  return status === "Online";
}

/** Whose turn it is: kind names its nodes `…-worker`, `…-worker2` and so on. */
function indexOf(
  { name, labels }: Pick<RunRequest, "name" | "labels">,
  count: number,
): number {
  const role = labels[ROLE_LABEL];
  const match = /-(worker|control-plane)(\d*)$/.exec(name);
  if (!match || match[1] !== role) return 0;
  const number = Number(match[2] || 1);
  return (role === "worker" ? number : number - 1) % count;
}
