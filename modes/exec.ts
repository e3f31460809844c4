/**
 * A command in a container: docker's request → an exec of Incus.
 *
 * @module
 */
import type { IncusClient } from "../incus/client.ts";
import { IncusError, isNotFound } from "../incus/errors.ts";
import { execDetached, ExecSession } from "../incus/exec.ts";
import { statFile } from "../incus/files.ts";
import { getInstance, instancePath } from "../incus/instances.ts";
import type { Instance } from "../incus/types.ts";
import { noSuchContainer } from "./container_errors.ts";
import { findInstance, isInstanceName } from "./containers.ts";
import {
  bodyFor,
  checkFolder,
  type ExecBody,
  type ExecRequest,
  MARKER,
  ownBody,
  variablesOf,
} from "./exec_body.ts";
import { type CommandPlace, explainStart, refusal } from "./exec_failure.ts";
import { namesInput, stageInput } from "./exec_input.ts";
import {
  type InnerPipes,
  innerPipesFor,
  SHELL,
  withInnerPipes,
} from "./exec_stdio.ts";

/** A command that is ready to run. */
export interface PreparedExec extends CommandPlace {
  session: ExecSession;
  /** Present when the input is in the container already; for after the command. */
  removeInput?: () => Promise<void>;
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
  const body = MARKER in variablesOf(config)
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
  body: ExecBody,
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
