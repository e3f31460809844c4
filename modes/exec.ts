/**
 * A command in a container: docker's request → an exec of Incus.
 *
 * @module
 */
import type { ContainerRecord } from "../docker/container.ts";
import { resolvePath } from "../docker/path.ts";
import type { IncusClient } from "../incus/client.ts";
import { IncusError, isNotFound } from "../incus/errors.ts";
import { execDetached, ExecSession } from "../incus/exec.ts";
import { statFile } from "../incus/files.ts";
import { getInstance, instancePath } from "../incus/instances.ts";
import type { Instance, InstanceExecPost } from "../incus/types.ts";
import { noSuchContainer, notRunning } from "./container_errors.ts";
import { isRootUser, readTextOf, resolveUser, ROOT } from "./container_user.ts";
import { findInstance, isInstanceName } from "./containers.ts";
import { namesInput, type ReadInput, stageInput } from "./exec_input.ts";
import {
  type InnerPipes,
  innerPipesFor,
  SHELL,
  withInnerPipes,
} from "./exec_stdio.ts";
import { RECORD_KEY } from "./keys.ts";

/** Set on containers whose commands don't run as root in `/` (modes/oci.ts). */
const MARKER = "PWD";
const VARIABLE_PREFIX = "environment.";
/** What the server gives a command that has no other. */
const DEFAULT_PATH =
  "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

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

/** Where a command is looked for. */
interface CommandPlace {
  /** The instance's name. */
  name: string;
  cwd: string;
  environment: Record<string, string>;
}

/** A command that is ready to run. */
export interface PreparedExec extends CommandPlace {
  session: ExecSession;
  /** Present when the input is in the container already; for after the command. */
  removeInput?: () => Promise<void>;
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
 * Makes a command ready: one request for an ordinary container, and two for
 * one that gets input.
 *
 * The server's answer shows whether the container has a user or a folder of
 * its own; only then is it asked for them, and the first preparation, which
 * nobody connects to, runs out by itself.
 */
export async function prepareExec(
  client: IncusClient,
  request: ExecRequest,
): Promise<PreparedExec> {
  const pipes = request.terminal
    ? undefined
    : innerPipesFor(request.command, request.stdin ?? false);
  return await onInstance(client, request.container, async (name) => {
    if (pipes) return await prepareWithPipes(client, name, request, pipes);
    let body = await bodyFor(client, name, request);
    let session = await ExecSession.prepare(client, name, body);
    if (
      MARKER in session.environment && !(MARKER in request.env) &&
      !(request.user && request.workingDir)
    ) {
      const instance = await getInstance(client, name);
      ({ body } = await ownBody(client, name, request, instance));
      session = await ExecSession.prepare(client, name, body);
    }
    if (request.workingDir) await checkFolder(client, name, request.workingDir);
    const { environment } = session;
    return { session, environment, name, cwd: body.cwd ?? "/" };
  });
}

/** Makes a command ready whose streams may be opened by path. */
async function prepareWithPipes(
  client: IncusClient,
  name: string,
  request: ExecRequest,
  pipes: InnerPipes,
): Promise<PreparedExec> {
  const instance = await client.get<Instance>(instancePath(name));
  const config = { ...instance.config, ...instance.expanded_config };
  const body = `${VARIABLE_PREFIX}${MARKER}` in config
    ? (await ownBody(client, name, request, instance)).body
    : await bodyFor(client, name, request);
  // Only host's root, where the container has it, can open the server's pipes.
  const outer = config["security.privileged"] === "true" && !body.user;
  const shell = !outer && await statFile(client, name, SHELL);
  if (!outer && !shell && request.openInput && namesInput(request.command)) {
    return await prepareStaged(client, name, request, body);
  }
  const command = shell
    ? withInnerPipes(request.command, pipes, [
      ...Object.keys(body.environment ?? {}),
      ...Object.keys(variablesOf(config)),
    ])
    : undefined;
  const session = await ExecSession.prepare(
    client,
    name,
    command ? { ...body, command } : body,
  );
  if (request.workingDir) await checkFolder(client, name, request.workingDir);
  const { environment } = session;
  return { session, environment, name, cwd: body.cwd ?? "/" };
}

/** Makes a command ready whose input is put into the container before. */
async function prepareStaged(
  client: IncusClient,
  name: string,
  request: ExecRequest,
  body: Awaited<ReturnType<typeof bodyFor>>,
): Promise<PreparedExec> {
  const staged = await stageInput(
    client,
    name,
    request.command,
    await request.openInput!(),
    { uid: body.user ?? 0, gid: body.group ?? 0 },
  );
  try {
    if (request.workingDir) await checkFolder(client, name, request.workingDir);
    const session = await ExecSession.prepare(client, name, {
      ...body,
      command: staged.command,
    });
    const { environment } = session;
    const removeInput = staged.remove;
    return { session, environment, name, cwd: body.cwd ?? "/", removeInput };
  } catch (error) {
    await staged.remove();
    throw error;
  }
}

/** Starts a command and leaves it alone. */
export async function startDetached(
  client: IncusClient,
  request: ExecRequest,
): Promise<void> {
  await onInstance(client, request.container, async (name) => {
    // Nothing tells afterwards whom it ran as, so this comes first here.
    const { body, environment } = await ownBody(
      client,
      name,
      request,
      await getInstance(client, name),
    );
    if (request.workingDir) await checkFolder(client, name, request.workingDir);
    const cwd = body.cwd ?? "/";
    const failure = await explainStart(
      client,
      { environment, name, cwd },
      request.command,
    );
    if (failure) throw new IncusError(400, "exec", failure.message);
    await execDetached(client, name, body);
  });
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

/** Runs `action` on the instance of a container; looks it up only on a 404. */
async function onInstance<T>(
  client: IncusClient,
  ref: string,
  action: (name: string) => Promise<T>,
): Promise<T> {
  const direct = ref.replace(/^\//, "");
  let tried = "";
  if (isInstanceName(direct)) {
    tried = direct;
    try {
      return await action(direct);
    } catch (error) {
      if (error instanceof IncusError && error.status === 400) {
        throw await refusal(client, ref, direct, error);
      }
      if (!isNotFound(error)) throw error;
    }
  }
  const instance = await findInstance(client, ref);
  if (!instance || instance.name === tried) throw noSuchContainer(ref);
  try {
    return await action(instance.name);
  } catch (error) {
    if (error instanceof IncusError && error.status === 400) {
      throw await refusal(client, ref, instance.name, error);
    }
    throw error;
  }
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
async function refusal(
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

async function bodyFor(
  client: IncusClient,
  name: string,
  request: ExecRequest,
): Promise<Omit<InstanceExecPost, "wait-for-websocket">> {
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
async function ownBody(
  client: IncusClient,
  name: string,
  request: ExecRequest,
  instance: Instance,
): Promise<{
  body: Omit<InstanceExecPost, "wait-for-websocket">;
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

function variablesOf(
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

/** The server would run the command in `/` instead. */
async function checkFolder(
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
