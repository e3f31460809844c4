/**
 * All that `kini doctor` looks at, collected at once and without changing
 * anything.
 *
 * @module
 */
import type { Context } from "../../context.ts";
import { connect, type ConnectionFacts } from "./connection.ts";
import { type MachineFacts, machineFacts } from "./machine_facts.ts";
import { type ProgramFacts, programFacts } from "./program_facts.ts";
import { type ServerAnswers, serverAnswers } from "./server_facts.ts";
import { type StoreFacts, storeFacts } from "./store_facts.ts";

export type { MachineFacts } from "./machine_facts.ts";

/** What the checks judge. */
export interface Facts {
  /** The environment variables that matter, where they are set. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether this process may do everything. */
  readonly root: boolean;
  readonly programs: ProgramFacts;
  readonly connection: ConnectionFacts;
  /** Absent when the server can't be reached. */
  readonly server?: ServerAnswers;
  /** The machine that containers run on; absent when it is another one. */
  readonly machine?: MachineFacts;
  /** The folder of the local image store; absent when there is to be none. */
  readonly store?: StoreFacts;
}

const VARIABLES = [
  "HOME",
  "INCUS_DIR",
  "INCUS_PROJECT",
  "INCUS_SOCKET",
  "KIND_EXPERIMENTAL_CONTAINERD_SNAPSHOTTER",
  "KIND_EXPERIMENTAL_PROVIDER",
  "KINI_CACHE",
  "KINI_CONFIG",
  "KINI_IMAGE_SERVER",
  "KINI_LOG",
  "KINI_LXC_IMAGES",
  "KINI_MODE",
  "KINI_NETWORK",
  "KINI_PROJECT",
  "KINI_REMOTE",
  "KINI_SOCKET",
  "KINI_TARGET",
  "KINI_UNPRIVILEGED",
  "LXD_DIR",
  "LXD_PROJECT",
  "LXD_SOCKET",
  "PATH",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "no_proxy",
];

/** Collects everything. */
export async function collectFacts(ctx: Context): Promise<Facts> {
  const env: Record<string, string> = {};
  for (const name of VARIABLES) {
    const value = ctx.env(name);
    if (value !== undefined) env[name] = value;
  }
  const [programs, there, machine, store] = await Promise.all([
    programFacts((name) => env[name]),
    connect(ctx).then(async ({ connection, client }) => ({
      connection,
      server: client && await serverAnswers(ctx, client),
    })),
    machineFacts((name) => env[name]),
    storeFacts((name) => ctx.env(name)),
  ]);
  const { connection, server } = there;
  return {
    env,
    root: Deno.uid() === 0,
    programs,
    connection,
    ...(server && { server }),
    ...(isHere(connection, server, machine) && { machine }),
    ...(store && { store }),
  };
}

/** A socket may lead to another machine: the kernel tells them apart. */
function isHere(
  { far = false }: ConnectionFacts,
  server: ServerAnswers | undefined,
  { kernel }: MachineFacts,
): boolean {
  if (!server) return !far;
  return server.socket !== undefined &&
    server.server.environment.kernel_version === kernel;
}
