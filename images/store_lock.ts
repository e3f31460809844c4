/**
 * Locks between processes. The kernel keeps them by open file, so they end
 * with their process, however it ends.
 *
 * @see https://man7.org/linux/man-pages/man2/flock.2.html
 * @module
 */

/** A lock that is held until it is released. */
export interface Lock {
  release(): void;
}

/** Waits for a lock; many may share it, or one has it alone. */
export async function takeLock(
  path: string,
  kind: "shared" | "exclusive",
): Promise<Lock> {
  const file = await openLockFile(path);
  try {
    await file.lock(kind === "exclusive");
  } catch (error) {
    file.close();
    throw error;
  }
  return { release: () => file.close() };
}

/**
 * Takes a lock alone unless others hold it. The runtime can only wait for a
 * lock: free ones are there at once, so one that takes longer than `patience`
 * milliseconds counts as held. A lock that comes after that is given back.
 */
export async function tryLock(
  path: string,
  patience = 500,
): Promise<Lock | undefined> {
  const file = await openLockFile(path);
  let late = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const waiting = file.lock(true).then(() => {
    if (late) file.close();
    return true;
  }, (error) => {
    file.close();
    if (!late) throw error;
    return false;
  });
  const tooLate = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), patience);
  });
  try {
    const held = await Promise.race([waiting, tooLate]);
    if (held) return { release: () => file.close() };
    late = true;
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

function openLockFile(path: string): Promise<Deno.FsFile> {
  return Deno.open(path, {
    read: true,
    write: true,
    create: true,
    mode: 0o600,
  });
}
