/**
 * Names of sessions' folders, which tell whose they are: `PID-START-RANDOM`.
 *
 * A process that is seen alive saves the wait for its lock. One that isn't
 * seen may still be in another PID namespace; only the lock knows.
 *
 * @module
 */

/** A name for a session of this process. */
export async function sessionName(): Promise<string> {
  const random = crypto.randomUUID().slice(0, 8);
  return `${Deno.pid}-${await startOf(Deno.pid) ?? 0}-${random}`;
}

/** Whether the process that has named a session is seen alive here. */
export async function isAlive(name: string): Promise<boolean> {
  const [, pid, start] = /^(\d+)-(\d+)-/.exec(name) ?? [];
  return pid !== undefined && start !== undefined &&
    await startOf(Number(pid)) === Number(start);
}

/**
 * When a process started, in ticks since the machine did; undefined when there
 * is none, or it is only waited for.
 *
 * @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
async function startOf(pid: number): Promise<number | undefined> {
  let stat: string;
  try {
    stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  } catch {
    return undefined;
  }
  // The name before may have spaces and brackets of its own.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" ? undefined : Number(fields[19]);
}
