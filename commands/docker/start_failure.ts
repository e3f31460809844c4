/**
 * Why a container that was started is not running.
 *
 * @module
 */
import type { Container } from "../../docker/container.ts";
import type { IncusClient } from "../../incus/client.ts";
import { delay } from "../../incus/delay.ts";
import { IncusError, isAddressInUse } from "../../incus/errors.ts";
import { getInstance, instanceLog } from "../../incus/instances.ts";
import { readExit } from "../../modes/containers.ts";
import type { CreatedContainer } from "../../modes/create.ts";
import { CONSOLE_LOG } from "../../modes/raw_lxc.ts";
import {
  DENIED_MESSAGE,
  FOLDER_MESSAGE,
  NOT_FOUND_MESSAGE,
} from "../../modes/start_script.ts";
import { explainUserNamespace } from "../../modes/unprivileged.ts";
import { DaemonError } from "../errors.ts";
import { startStage } from "./start_stage.ts";

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
  if (isAddressInUse(error)) return portError(error, created.name);
  const listen = /listen (\w+) \S+: bind: .*$/.exec(error.message)?.[0];
  if (listen) {
    return connectivityError(
      error,
      created.name,
      `Error starting userland proxy: ${listen}`,
    );
  }
  const plain = new DaemonError(error.message, {
    starting: true,
    cause: error,
  });
  const inUserNamespace = (message: string) => {
    const text = explainUserNamespace(created.plan, message);
    return text &&
      new DaemonError(text, { starting: true, cause: error });
  };
  if (!/Failed to run: /.test(error.message)) {
    return inUserNamespace(error.message) ?? plain;
  }
  const log = await instanceLog(client, created.name, "lxc.log");
  const reasons = [...log.matchAll(/ ERROR .* - (?:\.\.\/)?\S+:\d+ - (.*)$/gm)]
    .map((match) => match[1]!);
  const [why = ""] = reasons;
  const refusal =
    /^(No such file or directory|Permission denied) - Failed to exec "/
      .exec(why);
  if (refusal) {
    // An image without a shell has no start script that would tell.
    const program = created.plan.command[0] ?? "";
    return refusal[1] === "Permission denied"
      ? cannotExec(program, "permission denied: unknown", 126, error)
      : cannotExec(program, notFoundReason(program), 127, error);
  }
  if (reasons.length === 0) return plain;
  return inUserNamespace(why) ?? new DaemonError(
    `cannot start container: ${reasons.slice(0, 2).join(": ")}`,
    { starting: true, cause: error },
  );
}

/** Docker's words for a port that is taken. */
function portError(error: IncusError, name: string): DaemonError {
  const listen = /Failed (?:to listen|listening) on (\S+?):? /.exec(
    error.message,
  );
  return connectivityError(
    error,
    name,
    `Bind for ${
      listen?.[1] ?? "the address"
    } failed: port is already allocated`,
  );
}

function connectivityError(
  cause: IncusError,
  name: string,
  why: string,
): DaemonError {
  return new DaemonError(
    `driver failed programming external connectivity on endpoint ${name}: ${why}`,
    { starting: true, cause },
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
  if (
    container.state.status === "running" &&
    !await endsAtOnce(client, created.name, container.state.pid)
  ) return;
  const exit = await readExit(client, created.name);
  const code = exit?.exitCode;
  if (code !== 126 && code !== 127) return;
  const program = created.plan.command[0] ?? "";
  const reasons = reasonsFor(program);
  let reason: string | undefined;
  // The runtime can be late with the last lines of a container.
  for (let tries = 0; !reason && tries < 5; tries++) {
    if (tries > 0) await delay(50);
    const console = await instanceLog(client, created.name, CONSOLE_LOG);
    // The log tells of earlier starts too.
    const last = console.trimEnd().split(/\r?\n/).at(-1);
    reason = reasons.find(([message]) => last === `${message}${program}`)?.[1];
  }
  if (!reason) return;
  throw cannotExec(program, reason, code);
}

/** Docker's words for a program that can't be run. */
function cannotExec(
  program: string,
  reason: string,
  code: number,
  cause?: unknown,
): DaemonError {
  return new DaemonError(
    "failed to create task for container: failed to create shim task: OCI " +
      "runtime create failed: runc create failed: unable to start container " +
      `process: exec: ${JSON.stringify(program)}: ${reason}`,
    { code, starting: true, ...(cause !== undefined && { cause }) },
  );
}

function notFoundReason(program: string): string {
  return program.includes("/")
    ? `stat ${program}: no such file or directory: unknown`
    : "executable file not found in $PATH: unknown";
}

/**
 * How long a container may take from its start to its own program, and the
 * server to see that it is over, in ms.
 */
const CHECK_TIMEOUT = 10_000;
const CHECK_INTERVAL = 10;

/**
 * Whether a container that still runs is one whose start script gives up. The
 * server is on this machine, so the kernel tells when the script has become
 * the container's program; mostly it has by now.
 */
async function endsAtOnce(
  client: IncusClient,
  name: string,
  pid: number,
): Promise<boolean> {
  const end = performance.now() + CHECK_TIMEOUT;
  let stage = await startStage(pid);
  if (stage === "gone" && !await seesProcesses(client)) return false;
  while (stage === "starting" && performance.now() < end) {
    await delay(CHECK_INTERVAL);
    stage = await startStage(pid);
  }
  if (stage !== "gone") return false;
  // The server is told only after the kernel.
  let instance = await getInstance(client, name);
  while (instance.status !== "Stopped" && performance.now() < end) {
    // Its restart policy has started it again.
    if ((instance.state?.pid ?? pid) !== pid) return false;
    await delay(CHECK_INTERVAL);
    instance = await getInstance(client, name);
  }
  return instance.status === "Stopped";
}

/** Whether the server's process ids mean something to this program. */
async function seesProcesses(client: IncusClient): Promise<boolean> {
  const { environment } = await client.server();
  try {
    const path = `/proc/${environment.server_pid ?? 0}/comm`;
    return /^(incusd|lxd)$/.test((await Deno.readTextFile(path)).trim());
  } catch {
    return false;
  }
}

/** What the start script printed, and what docker's runtime says. */
function reasonsFor(program: string): [string, string][] {
  return [
    [NOT_FOUND_MESSAGE, notFoundReason(program)],
    [DENIED_MESSAGE, "permission denied: unknown"],
    [FOLDER_MESSAGE, "is a directory: unknown: permission denied"],
  ];
}
