/**
 * Programs on a host of the lab, for one cell: each is in the cell's log, and
 * one that fails ends its step.
 *
 * @module
 */
import { lab, type Result, type RunOptions } from "../e2e/lab.ts";

/** Milliseconds that no program takes unless it hangs. */
const LIMIT = 600_000;

/** A step failed; the message is the first line that tells of an error. */
export class StepError extends Error {
  override name = "StepError";
}

/** Where and how the programs of a cell run, and what they said. */
export class Programs {
  readonly #options: RunOptions;
  readonly #log: string;

  constructor(options: RunOptions, log: string) {
    this.#options = { timeout: LIMIT, ...options };
    this.#log = log;
  }

  /** Runs a program, however it ends. */
  async attempt(command: readonly string[], stdin?: string): Promise<Result> {
    const result = await lab(command, {
      ...this.#options,
      ...(stdin !== undefined && { stdin }),
    });
    const { code, stdout, stderr } = result;
    await this.note(`$ ${command.join(" ")}\n${stdout}${stderr}exit ${code}\n`);
    return result;
  }

  /**
   * Runs a program that must succeed, and returns what it printed on stdout.
   *
   * @throws {StepError}
   */
  async ok(command: readonly string[], stdin?: string): Promise<string> {
    const { code, stdout, stderr } = await this.attempt(command, stdin);
    if (code === 0) return stdout;
    throw new StepError(firstError(stderr) || `exit code ${code}`);
  }

  /** Runs a shell script that must succeed. */
  sh(script: string): Promise<string> {
    return this.ok(["bash", "-euo", "pipefail", "-c", script]);
  }

  /** Adds to the cell's log. */
  async note(text: string): Promise<void> {
    await Deno.writeTextFile(this.#log, text, { append: true });
  }
}

/** kind's error; it quotes a command of its own, and what that one said. */
const OWN = /^ERROR: [^]*/m;
const QUOTED = /command "(\S+ \S+)[^]*?" failed with error/;
const OUTPUT = /\nCommand Output: /;

/** The line of stderr that says what went wrong: an error's, else the last. */
export function firstError(stderr: string): string {
  const [own, output] = (OWN.exec(stderr)?.[0] ?? "")
    .replace(QUOTED, 'command "$1 …" failed with error').split(OUTPUT);
  const [line = ""] = lines(own ?? "");
  if (line === "") return telling(lines(stderr)).slice(0, 300);
  const more = output === undefined ? "" : `: ${telling(lines(output))}`;
  return `${line}${more}`.slice(0, 300);
}

function telling(lines: readonly string[]): string {
  return lines.find((line) => /\berror\b|\bfailed\b/i.test(line)) ??
    lines.at(-1) ?? "";
}

function lines(text: string): string[] {
  return text.split("\n").map((line) => line.trim()).filter(Boolean);
}
