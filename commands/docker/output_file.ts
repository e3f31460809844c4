/**
 * Files that commands write with `--output`.
 *
 * @module
 */
import { writeAll } from "../../images/store_files.ts";

/**
 * Refuses a path that can't become a file, before anything is fetched.
 *
 * @throws {Error} With docker's text.
 */
export async function checkOutputPath(path: string): Promise<void> {
  const folder = folderOf(path);
  if (!await statOrNothing(folder)) {
    throw new Error(
      `invalid output path: directory ${JSON.stringify(folder)} does not exist`,
    );
  }
  const there = await statOrNothing(path);
  if (!there) return;
  const what = there.isCharDevice || there.isBlockDevice
    ? "a device"
    : there.isFile
    ? undefined
    : there.isDirectory
    ? "a directory"
    : "an irregular file";
  if (what === undefined) return;
  throw new Error(
    `invalid output path: ${JSON.stringify(path)} must be ` +
      `${
        what === "a directory" ? "" : "a directory or "
      }a regular file: got ${what}`,
  );
}

/**
 * Writes a file under another name and moves it to its own when it is whole.
 * Nothing is left of one that fails.
 */
export async function writeOutput(
  path: string,
  fill: (write: (bytes: Uint8Array) => Promise<void>) => Promise<void>,
): Promise<void> {
  const hidden = await Deno.makeTempFile({
    dir: folderOf(path),
    prefix: ".docker_temp_",
  });
  try {
    const file = await Deno.open(hidden, { write: true });
    try {
      await fill((bytes) => writeAll(file, bytes));
    } finally {
      file.close();
    }
    await Deno.rename(hidden, path);
  } catch (error) {
    await Deno.remove(hidden).catch(() => {});
    throw error;
  }
}

function folderOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "." : path.slice(0, slash) || "/";
}

async function statOrNothing(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (
      error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory
    ) return undefined;
    throw error;
  }
}
