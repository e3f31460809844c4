/**
 * Where kini itself is, and how to know it and other programs.
 *
 * @module
 */

/** The file that runs: this program, or the launcher that started it. */
export async function ownPath(
  env: (name: string) => string | undefined,
): Promise<string> {
  const launcher = env("KINI_LAUNCHER");
  return launcher ? await Deno.realPath(launcher) : Deno.execPath();
}

/** Whether both are one file, by whatever links. */
export async function isSameFile(a: string, b: string): Promise<boolean> {
  try {
    const [one, other] = await Promise.all([Deno.stat(a), Deno.stat(b)]);
    return one.ino === other.ino && one.dev === other.dev;
  } catch {
    return false;
  }
}

/** Whether it can be run, as far as its mode tells. */
export async function isProgram(path: string): Promise<boolean> {
  try {
    const { isFile, mode } = await Deno.stat(path);
    return isFile && ((mode ?? 0) & 0o111) !== 0;
  } catch {
    return false;
  }
}
