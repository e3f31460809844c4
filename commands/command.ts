/**
 * Commands: how one is declared, found by its words, and run.
 *
 * @module
 */
import type { Context } from "./context.ts";
import { UsageError } from "./errors.ts";
import { type FlagTable, type ParsedFlags, parseFlags } from "./flags.ts";

/** How many arguments a command takes. */
export interface ArgumentRule {
  readonly min: number;
  readonly max: number;
}

/** One command: what it takes and what it does. */
export interface Command<T extends FlagTable = FlagTable> {
  /** What follows the command's name in its usage line. */
  readonly usage: string;
  readonly flags: T;
  readonly args: ArgumentRule;
  /** Flags end at the first argument: the rest belongs to the container. */
  readonly stopAtFirstPositional?: boolean;
  /** Command lines that help shows, without the program's name. */
  readonly examples?: readonly string[];
  run(ctx: Context, input: ParsedFlags<T>): Promise<void>;
}

/** Declares a command; only for the types. */
export function defineCommand<const T extends FlagTable>(
  command: Command<T>,
): Command {
  return command as unknown as Command;
}

/** A word of the command line: a command, loaded when called, or a group. */
export type CommandEntry = CommandLeaf | CommandGroup;

/** A command that is loaded when it is called. */
export interface CommandLeaf {
  readonly summary: string;
  /** Other full names, as help shows them. */
  readonly aliases?: readonly string[];
  /** Not shown in lists. */
  readonly hidden?: boolean;
  load(): Promise<{ command: Command }>;
}

/** A word that other words follow, such as `network`. */
export interface CommandGroup {
  readonly summary: string;
  readonly hidden?: boolean;
  readonly commands: CommandTable;
}

/** Commands by their word. */
export type CommandTable = Readonly<Record<string, CommandEntry>>;

/** A program: its table, and what it does about flags before any word. */
export interface Program {
  readonly table: CommandTable;
  readonly summary: string;
  /** Flags that stand before the command; only those that do something. */
  readonly flags: FlagTable;
  /** Called for the program's own flags; true when that was all. */
  runFlags(ctx: Context, input: ParsedFlags<FlagTable>): Promise<boolean>;
}

/** Exactly `count` arguments. */
export function exactly(count: number): ArgumentRule {
  return { min: count, max: count };
}

/** `count` arguments or more. */
export function atLeast(count: number): ArgumentRule {
  return { min: count, max: Infinity };
}

/** Any number of arguments. */
export const anyArguments: ArgumentRule = { min: 0, max: Infinity };

/** Where an error happened, for the text around it. */
export interface CommandPlace {
  /** Program and words: `docker network ls`. */
  readonly path: string;
  /** The command, when its words were known. */
  readonly command?: Command;
  readonly summary?: string;
}

/**
 * Runs a command line of `program`.
 *
 * @param onPlace told the command as soon as its words are known.
 */
export async function runProgram(
  ctx: Context,
  program: Program,
  argv: readonly string[],
  onPlace: (place: CommandPlace) => void,
): Promise<void> {
  onPlace({ path: ctx.program });
  const start = parseFlags(program.flags, argv, {
    stopAtFirstPositional: true,
  });
  if (start.help || (start.changed.size === 0 && start.args.length === 0)) {
    return await printGroup(ctx, ctx.program, program.summary, program.table);
  }
  if (await program.runFlags(ctx, start)) return;
  let table = program.table;
  let path = ctx.program;
  let words = start.args;
  while (true) {
    const [word, ...rest] = words;
    const entry = word !== undefined && Object.hasOwn(table, word)
      ? table[word]
      : undefined;
    if (!entry) throw unknownCommand(path, word ?? "", words, ctx.program);
    path = `${path} ${word}`;
    words = rest;
    if ("load" in entry) {
      return await runCommand(ctx, entry, path, words, onPlace);
    }
    if (words.length === 0 || words[0] === "--help" || words[0] === "-h") {
      return await printGroup(ctx, path, entry.summary, entry.commands);
    }
    table = entry.commands;
  }
}

async function runCommand(
  ctx: Context,
  entry: CommandLeaf,
  path: string,
  argv: readonly string[],
  onPlace: (place: CommandPlace) => void,
): Promise<void> {
  const { command } = await entry.load();
  onPlace({ path, command, summary: entry.summary });
  const input = parseFlags(command.flags, argv, {
    stopAtFirstPositional: command.stopAtFirstPositional ?? false,
  });
  if (input.help) return await printHelp(ctx, path, entry, command);
  checkArguments(command.args, input.args.length);
  await command.run(ctx, input);
}

function checkArguments(rule: ArgumentRule, count: number): void {
  const { min, max } = rule;
  if (count >= min && count <= max) return;
  if (max === 0) throw new UsageError("accepts no arguments");
  const wanted = min === max ? min : count < min ? min : max;
  const how = min === max ? "exactly" : count < min ? "at least" : "at most";
  throw new UsageError(
    min === max || count < min
      ? `requires ${how} ${wanted} argument${wanted === 1 ? "" : "s"}`
      : `requires ${how} ${wanted} argument${wanted === 1 ? "" : "s"}`,
  );
}

function unknownCommand(
  path: string,
  word: string,
  words: readonly string[],
  program: string,
): UsageError {
  const flag = words.find((one) => one.startsWith("-"));
  if (path !== program && flag) {
    return new UsageError(`unknown flag: ${flag}`, { subject: "flag" });
  }
  return new UsageError(
    path === program
      ? `'${word}' is not a ${program} command.\nSee '${program} --help'`
      : `unknown command: ${path} ${word}\nSee '${path} --help'`,
    { subject: "value", code: 1 },
  );
}

async function printHelp(
  ctx: Context,
  path: string,
  entry: CommandLeaf,
  command: Command,
): Promise<void> {
  const { formatHelp } = await import("./help.ts");
  await ctx.stdout.text(formatHelp({
    program: path,
    usage: command.usage,
    summary: entry.summary,
    flags: command.flags,
    ...(entry.aliases && { aliases: entry.aliases }),
    ...(command.examples && {
      examples: command.examples.map((one) => `  ${ctx.program} ${one}`)
        .join("\n"),
    }),
  }));
}

async function printGroup(
  ctx: Context,
  path: string,
  summary: string,
  table: CommandTable,
): Promise<void> {
  const { formatCommandList } = await import("./help.ts");
  await ctx.stdout.text(formatCommandList({
    program: path,
    summary,
    sections: [{
      title: "Commands",
      commands: Object.entries(table)
        .filter(([, entry]) => !entry.hidden)
        .map(([name, entry]) => ({ name, summary: entry.summary })),
    }],
  }));
}
