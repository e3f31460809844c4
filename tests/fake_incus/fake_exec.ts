/**
 * One command that runs in an instance, as the test's handler sees it.
 *
 * @module
 */
import type { InstanceExecPost } from "../../incus/types.ts";
import type { FakeInstance } from "./fake_instance.ts";
import type { ServerSocket } from "./server_socket.ts";

/** What a client says on the control socket. */
export interface ControlMessage {
  command: string;
  signal?: number;
  args?: Record<string, string>;
}

/** How a command ends, and what it prints before. */
export interface ExecResult {
  stdout?: string | Uint8Array;
  stderr?: string | Uint8Array;
  /** 0 unless told; 126 and 127 make the operation fail, as they do in Incus. */
  code?: number;
}

/**
 * Runs a command: its exit code, what it prints, or `undefined` for a command
 * that is left to the built-in ones.
 */
export type ExecHandler = (
  exec: FakeExec,
) =>
  | ExecResult
  | number
  | undefined
  | Promise<ExecResult | number | undefined>;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A command with its streams. */
export class FakeExec {
  readonly instance: FakeInstance;
  readonly body: InstanceExecPost;
  readonly environment: Record<string, string>;
  /** By stream: `0`, `1`, `2`, `control`; none for a command without streams. */
  readonly sockets: Readonly<Record<string, ServerSocket>>;
  /** Control messages so far. */
  readonly messages: ControlMessage[] = [];
  readonly #killed = new AbortController();
  #wake = Promise.withResolvers<void>();
  #taken = 0;

  constructor(
    instance: FakeInstance,
    body: InstanceExecPost,
    environment: Record<string, string>,
    sockets: Record<string, ServerSocket>,
  ) {
    this.instance = instance;
    this.body = body;
    this.environment = environment;
    this.sockets = sockets;
  }

  get command(): string[] {
    return this.body.command;
  }

  /** Aborted when the server would kill the command: its control socket is gone. */
  get killed(): AbortSignal {
    return this.#killed.signal;
  }

  kill(): void {
    this.#killed.abort();
    this.#wake.resolve();
  }

  /** The next bytes of stdin; `null` at its end. */
  async read(): Promise<Uint8Array | null> {
    const message = await this.sockets["0"]?.read();
    return message?.type === "binary" ? message.data : null;
  }

  /** All of stdin. */
  async readText(): Promise<string> {
    let text = "";
    for (let data = await this.read(); data; data = await this.read()) {
      text += decoder.decode(data, { stream: true });
    }
    return text + decoder.decode();
  }

  /** Resolves when the client's kernel has taken the bytes. */
  async stdout(data: string | Uint8Array): Promise<void> {
    await this.#print(this.body.interactive ? "0" : "1", data);
  }

  /** On a terminal, the same as stdout. */
  async stderr(data: string | Uint8Array): Promise<void> {
    await this.#print(this.body.interactive ? "0" : "2", data);
  }

  async #print(name: string, data: string | Uint8Array): Promise<void> {
    await this.sockets[name]?.sendBytes(
      typeof data === "string" ? encoder.encode(data) : data,
    );
  }

  /** The next control message; `null` when the command is killed first. */
  async nextMessage(): Promise<ControlMessage | null> {
    while (this.messages.length <= this.#taken) {
      if (this.killed.aborted) return null;
      await this.#wake.promise;
    }
    return this.messages[this.#taken++]!;
  }

  /** Takes what came on the control socket. */
  deliver(message: ControlMessage): void {
    this.messages.push(message);
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }
}
