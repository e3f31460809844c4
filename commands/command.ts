/**
 * Commands: how one is declared, found by its words, and run.
 *
 * @module
 */
import type { Context, Output } from "./context.ts";
import { ExitError, UsageError } from "./errors.ts";
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
  /** What help says below the summary: whole sentences in one paragraph. */
  readonly details?: string;
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
  /** As a command has them. */
  readonly examples?: readonly string[];
  readonly commands: CommandTable;
}

/** Commands by their word. */
export type CommandTable = Readonly<Record<string, CommandEntry>>;

/** A program: its table, and what it does about flags before any word. */
export interface Program {
  readonly table: CommandTable;
  readonly summary: string;
  /** As a command has them. */
  readonly examples?: readonly string[];
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
  let group: Group = {
    program: ctx.program,
    path: ctx.program,
    summary: program.summary,
    examples: program.examples,
    table: program.table,
  };
  const start = await parseRootFlags(program.flags, argv, group);
  if (start.help) return await printGroup(ctx.stdout, group);
  if (await program.runFlags(ctx, start)) return;
  let words = start.args;
  while (true) {
    const [word, ...rest] = words;
    // Docker answers the question that wasn't asked on stderr.
    if (word === undefined) return await printGroup(ctx.stderr, group);
    if (words.includes("--help") && !Object.hasOwn(group.table, word)) {
      return await printGroup(ctx.stdout, group);
    }
    const entry = Object.hasOwn(group.table, word)
      ? group.table[word]
      : undefined;
    if (!entry) return await refuseWord(ctx, group, words);
    const path = `${group.path} ${word}`;
    words = rest;
    if ("load" in entry) {
      return await runCommand(ctx, entry, path, words, onPlace);
    }
    onPlace({ path });
    const { summary, examples, commands: table } = entry;
    group = { program: ctx.program, path, summary, examples, table };
    if (words[0] === "--help" || words[0] === "-h") {
      return await printGroup(ctx.stdout, group);
    }
  }
}

/** Commands under one word, or all of a program. */
interface Group {
  /** How the program is called. */
  readonly program: string;
  readonly path: string;
  readonly summary: string;
  readonly examples?: readonly string[] | undefined;
  readonly table: CommandTable;
}

async function parseRootFlags(
  flags: FlagTable,
  argv: readonly string[],
  group: Group,
): Promise<ParsedFlags<FlagTable>> {
  try {
    return parseFlags(flags, argv, { stopAtFirstPositional: true });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw await flagError(error.message, group);
  }
}

/** A word that is no command; docker looks at flags before it looks at words. */
async function refuseWord(
  ctx: Context,
  group: Group,
  words: readonly string[],
): Promise<never> {
  const { path } = group;
  const flag = words.find((one) => one.startsWith("-"));
  if (flag) throw await flagError(`unknown flag: ${flag}`, group);
  // Docker's groups show their help; kini's say what is wrong.
  if (path === ctx.program || ctx.program === "kini") {
    throw new UsageError(
      `${path}: '${words[0]}' is not a ${path} command.\nSee '${path} --help'`,
      { code: 1 },
    );
  }
  await printGroup(ctx.stderr, group);
  throw new ExitError(1);
}

async function flagError(message: string, group: Group): Promise<UsageError> {
  return new UsageError(message, {
    subject: "flag",
    help: await groupHelp(group),
  });
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
  const how = min === max
    ? `exactly ${min}`
    : min > 0 && max < Infinity
    ? `at least ${min} and at most ${max}`
    : count < min
    ? `at least ${min}`
    : `at most ${max}`;
  const last = min === max || max === Infinity ? min : max;
  throw new UsageError(
    `requires ${how} argument${last === 1 ? "" : "s"}`,
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
    ...(command.details && { details: command.details }),
    ...(command.examples && {
      examples: exampleLines(ctx.program, command.examples),
    }),
  }));
}

function exampleLines(program: string, examples: readonly string[]): string {
  return examples.map((one) => `  ${program} ${one}`).join("\n");
}

async function printGroup(out: Output, group: Group): Promise<void> {
  await out.text(await groupHelp(group));
}

async function groupHelp(
  { program, path, summary, examples, table }: Group,
): Promise<string> {
  const { formatCommandList } = await import("./help.ts");
  return formatCommandList({
    program: path,
    summary,
    ...(examples && { examples: exampleLines(program, examples) }),
    sections: [{
      title: "Commands",
      commands: Object.entries(table)
        .filter(([, entry]) => !entry.hidden)
        .map(([name, entry]) => ({ name, summary: entry.summary })),
    }],
  });
}
