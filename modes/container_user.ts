/**
 * Who a command in a container runs as: docker's `--user`, looked up in the
 * container's own files.
 *
 * @module
 */
import type { IncusClient } from "../incus/client.ts";
import { IncusError, isNotFound } from "../incus/errors.ts";
import { pullFile } from "../incus/files.ts";

/** The highest id that docker accepts. */
const MAX_ID = 2147483647;

/** A user as the kernel knows it. */
export interface ContainerUser {
  uid: number;
  gid: number;
  home: string;
}

/** Root, with whom nothing has to be looked up. */
export const ROOT: ContainerUser = { uid: 0, gid: 0, home: "/root" };

/** Reads a file of the container; empty where there is none. */
export type ReadText = (path: string) => Promise<string>;

/** True for the user that a command has by default. */
export function isRootUser(spec: string): boolean {
  return /^(?:0|root)?(?::(?:0|root)?)?$/.test(spec);
}

/** Reads files of an instance for {@linkcode resolveUser}. */
export function readTextOf(client: IncusClient, name: string): ReadText {
  return async (path) => {
    try {
      const { response } = await pullFile(client, name, path);
      return await response.text();
    } catch (error) {
      if (isNotFound(error)) return "";
      throw error;
    }
  };
}

/**
 * Resolves `NAME|UID[:GROUP|GID]` as docker does.
 *
 * @throws {RangeError} with docker's text.
 */
export async function resolveUser(
  spec: string,
  read: ReadText,
): Promise<ContainerUser> {
  if (isRootUser(spec)) return ROOT;
  const at = spec.indexOf(":");
  const user = at < 0 ? spec : spec.slice(0, at);
  const group = at < 0 ? "" : spec.slice(at + 1);
  const found = await findUser(user, read);
  if (group === "") return found;
  return { ...found, gid: await findGroup(group, read) };
}

/** Looks a user up in an instance, for a request that fails without it. */
export async function requireUser(
  client: IncusClient,
  name: string,
  user: string,
): Promise<ContainerUser> {
  try {
    return await resolveUser(user, readTextOf(client, name));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new IncusError(400, "user", error.message);
  }
}

async function findUser(user: string, read: ReadText): Promise<ContainerUser> {
  if (user === "") return ROOT;
  const numeric = /^\d+$/.test(user);
  for (const fields of lines(await read("/etc/passwd"))) {
    const [name, , uid = "", gid = "", , home = ""] = fields;
    if (name !== user && !(numeric && uid === user)) continue;
    return { uid: checkId(uid), gid: checkId(gid), home: home || "/" };
  }
  if (!numeric) {
    throw new RangeError(
      `unable to find user ${user}: no matching entries in passwd file`,
    );
  }
  return { uid: checkId(user), gid: 0, home: "/" };
}

async function findGroup(group: string, read: ReadText): Promise<number> {
  const numeric = /^\d+$/.test(group);
  for (const [name, , gid = ""] of lines(await read("/etc/group"))) {
    if (name === group || (numeric && gid === group)) return checkId(gid);
  }
  if (!numeric) {
    throw new RangeError(
      `unable to find group ${group}: no matching entries in group file`,
    );
  }
  return checkId(group);
}

function checkId(text: string): number {
  const id = Number(text);
  if (id <= MAX_ID) return id;
  throw new RangeError(`uids and gids must be in range 0-${MAX_ID}`);
}

function lines(text: string): string[][] {
  return text.split("\n").filter((line) => line && !line.startsWith("#"))
    .map((line) => line.trim().split(":"));
}
