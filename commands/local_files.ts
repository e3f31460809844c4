/**
 * Files of this machine that need not be there.
 *
 * @module
 */

/** A file's text; `undefined` where there is none that can be read. */
export async function textOf(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch {
    return undefined;
  }
}

/** Whether something is at a path, as far as this user can see. */
export async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch {
    return false;
  }
}
