/**
 * Running a command in an instance, with its streams and its exit code.
 *
 * @module
 */
import type { IncusClient } from "./client.ts";
import { IncusError } from "./errors.ts";
import { instancePath } from "./instances.ts";
import { Operation } from "./operation.ts";
import type { InstanceExecPost, OperationData } from "./types.ts";
import type { WebSocketConnection } from "./websocket.ts";

/** Bytes read from stdin at a time. */
const CHUNK_SIZE = 256 * 1024;

/** The caller's side of the streams. */
export interface ExecStreams {
  /** Fills the buffer, or gives `null` at the end; absent: no input. */
  read?: (buffer: Uint8Array) => Promise<number | null>;
  stdout: (data: Uint8Array) => Promise<void>;
  stderr: (data: Uint8Array) => Promise<void>;
}

/** A command that runs in an instance. */
export class ExecSession {
  readonly #client: IncusClient;
  readonly #operation: Operation;
  readonly #interactive: boolean;
  #control: WebSocketConnection | undefined;

  private constructor(
    client: IncusClient,
    operation: Operation,
    interactive: boolean,
  ) {
    this.#client = client;
    this.#operation = operation;
    this.#interactive = interactive;
  }

  /** Asks the server to prepare the command; it runs once the streams are on. */
  static async prepare(
    client: IncusClient,
    name: string,
    body: Omit<InstanceExecPost, "wait-for-websocket">,
  ): Promise<ExecSession> {
    const operation = await client.start("POST", `${instancePath(name)}/exec`, {
      body: { ...body, "wait-for-websocket": true } satisfies InstanceExecPost,
    });
    if (!operation) {
      throw new IncusError(500, "POST exec", "exec gave no operation");
    }
    return new ExecSession(client, operation, body.interactive);
  }

  /** The environment that the command will have, by the server's account. */
  get environment(): Record<string, string> {
    const environment = this.#operation.data.metadata?.environment;
    return (environment ?? {}) as Record<string, string>;
  }

  /**
   * Connects the streams, runs the command and waits for its end.
   *
   * The end is reached when the server says that the command has ended *and*
   * every output stream has been read to its end, so nothing is cut short.
   *
   * @returns the exit code; 128 + n for a command that signal n ended.
   */
  async run(streams: ExecStreams): Promise<number> {
    const fds = this.#operation.data.metadata?.fds as Record<string, string>;
    const names = this.#interactive ? ["control", "0"] : [
      "control",
      "0",
      "1",
      "2",
    ];
    const path = `/1.0/operations/${this.#operation.id}/websocket`;
    const [control, ...sockets] = await openAll(
      names.map((name) => {
        const open = this.#client.websocket(path, { secret: fds[name] ?? "" });
        return name === "control" ? open.catch(unlessRefused) : open;
      }),
    );
    try {
      const [input, output, errors] = sockets;
      this.#control = control;
      if (control) void drain(control);
      const ended = this.#operation.wait().then(
        (data) => exitCode(data),
        (error) => exitCodeOfFailure(error, this.#operation),
      );
      // An early rejection must not go unhandled while the output drains.
      ended.catch(() => {});
      if (this.#interactive) {
        void pump(input!, streams.read, false);
        await copy(input!, streams.stdout);
        // The server waits for this side to go first.
        input!.close();
      } else {
        void pump(input!, streams.read, true);
        // The server wants no answers to its pings, which only keep the line up.
        output!.readOnly();
        errors!.readOnly();
        await Promise.all([
          copy(output!, streams.stdout),
          copy(errors!, streams.stderr),
        ]);
      }
      return await ended;
    } finally {
      for (const socket of [control, ...sockets]) socket?.close();
    }
  }

  /** Sends a signal, by number, to the command. */
  async signal(signal: number): Promise<void> {
    await this.#control?.sendText(JSON.stringify({ command: "signal", signal }))
      .catch(() => {});
  }

  /** Tells the command's terminal its new size. */
  async resize(columns: number, rows: number): Promise<void> {
    await this.#control?.sendText(JSON.stringify({
      command: "window-resize",
      args: { width: String(columns), height: String(rows) },
    })).catch(() => {});
  }
}

