/**
 * Timing programs in a host of the lab.
 *
 * @module
 */
const LAB = new URL("../lab/lab", import.meta.url).pathname;
/** This repository is `/kini` in every host. */
const TIMER = "/kini/tests/bench/timer.py";

/** One run of a program. */
export interface Run {
  /** Wall time. */
  seconds: number;
  /** User and system time of the program and of those it waited for. */
  cpu: number;
  /** Peak resident set, in KiB. */
  rss: number;
  code: number;
  stderr: string;
}

/** What to run. */
export interface Command {
  argv: readonly string[];
  /** Bytes of zeros on stdin; absent: `/dev/null`. */
  input?: number;
}

/** A host of the lab, with the timer running in it. */
export class Host implements AsyncDisposable {
  readonly name: string;
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #reader: ReadableStreamDefaultReader<string>;
  #rest = "";

  constructor(name: string) {
    this.name = name;
    this.#child = new Deno.Command(LAB, {
      args: ["run", name, "--", "python3", "-B", TIMER],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#reader = this.#child.stdout.pipeThrough(new TextDecoderStream())
      .getReader();
  }

  /**
   * Runs a program to its end.
   *
   * @throws {Error} when it fails: the time of a failure says nothing.
   */
  async run(command: Command): Promise<Run> {
    const run = await this.attempt(command);
    if (run.code === 0) return run;
    throw new Error(
      `${
        command.argv.join(" ")
      } in ${this.name}: exit code ${run.code}\n${run.stderr}`,
    );
  }

  /** Runs a program to its end, however that is. */
  async attempt(command: Command): Promise<Run> {
    await this.#writer.write(
      new TextEncoder().encode(`${JSON.stringify(command)}\n`),
    );
    return JSON.parse(await this.#line());
  }

  async #line(): Promise<string> {
    while (!this.#rest.includes("\n")) {
      const { value, done } = await this.#reader.read();
      if (done) throw new Error(`the timer in ${this.name} has ended`);
      this.#rest += value;
    }
    const end = this.#rest.indexOf("\n");
    const line = this.#rest.slice(0, end);
    this.#rest = this.#rest.slice(end + 1);
    return line;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close();
    await this.#child.status;
  }
}
