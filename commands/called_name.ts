/**
 * The name by which this process was called.
 *
 * @module
 */

/**
 * The last part of argv[0]: `docker` when a link of that name was called.
 *
 * Linux keeps it in `/proc`; elsewhere Node's process object has it, which
 * takes longer to load.
 */
export async function calledName(): Promise<string> {
  try {
    const line = await Deno.readTextFile("/proc/self/cmdline");
    return baseName(line.split("\0", 1)[0] ?? "");
  } catch {
    const { default: process } = await import("node:process");
    return baseName(process.argv0);
  }
}

function baseName(path: string): string {
  return path.split("/").pop() ?? path;
}
