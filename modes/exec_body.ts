/**
 * What a command in a container gets: user, folder and variables.
 *
 * @module
 */
import type { ContainerRecord } from "../docker/container.ts";
import type { IncusClient } from "../incus/client.ts";
import { IncusError } from "../incus/errors.ts";
import { statFile } from "../incus/files.ts";
import type { Instance, InstanceExecPost } from "../incus/types.ts";
import { isRootUser, readTextOf, resolveUser, ROOT } from "./container_user.ts";
import { StartFailure } from "./exec_failure.ts";
import type { ReadInput } from "./exec_input.ts";
import { RECORD_KEY } from "./keys.ts";

/** Set on containers whose commands don't run as root in `/` (modes/oci.ts). */
export const MARKER = "PWD";

const VARIABLE_PREFIX = "environment.";

/** What the server gives a command that has no other. */
const DEFAULT_PATH =
  "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** What the server is asked to run. */
export type ExecBody = Omit<InstanceExecPost, "wait-for-websocket">;

/** A command to run in a container. */
export interface ExecRequest {
  /** Name or id. */
  container: string;
  command: string[];
  env: Record<string, string>;
  /** `NAME|UID[:GROUP|GID]`; empty: the container's own. */
  user: string;
  /** Empty: the container's own. */
  workingDir: string;
  /** Whether it gets input. */
  stdin?: boolean;
  /** The input, for a container in which it has to be a file. */
  openInput?: () => Promise<ReadInput>;
  /** A terminal of this size; absent: none. */
  terminal?: { columns: number; rows: number };
}

/**
 * The command as Incus takes it: for the user that is asked for, or root.
 *
 * @throws {StartFailure} for a user or a folder that can't be.
 */
export async function bodyFor(
  client: IncusClient,
  name: string,
  request: ExecRequest,
): Promise<ExecBody> {
  const cwd = request.workingDir || "/";
  if (!cwd.startsWith("/")) {
    throw new StartFailure(
      "OCI runtime exec failed: exec failed: Cwd must be an absolute path: unknown",
    );
  }
  const user = isRootUser(request.user)
    ? ROOT
    : await userFor(client, name, request.user);
  const environment: Record<string, string> = { ...request.env };
  // The server knows only the home of the container's own user.
  if (user !== ROOT || request.user) environment.HOME ??= user.home;
  return {
    command: request.command,
    interactive: request.terminal !== undefined,
    environment,
    user: user.uid,
    group: user.gid,
    cwd,
    ...(request.terminal &&
      { width: request.terminal.columns, height: request.terminal.rows }),
  };
}

/** The body with what the container itself says of user and folder. */
export async function ownBody(
  client: IncusClient,
  name: string,
  request: ExecRequest,
  instance: Instance,
): Promise<{
  body: ExecBody;
  environment: Record<string, string>;
}> {
  if (instance.status !== "Running") {
    throw new IncusError(400, "exec", "Instance is not running");
  }
  const record = recordOf(instance);
  const { config } = instance;
  const own = record.user ||
    `${config["oci.uid"] ?? 0}:${config["oci.gid"] ?? 0}`;
  const body = await bodyFor(client, name, {
    ...request,
    user: request.user || own,
    workingDir: request.workingDir || record.workingDir ||
      config["oci.cwd"] || "/",
  });
  if (`${VARIABLE_PREFIX}${MARKER}` in config) {
    body.environment = { [MARKER]: body.cwd ?? "/", ...body.environment };
  }
  const environment = {
    PATH: DEFAULT_PATH,
    ...variablesOf(config),
    ...body.environment,
  };
  return { body, environment };
}

/** The variables that a container gives every command. */
export function variablesOf(
  config: Readonly<Record<string, string>>,
): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [key, value] of Object.entries(config)) {
    if (key.startsWith(VARIABLE_PREFIX)) {
      variables[key.slice(VARIABLE_PREFIX.length)] = value;
    }
  }
  return variables;
}

function recordOf(instance: Instance): Partial<ContainerRecord> {
  return JSON.parse(instance.config[RECORD_KEY] ?? "{}");
}

async function userFor(client: IncusClient, name: string, spec: string) {
  try {
    return await resolveUser(spec, readTextOf(client, name));
  } catch (error) {
    if (error instanceof RangeError) throw new StartFailure(error.message);
    throw error;
  }
}

/**
 * Refuses a working directory that isn't there: the server would run the
 * command in `/` instead.
 *
 * @throws {StartFailure}
 */
export async function checkFolder(
  client: IncusClient,
  name: string,
  path: string,
): Promise<void> {
  const found = await statFile(client, name, path);
  // Where a link leads is the container's own business.
  if (found && found.type !== "file") return;
  const reason = found ? "not a directory" : "no such file or directory";
  throw new StartFailure(
    "OCI runtime exec failed: exec failed: unable to start container process: " +
      `chdir to cwd (${
        JSON.stringify(path)
      }) set in config.json failed: ${reason}: unknown`,
  );
}
