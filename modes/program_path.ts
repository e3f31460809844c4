/**
 * Where a container's program is in its image.
 *
 * @module
 */
import { cleanPath } from "../docker/path.ts";
import type { IncusClient } from "../incus/client.ts";
import { statFile } from "../incus/files.ts";

/** What a process gets without a PATH in its image. */
export const DEFAULT_PATH =
  "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * The path of a program in an image without a shell that would look for it: of
 * a bare name, the first file of that name along PATH.
 *
 * @param env `NAME=value`.
 * @returns the name as it was, when there is no such file.
 */
export async function programPath(
  client: IncusClient,
  name: string,
  program: string,
  env: readonly string[],
): Promise<string> {
  if (program.includes("/")) return program;
  const path = env.find((text) => text.startsWith("PATH="))?.slice(5);
  for (const folder of (path || DEFAULT_PATH).split(":")) {
    if (!folder.startsWith("/")) continue;
    const file = cleanPath(`${folder}/${program}`);
    const found = await statFile(client, name, file);
    if (found && found.type !== "directory") return file;
  }
  return program;
}
