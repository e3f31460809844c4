/**
 * Files of the user's that kini changes.
 *
 * @module
 */
import { writeAll } from "../../images/store_files.ts";
import { freeName } from "./setup_links.ts";

/**
 * Replaces a file in one step, or makes it; links to it stay links.
 *
 * @returns where the old content is.
 */
export async function replaceFile(
  path: string,
  text: string,
  exists: boolean,
): Promise<string | undefined> {
  if (!exists) {
    const folder = path.replace(/\/[^/]*$/, "");
    await Deno.mkdir(folder, { recursive: true, mode: 0o750 });
    await writeNew(path, encoded(text), { mode: 0o600 });
    return undefined;
  }
  const file = await Deno.realPath(path);
  const info = await Deno.stat(file);
  if (((info.mode ?? 0) & 0o222) === 0) {
    throw new Error(`it is read-only: allow it with "chmod u+w '${file}'"`);
  }
  const backup = await freeName(`${file}.before-kini`);
  await writeNew(backup, await Deno.readFile(file), info);
  await writeNew(file, encoded(text), info);
  return backup;
}

/** Puts a whole file in its place; with sudo it stays its user's own. */
async function writeNew(
  file: string,
  bytes: Uint8Array,
  { mode, uid, gid }: {
    mode: number | null;
    uid?: number | null;
    gid?: number | null;
  },
): Promise<void> {
  const fresh = `${file}.${crypto.randomUUID()}`;
  try {
    const out = await Deno.open(fresh, {
      write: true,
      createNew: true,
      mode: 0o600,
    });
    try {
      await writeAll(out, bytes);
      await out.sync();
    } finally {
      out.close();
    }
    if (typeof uid === "number" && uid !== Deno.uid()) {
      await Deno.chown(fresh, uid, gid ?? null);
    }
    await Deno.chmod(fresh, (mode ?? 0o600) & 0o777);
    await Deno.rename(fresh, file);
  } catch (error) {
    await Deno.remove(fresh).catch(() => {});
    throw error;
  }
}

function encoded(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
