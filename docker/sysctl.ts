const NAMESPACED_NAMES: readonly string[] = [
  "kernel.msgmax",
  "kernel.msgmnb",
  "kernel.msgmni",
  "kernel.sem",
  "kernel.shmall",
  "kernel.shmmax",
  "kernel.shmmni",
  "kernel.shm_rmid_forced",
];

/**
 * Parses a value of `--sysctl` into name and value; only settings that a container has of its own are allowed.
 *
 * @throws {SyntaxError} With the reason that docker puts after `invalid argument … for "--sysctl" flag: `.
 */
export function parseSysctl(text: string): [name: string, value: string] {
  const equals = text.indexOf("=");
  const name = text.slice(0, Math.max(equals, 0));
  const allowed = NAMESPACED_NAMES.includes(name) || name.startsWith("net.") ||
    name.startsWith("fs.mqueue.");
  if (!allowed) throw new SyntaxError(`sysctl '${text}' is not allowed`);
  return [name, text.slice(equals + 1)];
}
