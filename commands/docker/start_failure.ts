/**
 * Why a container that was started is not running.
 *
 * @module
 */
import type { Container } from "../../docker/container.ts";
import type { IncusClient } from "../../incus/client.ts";
import { IncusError, isAddressInUse } from "../../incus/errors.ts";
import { instanceLog } from "../../incus/instances.ts";
import { readExit } from "../../modes/containers.ts";
import type { CreatedContainer } from "../../modes/create.ts";
import { CONSOLE_LOG } from "../../modes/raw_lxc.ts";
import { NOT_FOUND_MESSAGE } from "../../modes/start_script.ts";
import { DaemonError } from "../errors.ts";

/**
 * The server's error for a start that the container runtime refused, with the
 * runtime's own words: the server's only name the command it ran.
 */
export async function withRuntimeLog(
  client: IncusClient,
  created: CreatedContainer,
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof IncusError)) return error;
  if (isAddressInUse(error)) return portError(error);
  if (!/Failed to run: /.test(error.message)) return error;
  const log = await instanceLog(client, created.name, "lxc.log");
  const reasons = [...log.matchAll(/ ERROR .* - (?:\.\.\/)?\S+:\d+ - (.*)$/gm)]
    .map((match) => match[1]!);
  if (reasons.length === 0) return error;
  return new DaemonError(
    `cannot start container: ${reasons.slice(0, 2).join(": ")}`,
    { cause: error },
  );
}

/** Docker's words for a port that is taken. */
function portError(error: IncusError): DaemonError {
  const listen = /Failed (?:to listen|listening) on (\S+?):? /.exec(
    error.message,
  );
  return new DaemonError(
    "driver failed programming external connectivity on endpoint: " +
      `Bind for ${
        listen?.[1] ?? "the address"
      } failed: port is already allocated`,
    { cause: error },
  );
}

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
