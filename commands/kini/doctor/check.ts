/**
 * What a check is: facts in, a finding out. Checks ask nothing themselves, so
 * that a table of facts tests each of them.
 *
 * @module
 */
import type { Facts, MachineFacts } from "./facts.ts";
import type { ServerAnswers } from "./server_facts.ts";

/**
 * How bad it is:
 * - `failure`: kind won't work
 * - `warning`: some clusters or some uses won't
 * - `unknown`: it can't be told from here
 */
export type Level = "ok" | "warning" | "failure" | "unknown";

/** What a check found. */
export interface Finding {
  readonly level: Level;
  /** What is there, in one line. */
  readonly found: string;
  /** Why it matters. */
  readonly why?: string;
  /** Shell commands that mend it when pasted in this order. */
  readonly fix?: readonly string[];
  /** The commands harm nothing and work in a shell of their own, so `--fix` may run them. */
  readonly safe?: boolean;
}

/** One check. Its name is that of its section in docs/troubleshooting.md. */
export interface Check {
  readonly name: string;
  run(facts: Facts): Finding;
}

/** A check of what the server says; nothing can be told without it. */
export function serverCheck(
  name: string,
  run: (server: ServerAnswers, facts: Facts) => Finding,
): Check {
  return {
    name,
    run: (facts) =>
      facts.server
        ? run(facts.server, facts)
        : { level: "unknown", found: "the server doesn't answer" },
  };
}

/** A check of the machine that the containers run on, where that is this one. */
export function machineCheck(
  name: string,
  run: (machine: MachineFacts, facts: Facts) => Finding,
): Check {
  return {
    name,
    run: (facts) =>
      facts.machine ? run(facts.machine, facts) : {
        level: "unknown",
        found: "the server is on another machine",
      },
  };
}

/** All is well. */
export function ok(found: string): Finding {
  return { level: "ok", found };
}

/** The server was asked and refused, or failed. */
export function unanswered(error: string): Finding {
  return { level: "unknown", found: `the server said: ${error}` };
}

/** `value` as one word of a shell command. */
export function shellWord(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value)
    ? value
    : `'${value.replaceAll("'", `'\\''`)}'`;
}
