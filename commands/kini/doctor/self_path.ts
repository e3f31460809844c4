/**
 * Which file this program is.
 *
 * @module
 */

/** The file that runs: this program, or the launcher that started it. */
export async function selfPath(): Promise<string> {
  const launcher = Deno.env.get("KINI_LAUNCHER");
  return await Deno.realPath(launcher || Deno.execPath());
}
