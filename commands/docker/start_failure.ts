/**
 * Why a container that was started is not running.
 *
 * @module
 */
import type { Container } from "../../docker/container.ts";
import type { IncusClient } from "../../incus/client.ts";
import { instanceLog } from "../../incus/instances.ts";
import { readExit } from "../../modes/containers.ts";
import type { CreatedContainer } from "../../modes/create.ts";
import { CONSOLE_LOG } from "../../modes/raw_lxc.ts";
import { NOT_FOUND_MESSAGE } from "../../modes/start_script.ts";
import { DaemonError } from "../errors.ts";

/**
 * Throws what docker says when a container's program can't be run at all. A
 * program that ran and ended, however soon, is no failure of `run`.
 */
export async function explainStart(
  client: IncusClient,
  created: CreatedContainer,
  container: Container,
): Promise<void> {
  if (container.state.status === "running") return;
  const exit = await readExit(client, created.name);
  if (exit?.exitCode !== 127) return;
  const console = await instanceLog(client, created.name, CONSOLE_LOG);
  if (!console.includes(NOT_FOUND_MESSAGE)) return;
  const program = created.plan.command[0] ?? "";
  throw new DaemonError(
    "failed to create task for container: failed to create shim task: OCI " +
      "runtime create failed: runc create failed: unable to start container " +
      `process: exec: "${program}": executable file not found in $PATH: unknown.`,
    { code: 127 },
  );
}
