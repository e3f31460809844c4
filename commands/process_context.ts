/**
 * The real outside world: the process's streams, signals and environment.
 *
 * @module
 */
import type { Context, Input, Output, TerminalSize } from "./context.ts";
import type { IncusClient } from "../incus/client.ts";

const encoder = new TextEncoder();

/** Makes the context of this process. */
export function processContext(program: string): Context & Disposable {
  let client: Promise<IncusClient> | undefined;
  let interrupted: AbortController | undefined;
  const stderr = new StreamOutput(Deno.stderr);
  return {
    program,
    stdin: new StreamInput(),
    stdout: new StreamOutput(Deno.stdout),
    stderr,
    env: (name) => Deno.env.get(name),
    now: () => new Date(),
    get signal() {
      if (!interrupted) {
        interrupted = new AbortController();
        abortOnSignals(interrupted);
      }
      return interrupted.signal;
    },
    onSignals,
    terminalSize,
    incus() {
      return client ??= connect(stderr);
    },
    [Symbol.dispose]() {
      void client?.then((one) => one[Symbol.dispose](), () => {});
    },
  };
}

async function connect(stderr: Output): Promise<IncusClient> {
  const [{ IncusClient }, { findRemote }] = await Promise.all([
    import("../incus/client.ts"),
    import("../incus/remote.ts"),
  ]);
  const remote = await findRemote((name) => Deno.env.get(name));
  if (!Deno.env.get("KINI_LOG")) return new IncusClient(remote);
  const { openLog, requestLog } = await import("./call_log.ts");
  const write = openLog({ stderr, env: (name) => Deno.env.get(name) });
  return new IncusClient(remote, write ? { log: requestLog(write) } : {});
}

class StreamOutput implements Output {
  readonly #stream: typeof Deno.stdout;

  constructor(stream: typeof Deno.stdout) {
    this.#stream = stream;
  }

  async write(data: Uint8Array): Promise<void> {
    let at = 0;
    while (at < data.length) {
      at += await this.#stream.write(at === 0 ? data : data.subarray(at));
    }
  }

  text(text: string): Promise<void> {
    return this.write(encoder.encode(text));
  }

  line(text: string): Promise<void> {
    return this.text(`${text}\n`);
  }

  isTerminal(): boolean {
    return this.#stream.isTerminal();
  }

  canRedraw(): boolean {
    return this.isTerminal() && Deno.env.get("TERM") !== "dumb";
  }
}

class StreamInput implements Input {
  read(buffer: Uint8Array): Promise<number | null> {
    return Deno.stdin.read(buffer);
  }

  isTerminal(): boolean {
    return Deno.stdin.isTerminal();
  }

  setRaw(raw: boolean): void {
    Deno.stdin.setRaw(raw);
  }
}

/** How many handlers of a command's own there are for a signal. */
const taken = new Map<Deno.Signal, number>();

function abortOnSignals(controller: AbortController): void {
  listen(["SIGINT", "SIGTERM", "SIGHUP"], (name) => {
    if (taken.get(name)) return;
    const code = 128 + ({ SIGINT: 2, SIGHUP: 1 }[name as string] ?? 15);
    // The second time is the user's last word.
    if (controller.signal.aborted) Deno.exit(code);
    controller.abort(new DOMException(name, "AbortError"));
  });
}

function onSignals(
  names: readonly Deno.Signal[],
  handler: (name: Deno.Signal) => void,
): () => void {
  const count = (by: number) =>
    names.forEach((name) => taken.set(name, (taken.get(name) ?? 0) + by));
  count(1);
  const remove = listen(names, handler);
  return () => {
    remove();
    count(-1);
  };
}

function listen(
  names: readonly Deno.Signal[],
  handler: (name: Deno.Signal) => void,
): () => void {
  const listeners = names.map((name) => {
    const listener = () => handler(name);
    Deno.addSignalListener(name, listener);
    return () => Deno.removeSignalListener(name, listener);
  });
  return () => listeners.forEach((remove) => remove());
}

function terminalSize(): TerminalSize | undefined {
  try {
    return Deno.consoleSize();
  } catch {
    return undefined;
  }
}
