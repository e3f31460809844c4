/**
 * `POST /1.0/instances/NAME/exec`: streams, framing and end of a command.
 *
 * @module
 */
import type { InstanceExecPost } from "../../incus/types.ts";
import { Refusal } from "./answers.ts";
import { builtInCommand } from "./commands.ts";
import { type ControlMessage, type ExecResult, FakeExec } from "./fake_exec.ts";
import type { FakeInstance } from "./fake_instance.ts";
import type { OperationFault } from "./faults.ts";
import type { HttpReply } from "./http_server.ts";
import type { FakeOperation, OperationStore } from "./operations.ts";
import type { ServerSocket } from "./server_socket.ts";
import type { World } from "./world.ts";

/** What an operation's `return` is after 126 or 127. */
const FAILURES: Record<number, string> = {
  126: "Command not executable",
  127: "Command not found",
};

/** `POST …/exec`. */
export function startExec(
  world: World,
  operations: OperationStore,
  name: string,
  body: InstanceExecPost,
  fault?: OperationFault,
): HttpReply {
  const instance = world.instance(name);
  const { status } = instance.instance;
  if (status === "Stopped") throw new Refusal(400, "Instance is not running");
  if (status === "Frozen") throw new Refusal(400, "Instance is frozen");
  const environment = environmentFor(instance, body);
  const attached = body["wait-for-websocket"];
  const metadata = {
    command: body.command,
    environment,
    interactive: body.interactive,
  };
  return operations.start({
    description: "Executing command",
    class: attached ? "websocket" : "task",
    resources: { instances: [`/1.0/instances/${instance.name}`] },
    metadata,
    mayCancel: attached,
    ...(attached && {
      streams: body.interactive ? ["0", "control"] : ["0", "1", "2", "control"],
    }),
    run: async (operation) => {
      const sockets = await connectedSockets(operation, operations);
      const exec = new FakeExec(instance, body, environment, sockets);
      const code = await runExec(world, exec, operation);
      operation.update({ ...operation.data.metadata, return: code });
      if (FAILURES[code]) throw new Refusal(400, FAILURES[code]);
    },
  }, fault);
}

function environmentFor(
  { instance }: FakeInstance,
  body: InstanceExecPost,
): Record<string, string> {
  const environment: Record<string, string> = {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    LANG: "C.UTF-8",
    ...(!body.user && { HOME: "/root", USER: "root" }),
  };
  for (const [key, value] of Object.entries(instance.expanded_config)) {
    if (key.startsWith("environment.")) {
      environment[key.slice("environment.".length)] = value;
    }
  }
  return { ...environment, ...body.environment };
}

/** The command's sockets, once every one is there that it needs. */
async function connectedSockets(
  operation: FakeOperation,
  operations: OperationStore,
): Promise<Record<string, ServerSocket>> {
  const names = [...operation.sockets.keys()];
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(
    () =>
      timeout.reject(
        new Refusal(400, "Timed out waiting for websockets to connect"),
      ),
    10 * operations.second,
  );
  try {
    const sockets = await Promise.race([
      Promise.all(names.map((name) => operation.socket(name))),
      timeout.promise,
      operations.closing.then(() => {
        throw new Refusal(503, "Incus is shutting down");
      }),
    ]);
    return Object.fromEntries(names.map((name, at) => [name, sockets[at]!]));
  } finally {
    clearTimeout(timer);
  }
}

async function runExec(
  world: World,
  exec: FakeExec,
  operation: FakeOperation,
): Promise<number> {
  const { sockets } = exec;
  if (sockets.control) void readControl(exec, sockets.control);
  // Pings are answered there too; the client sends nothing else.
  for (const name of ["1", "2"]) void drain(sockets[name]);
  operation.signal.addEventListener("abort", () => exec.kill());
  const killed = new Promise<number>((resolve) => {
    exec.killed.addEventListener("abort", () => resolve(137));
  });
  const code = await Promise.race([handle(world, exec), killed]);
  await endStreams(exec);
  return code;
}

async function handle(world: World, exec: FakeExec): Promise<number> {
  let result: ExecResult | number | undefined;
  try {
    result = await world.hooks.onExec?.(exec) ??
      await builtInCommand(exec, world);
    if (typeof result === "number") return result;
    if (result.stdout) await exec.stdout(result.stdout);
    if (result.stderr) await exec.stderr(result.stderr);
    return result.code ?? 0;
  } catch (error) {
    // Its reader has gone: a command gets SIGPIPE then.
    if (exec.killed.aborted || error instanceof Deno.errors.BrokenPipe) {
      return 141;
    }
    throw error;
  }
}

/** Empty text message, then the connection goes without a close frame. */
async function endStreams(exec: FakeExec): Promise<void> {
  const { sockets, body } = exec;
  if (body.interactive && sockets["0"]) {
    await sockets["0"].sendEnd().catch(() => {});
    // The client has to go first: the operation ends only then.
    void drain(sockets["0"]);
    await sockets["0"].closed;
  } else {
    for (const name of ["1", "2"]) {
      await sockets[name]?.sendEnd().catch(() => {});
      sockets[name]?.abort();
    }
    sockets["0"]?.abort();
  }
  sockets.control?.abort();
}

async function readControl(
  exec: FakeExec,
  control: ServerSocket,
): Promise<void> {
  for (
    let message = await control.read();
    message;
    message = await control.read()
  ) {
    if (message.type === "text" && message.text) {
      exec.deliver(JSON.parse(message.text) as ControlMessage);
    }
  }
  exec.kill();
}

async function drain(socket: ServerSocket | undefined): Promise<void> {
  while (await socket?.read()) {
    // Nothing that the client says here matters.
  }
}
