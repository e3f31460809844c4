/**
 * One cell, from a clean host to a clean host.
 *
 * @module
 */
import { type Cell, cellId, SERVERS } from "./cell.ts";
import { Cluster, type Step } from "./cluster.ts";
import {
  awaitState,
  clearHost,
  hostState,
  serverVersion,
} from "./host_state.ts";
import { resetHost } from "./lab_host.ts";
import { Programs } from "./program.ts";
import type { CellResult, Facts, Failure } from "./result.ts";

/**
 * Runs a cell on a host that is up. What a red cell leaves is removed.
 *
 * Its log is a file of its own in `folder`.
 */
export async function runCell(cell: Cell, folder: string): Promise<CellResult> {
  const log = `${folder}/${cellId(cell)}.log`;
  await Deno.writeTextFile(log, "");
  const { kind, host: name } = cell;
  const host = new Programs({ host: name, kind, env: environment(cell) }, log);
  const facts: Facts = {};
  let before: string[] = [];
  const steps: Step[] = [
    {
      name: "clean host",
      run: async () => {
        await clearHost(host);
        before = await hostState(host);
        facts.server = await serverVersion(host);
        facts.kind = await kindVersion(host);
      },
    },
    ...new Cluster(cell, host, facts).steps(),
    { name: "nothing is left", run: () => awaitState(host, before) },
  ];
  const start = performance.now();
  const passed: string[] = [];
  const failure = await runSteps(host, steps, passed);
  const seconds = Math.round((performance.now() - start) / 1000);
  if (failure) await tidy(cell, host, before);
  const date = new Date().toISOString().slice(0, 10);
  return { ...cell, date, seconds, facts, passed, ...(failure && { failure }) };
}

/** The variables of a cell; the server's own choice of a mode needs none. */
function environment(cell: Cell): Record<string, string> {
  const [first] = SERVERS.filter(({ host }) => host === cell.host);
  return {
    ...(cell.mode !== first?.mode && { KINI_MODE: cell.mode }),
    ...(cell.privilege === "unprivileged" && { KINI_UNPRIVILEGED: "true" }),
  };
}

/** As `0.33.0`. */
async function kindVersion(host: Programs): Promise<string> {
  const [, version = ""] = (await host.ok(["kind", "version"])).split(" ");
  return version.replace(/^v/, "");
}

/** Runs steps up to the first that fails. */
async function runSteps(
  host: Programs,
  steps: readonly Step[],
  passed: string[],
): Promise<Failure | undefined> {
  for (const { name, run } of steps) {
    await host.note(`--- ${name}\n`);
    try {
      await run();
      passed.push(name);
    } catch (cause) {
      // Whatever it was: a cell stops no other.
      const error = cause instanceof Error ? cause.message : String(cause);
      await host.note(`FAILED: ${error}\n`);
      return { step: name, error };
    }
  }
}

/** Removes what a red cell left; a host that stays unclean starts anew. */
async function tidy(
  cell: Cell,
  host: Programs,
  before: readonly string[],
): Promise<void> {
  try {
    await clearHost(host);
    await awaitState(host, before);
  } catch (error) {
    await host.note(`the host is reset: ${error}\n`);
    await resetHost(cell.host);
  }
}
