/**
 * What the kernel tells of a container that is being started.
 *
 * @module
 */
import { INIT_PATH, OTHER_INIT_PATH } from "../../modes/start_script.ts";

/** What the container runtime calls itself: `[lxc monitor] FOLDER NAME`. */
const RUNTIME_TITLE = "[lxc monitor] ";

/** How far the process is that becomes a container's program. */
export type StartStage = "starting" | "program" | "gone";

/**
 * How far a container is. The server calls it running before its process has
 * become its program.
 *
 * @param pid of the container's first process, as this machine counts.
 * @returns `gone` for a process that is over, and for one that can't be seen.
 */
export async function startStage(pid: number): Promise<StartStage> {
  try {
    return stageOf(await Deno.readTextFile(`/proc/${pid}/cmdline`));
  } catch {
    return "gone";
  }
}

/**
 * What a process is by its words, each of which ends with a NUL. At first it is
 * a copy of the container runtime, then the start script.
 */
export function stageOf(words: string): StartStage {
  // A process that is over, and not yet waited for, has none.
  if (words === "") return "gone";
  return words.startsWith(RUNTIME_TITLE) || START_SCRIPTS.includes(words)
    ? "starting"
    : "program";
}

/** Scripts are run by the shell in their first line. */
const START_SCRIPTS = [INIT_PATH, OTHER_INIT_PATH].map((path) =>
  `/bin/sh\0${path}\0`
);
