/**
 * Where a server has its files, for paths that are handed to it.
 *
 * @module
 */
import type { IncusClient } from "./client.ts";
import { IncusError } from "./errors.ts";

/** What servers call their sockets, in their own folders. */
const OWN_SOCKET = /^(.+)\/unix\.socket(\.user)?$/;

interface Pool {
  config?: Record<string, string> | null;
}

/**
 * The folder of a server: that of its socket. Where the server is on another
 * machine, or its socket is reached under another name, by a tunnel say, the
 * storage pools tell: it keeps their files below.
 */
export async function serverFolder(client: IncusClient): Promise<string> {
  const own = OWN_SOCKET.exec(client.remote.path)?.[1];
  if (own) return own;
  for (const { config } of await pools(client)) {
    const found = /^(\/.+)\/(storage-pools|disks)\//.exec(config?.source ?? "");
    if (found) return found[1]!;
  }
  const { environment } = await client.server();
  return environment.server === "lxd"
    ? "/var/snap/lxd/common/lxd"
    : "/var/lib/incus";
}

/** Restricted clients may not see them. */
async function pools(client: IncusClient): Promise<Pool[]> {
  try {
    return await client.get<Pool[]>("/1.0/storage-pools", {
      query: { recursion: "1" },
    });
  } catch (error) {
    if (error instanceof IncusError) return [];
    throw error;
  }
}
