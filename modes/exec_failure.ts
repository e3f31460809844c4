/**
 * Why a command in a container was not started, or never ended by itself.
 *
 * @module
 */
import { resolvePath } from "../docker/path.ts";
import type { IncusClient } from "../incus/client.ts";
import { IncusError } from "../incus/errors.ts";
import { statFile } from "../incus/files.ts";
import { noSuchContainer, notRunning } from "./container_errors.ts";
import { findInstance } from "./containers.ts";

/** Where a command is looked for. */
export interface CommandPlace {
  /** The instance's name. */
  name: string;
  cwd: string;
  environment: Record<string, string>;
}

/** Docker's runtime could not start the command; the text is its own. */
export class StartFailure extends Error {
  override readonly name = "StartFailure";
  readonly code: number;

  constructor(message: string, code = 126) {
    super(message);
    this.code = code;
  }
}

/**
 * Says why a command that ended with 126 or 127, and without a word, was never
 * started; `undefined` when it was, and the code is its own.
 */
export async function explainStart(
  client: IncusClient,
  place: CommandPlace,
  command: readonly string[],
  code?: number,
): Promise<StartFailure | undefined> {
  const program = command[0] ?? "";
  const reason = await startProblem(client, place, program, code);
  if (!reason) return undefined;
  return new StartFailure(
    "OCI runtime exec failed: exec failed: unable to start container process: " +
      `exec: ${JSON.stringify(program)}: ${reason}`,
    code,
  );
}

async function startProblem(
  client: IncusClient,
  { environment, name, cwd }: CommandPlace,
  program: string,
  code = 126,
): Promise<string | undefined> {
  if (!program.includes("/")) {
    const folders = program ? environment.PATH?.split(":") ?? [] : [];
    for (const folder of folders) {
      const path = resolvePath(resolvePath(cwd, folder), program);
      const found = await statFile(client, name, path);
      if (found && found.type !== "directory") return undefined;
    }
    return "executable file not found in $PATH: unknown";
  }
  const found = await statFile(client, name, resolvePath(cwd, program))
    // A path that leads through a file.
    .catch(() => undefined);
  if (!found) return `stat ${program}: no such file or directory: unknown`;
  if (found.type === "directory") {
    return "is a directory: unknown: permission denied";
  }
  // With 127 it was there and could be run: the code is its own.
  const denied = code === 126 && found.type === "file" &&
    (found.mode & 0o111) === 0;
  return denied ? "permission denied: unknown" : undefined;
}

/**
 * Docker's words for a command that ended without an exit code, when the
 * reason is that its container went down meanwhile.
 */
export async function explainEnd(
  client: IncusClient,
  ref: string,
  name: string,
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof IncusError)) return error;
  return await refusal(client, ref, name, error);
}

/** Docker's words for a container that can't run a command now. */
export async function refusal(
  client: IncusClient,
  ref: string,
  name: string,
  error: IncusError,
): Promise<Error> {
  const instance = await findInstance(client, name);
  if (!instance) return noSuchContainer(ref);
  if (instance.status === "Frozen") {
    return new IncusError(
      409,
      error.request,
      `Container ${ref} is paused, unpause the container before exec`,
    );
  }
  return instance.status === "Running" ? error : notRunning(instance);
}
