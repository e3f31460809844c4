/**
 * All commands of a program as data, for what is made from them: completion
 * and the manual page.
 *
 * @module
 */
import type { CommandTable, Program } from "./command.ts";
import type { FlagTable } from "./flags.ts";

/** A flag as it is typed. */
export interface FlagWords {
  readonly long: string;
  readonly short?: string;
  readonly summary: string;
  /** The next word is its value. */
  readonly takesValue: boolean;
  /** What help calls the value; empty for a switch. */
  readonly value: string;
}

/** A command or a group of commands. */
export interface CommandNode {
  /** Program and words: `docker network ls`. */
  readonly path: string;
  readonly summary: string;
  /** What follows in the usage line. */
  readonly usage: string;
  /** The words that may follow; none for a command. */
  readonly words: readonly {
    readonly word: string;
    readonly summary: string;
  }[];
  readonly flags: readonly FlagWords[];
  readonly examples: readonly string[];
  /** A paragraph below the summary. */
  readonly details?: string;
}

/** Programs that are chosen before any table is looked at. */
const CHOSEN_EARLIER = ["docker", "kind"];

/** The program, its groups and its commands; loads every one of them. */
export async function commandTree(
  name: string,
  program: Program,
): Promise<CommandNode[]> {
  return [
    {
      path: name,
      summary: program.summary,
      usage: "COMMAND",
      words: wordsOf(program.table),
      flags: flagsOf(program.flags),
      examples: program.examples ?? [],
    },
    ...await nodesOf(name, program.table),
  ];
}

async function nodesOf(
  parent: string,
  table: CommandTable,
): Promise<CommandNode[]> {
  const nodes = await Promise.all(
    Object.entries(table).map(async ([word, entry]): Promise<CommandNode[]> => {
      const path = `${parent} ${word}`;
      const { summary } = entry;
      if (entry.hidden) return [];
      if ("commands" in entry) {
        const words = wordsOf(entry.commands);
        const node = {
          path,
          summary,
          usage: "COMMAND",
          words,
          flags: [],
          examples: entry.examples ?? [],
        };
        return [node, ...await nodesOf(path, entry.commands)];
      }
      if (parent === "kini" && CHOSEN_EARLIER.includes(word)) return [];
      const { command } = await entry.load();
      return [{
        path,
        summary,
        usage: command.usage,
        words: [],
        flags: flagsOf(command.flags),
        examples: command.examples ?? [],
        ...(command.details && { details: command.details }),
      }];
    }),
  );
  return nodes.flat();
}

function wordsOf(table: CommandTable): CommandNode["words"] {
  return Object.entries(table).filter(([, entry]) => !entry.hidden)
    .map(([word, { summary }]) => ({ word, summary }));
}

function flagsOf(table: FlagTable): FlagWords[] {
  return Object.entries(table).filter(([, spec]) => !spec.hidden)
    .map(([long, spec]) => ({
      long,
      ...(spec.short && { short: spec.short }),
      summary: spec.usage,
      takesValue: spec.type !== "boolean" && spec.implied === undefined,
      value: spec.type === "boolean" ? "" : spec.value ??
        { string: "string", strings: "list", number: "int" }[spec.type],
    }));
}
