/**
 * Members of an Incus cluster.
 *
 * @module
 */
import type { IncusClient } from "./client.ts";

/** A server of a cluster, as `GET /1.0/cluster/members` gives it. */
export interface ClusterMember {
  server_name: string;
  /** `https://ADDRESS:PORT`, by which the members reach it. */
  url: string;
  /** `Online`, `Offline`, `Evacuated` or `Blocked`. */
  status: string;
  /** Absent before the extension `clustering_groups`. */
  groups?: string[] | null;
}

/** All members; one request. */
export function listMembers(client: IncusClient): Promise<ClusterMember[]> {
  return client.get<ClusterMember[]>("/1.0/cluster/members", {
    query: { recursion: "1" },
  });
}

/** The address of a member, without brackets. */
export function memberHost({ url }: ClusterMember): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, "");
}
