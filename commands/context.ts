/**
 * What a command may use of the outside world. Commands get everything from
 * here, so that tests can run them with streams, time and environment of their
 * own.
 *
 * @module
 */
import type { IncusClient } from "../incus/client.ts";

/** Where results and messages go. */
export interface Output {
  /** Resolves when the bytes are taken; that is the back-pressure. */
  write(data: Uint8Array): Promise<void>;
  text(text: string): Promise<void>;
  /** Text and a newline. */
  line(text: string): Promise<void>;
  isTerminal(): boolean;
  /** Whether lines can be written over: a terminal that is more than paper. */
  canRedraw(): boolean;
}

/** Where input comes from. */
export interface Input {
  /** Fills the buffer and gives the count of bytes, or `null` at the end. */
  read(buffer: Uint8Array): Promise<number | null>;
  isTerminal(): boolean;
  /** Raw mode: keys arrive as they are typed and are not echoed. */
  setRaw(raw: boolean): void;
}

/** Size of a terminal in characters. */
export interface TerminalSize {
  columns: number;
  rows: number;
}

/** The outside world of one command. */
export interface Context {
  /** How users call this program: `docker`, or `kini docker`. */
  readonly program: string;
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  /** One environment variable. */
  env(name: string): string | undefined;
  now(): Date;
  /** Aborted by Ctrl-C and SIGTERM. Only a command that reads it outlives them. */
  readonly signal: AbortSignal;
  /**
   * Calls `handler` for each of these signals until the result is called.
   * Meanwhile they don't abort {@linkcode signal}.
   */
  onSignals(
    names: readonly Deno.Signal[],
    handler: (name: Deno.Signal) => void,
  ): () => void;
  /** Size of the terminal on stdout, or `undefined` when it is none. */
  terminalSize(): TerminalSize | undefined;
  /** The server; found and connected at the first call. */
  incus(): Promise<IncusClient>;
}
