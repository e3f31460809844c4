/**
 * Who may use a server's socket.
 *
 * @module
 */

/**
 * The group of the socket at `path`, which its server chose; `undefined` where
 * it can't be seen, or is root's own.
 */
export async function socketGroup(path: string): Promise<string | undefined> {
  try {
    const { gid } = await Deno.stat(path);
    if (!gid) return undefined;
    const groups = await Deno.readTextFile("/etc/group");
    return groups.split("\n").map((line) => line.split(":"))
      .find((fields) => fields[2] === String(gid))?.[0];
  } catch {
    return undefined;
  }
}