/** Starts a command and leaves it alone: no streams, no exit code. */
export async function execDetached(
  client: IncusClient,
  name: string,
  body: Omit<InstanceExecPost, "wait-for-websocket" | "interactive">,
): Promise<void> {
  await client.start("POST", `${instancePath(name)}/exec`, {
    body: {
      ...body,
      "wait-for-websocket": false,
      interactive: false,
    } satisfies InstanceExecPost,
  });
}

/** Runs a short command with no input and returns what it printed. */
export async function execOutput(
  client: IncusClient,
  name: string,
  command: string[],
): Promise<{ code: number; stdout: string; stderr: string }> {
  const session = await ExecSession.prepare(client, name, {
    command,
    interactive: false,
    user: 0,
    group: 0,
    cwd: "/",
  });
  const decoders = [new TextDecoder(), new TextDecoder()];
  const texts = ["", ""];
  const sink = (index: number) => (data: Uint8Array): Promise<void> => {
    texts[index] += decoders[index]!.decode(data, { stream: true });
    return Promise.resolve();
  };
  const code = await session.run({ stdout: sink(0), stderr: sink(1) });
  return { code, stdout: texts[0]!, stderr: texts[1]! };
}

/** All sockets, or none: where one is refused, the others are closed. */
async function openAll<T extends WebSocketConnection | undefined>(
  opening: Promise<T>[],
): Promise<T[]> {
  try {
    return await Promise.all(opening);
  } catch (error) {
    for (const result of await Promise.allSettled(opening)) {
      if (result.status === "fulfilled") result.value?.close();
    }
    throw error;
  }
}

/**
 * The server begins without the control socket, and refuses it once a short
 * command is over. What refuses it for another reason refuses the others too.
 */
function unlessRefused(error: unknown): undefined {
  if (!(error instanceof IncusError)) throw error;
}

/** stdin → socket, a chunk at a time: the next is read when this one is sent. */
async function pump(
  socket: WebSocketConnection,
  read: ExecStreams["read"],
  tellEnd: boolean,
): Promise<void> {
  // The server's pings arrive here too.
  if (tellEnd) void drain(socket);
  try {
    if (read) {
      const buffer = new Uint8Array(CHUNK_SIZE);
      for (
        let size = await read(buffer);
        size !== null;
        size = await read(buffer)
      ) {
        await socket.sendBytes(buffer.subarray(0, size));
      }
    }
    // An empty text message is the end of the stream (API, section exec).
    if (tellEnd) await socket.sendText("");
  } catch {
    // The command has ended, or closed its input: what is left has no reader.
  }
}

/** socket → stream, until the empty text message or the end. */
async function copy(
  socket: WebSocketConnection,
  write: (data: Uint8Array) => Promise<void>,
): Promise<void> {
  for (
    let piece = await socket.read();
    piece !== null;
    piece = await socket.read()
  ) {
    if (piece.type === "text") return;
    await write(piece.data);
  }
}

/** Reads and drops what comes, so that pings are answered. */
async function drain(socket: WebSocketConnection): Promise<void> {
  while (await socket.read() !== null) {
    // Nothing that the server says here matters.
  }
}

function exitCode(data: OperationData): number {
  const code = data.metadata?.return;
  if (typeof code !== "number") {
    throw new IncusError(500, "exec", "the server gave no exit code");
  }
  return code;
}

/**
 * A command that was not found (127) or can't be executed (126) makes the
 * operation fail; older servers then tell no more than the text.
 */
function exitCodeOfFailure(error: unknown, operation: Operation): number {
  const code = operation.data.metadata?.return;
  if (typeof code === "number" && code >= 0) return code;
  if (error instanceof IncusError) {
    if (error.message === "Command not found") return 127;
    if (error.message === "Command not executable") return 126;
  }
  throw error;
}
