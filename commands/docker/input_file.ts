/** Opens a file that the command line names; errors are docker's, without its program. */
export async function openInput(path: string): Promise<Deno.FsFile> {
  try {
    const file = await Deno.open(path);
    if (!(await file.stat()).isDirectory) return file;
    file.close();
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) {
      throw new Error(`open ${path}: no such file or directory`, { cause });
    }
    if (cause instanceof Deno.errors.PermissionDenied) {
      throw new Error(`open ${path}: permission denied`, { cause });
    }
    throw cause;
  }
  throw new Error(`read ${path}: is a directory`);
}
