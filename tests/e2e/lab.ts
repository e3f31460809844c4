/**
 * Running programs in the lab, beside a real Incus.
 *
 * @module
 */
import assert from "node:assert/strict";

const LAB = new URL("../lab/lab", import.meta.url).pathname;

/** A host of the lab. */
export type HostName =
  | "docker"
  | "incus"
  | "incus2"
  | "incus60"
  | "incus75"
  | "lxd";

/**
 * The hosts that a test file works on, told by the end of its name. `run` has
 * files of different hosts run at the same time, so no other may be used.
 */
const HOSTS_OF: readonly [ending: string, hosts: readonly HostName[]][] = [
  ["_lxd_e2e.ts", ["lxd"]],
  ["_incus60_e2e.ts", ["incus60"]],
  ["_incus2_e2e.ts", ["incus2", "docker"]],
  ["_e2e.ts", ["incus"]],
];

/** Checks that this file may use a host; without one, gives the file's first. */
export function hostOfFile(host?: HostName): HostName {
  const file = new URL(Deno.mainModule).pathname.split("/").at(-1)!;
  const [, hosts] = HOSTS_OF.find(([ending]) => file.endsWith(ending)) ?? [];
  const found = host ?? hosts?.[0] ?? "incus";
  if (!hosts || hosts.includes(found)) return found;
  throw new Error(
    `A test of the host ${found} can't be in ${file}, which by its name is of ` +
      hosts.join(" and "),
  );
}

/** What a program printed and how it ended. */
export interface Result {
  code: number;
  stdout: string;
  stderr: string;
}

/** How a program is run. */
export interface RunOptions {
  env?: Record<string, string>;
  stdin?: string;
  /** Which kind comes first in PATH. */
  kind?: string;
  /** The lab's host; the first of the file's hosts unless told. */
  host?: HostName;
  /** Milliseconds after which the program is killed. */
  timeout?: number;
}

/** Runs a program in the lab. */
export async function lab(
  command: readonly string[],
  options: RunOptions = {},
): Promise<Result> {
  const child = new Deno.Command(LAB, {
    args: ["run", hostOfFile(options.host), "--", ...command],
    env: {
      ...options.env,
      ...(options.kind && { KINI_KIND_VERSION: options.kind }),
    },
    stdin: options.stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const timer = setTimeout(
    () => child.kill("SIGKILL"),
    options.timeout ?? 300_000,
  );
  if (options.stdin !== undefined) {
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(options.stdin));
    await writer.close();
  }
  const { code, stdout, stderr } = await child.output();
  clearTimeout(timer);
  const decoder = new TextDecoder();
  return {
    code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}

/** Does something with a host of the lab, such as `down` and `up`. */
export async function labCommand(
  command: "up" | "down",
  host: HostName,
): Promise<void> {
  const { code, stderr } = await new Deno.Command(LAB, {
    args: [command, hostOfFile(host)],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
}

/** Runs a program that must succeed, and returns what it printed on stdout. */
export async function ok(
  command: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const result = await lab(command, options);
  assert.equal(
    result.code,
    0,
    `${
      command.join(" ")
    }\nexit code ${result.code}\n${result.stderr}\n${result.stdout}`,
  );
  return result.stdout;
}

/** Runs a shell script that must succeed. */
export function sh(script: string, options: RunOptions = {}): Promise<string> {
  return ok(["bash", "-euo", "pipefail", "-c", script], options);
}

/** The lines of an output, without the empty one at its end. */
export function lines(text: string): string[] {
  const all = text.split("\n");
  if (all.at(-1) === "") all.pop();
  return all;
}

/** What stands on the server and on its disk beside the caches. */
export async function leftovers(
  host: HostName = hostOfFile(),
): Promise<string[]> {
  const folder = host === "lxd" ? "lxd" : "incus";
  return lines(
    await sh(
      `
      api() { curl -sf --unix-socket /var/lib/${folder}/unix.socket "http://incus$1"; }
      api '/1.0/instances' | jq -r '.metadata[] | "instance " + .'
      api '/1.0/storage-pools/default/volumes/custom' | jq -r '.metadata[] | "volume " + .'
      api '/1.0/profiles' | jq -r '.metadata[] | "profile " + .'
      api '/1.0/networks?recursion=1' | jq -r '.metadata[] | select(.managed) | "network " + .name'
      find /tmp -mindepth 1 -maxdepth 1 -printf 'file %p\\n'
      find /var/log/${folder} -name '*kini_console*' -type f -printf 'file %p\\n'
      find /root -maxdepth 1 -name '*kini*' -printf 'file %p\\n'
    `,
      { host },
    ),
  ).sort();
}

/** Removes every container of kini's, whatever a test left. */
export async function removeAll(options: RunOptions = {}): Promise<void> {
  await sh("docker ps -aq | xargs -r docker rm -f -v >/dev/null", options);
}
