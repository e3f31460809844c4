import type { UsageError } from "./errors.ts";
import type { FlagSpec, FlagTable } from "./flags.ts";

/** What help says about one command. */
export interface HelpDescription {
  /** The full command, such as `docker run` or `docker network create`. */
  readonly program: string;
  /** What follows it, such as `[OPTIONS] IMAGE [COMMAND] [ARG...]`. */
  readonly usage: string;
  readonly summary: string;
  /** A paragraph below the summary. */
  readonly details?: string;
  /** Full commands that do the same, such as `docker container run`, in the order shown. */
  readonly aliases?: readonly string[];
  /** Printed as they are. */
  readonly examples?: string;
  readonly flags?: FlagTable;
}

/** A titled list of commands within the help of a group. */
export interface CommandSection {
  readonly title: string;
  readonly commands: readonly {
    readonly name: string;
    readonly summary: string;
  }[];
}

/** What help says about a group of commands, such as `docker network`. */
export interface GroupDescription {
  readonly program: string;
  /** What follows the program; `COMMAND` unless given. */
  readonly usage?: string;
  readonly summary: string;
  /** Printed as they are. */
  readonly examples?: string;
  readonly sections: readonly CommandSection[];
  readonly flags?: FlagTable;
  /** Heading of the flags; `Global Options` unless given. */
  readonly flagsTitle?: string;
}

const DEFAULT_WIDTH = 80;
const NAME_WIDTH = 11;

/** Formats the help of a command as docker's, wrapped to `width` columns, with a last newline. */
export function formatHelp(
  description: HelpDescription,
  width = DEFAULT_WIDTH,
): string {
  const { aliases, details, examples, flags } = description;
  const parts = [`Usage:  ${useLine(description)}`, description.summary];
  if (details !== undefined) parts.push(wrap(details, 0, width));
  if (aliases !== undefined && aliases.length > 0) {
    parts.push(`Aliases:\n  ${aliases.join(", ")}`);
  }
  if (examples !== undefined) parts.push(`Examples:\n${examples}`);
  const options = flags === undefined ? "" : formatFlags(flags, width);
  if (options !== "") parts.push(`Options:\n${options}`);
  return parts.join("\n\n") + "\n";
}

/** Formats the help of a group of commands as docker's, with a last newline. */
export function formatCommandList(
  group: GroupDescription,
  width = DEFAULT_WIDTH,
): string {
  const parts = [
    `Usage:  ${group.program} ${group.usage ?? "COMMAND"}`,
    group.summary,
  ];
  if (group.examples !== undefined) parts.push(`Examples:\n${group.examples}`);
  let nameWidth = NAME_WIDTH;
  for (const { commands } of group.sections) {
    for (const { name } of commands) {
      nameWidth = Math.max(nameWidth, name.length);
    }
  }
  for (const { title, commands } of group.sections) {
    if (commands.length === 0) continue;
    const lines = commands.map(({ name, summary }) =>
      `  ${name.padEnd(nameWidth)} ${wrap(summary, nameWidth + 3, width)}`
    );
    parts.push(`${title}:\n${lines.join("\n")}`);
  }
  const options = group.flags === undefined
    ? ""
    : formatFlags(group.flags, width);
  if (options !== "") {
    parts.push(`${group.flagsTitle ?? "Global Options"}:\n${options}`);
  }
  parts.push(
    `Run '${group.program} COMMAND --help' for more information on a command.`,
  );
  return parts.join("\n\n") + "\n";
}

/** Formats a bad command line with the usage or the hint that docker prints for it, with a last newline. */
export function formatUsageError(
  error: UsageError,
  { program, usage, summary }: {
    readonly program: string;
    readonly usage: string;
    readonly summary: string;
  },
): string {
  const see = `See '${program} --help'.`;
  switch (error.subject) {
    case "plain":
      return `${error.message}\n`;
    case "flag":
      return `${error.message}\n${see}\n`;
    case "value":
      return `${program.split(" ", 1)[0]}: ${
        withFullStop(error.message)
      }\n${see}\n`;
    case "arguments":
      return `"${program}" ${error.message}.\n${see}\n\nUsage:  ${
        useLine({ program, usage })
      }\n\n${summary}\n`;
  }
}

/** Docker ends the sentence of a failed `run` once. */
export function withFullStop(text: string): string {
  return text.endsWith(".") ? text : `${text}.`;
}

function useLine(
  { program, usage }: { program: string; usage: string },
): string {
  return usage === "" ? program : `${program} ${usage}`;
}

function formatFlags(flags: FlagTable, width: number): string {
  const rows: { name: string; head: string; usage: string }[] = [];
  let takesH = false;
  for (const name in flags) {
    const spec = flags[name]!;
    if (spec.short === "h") takesH = true;
    if (!spec.hidden) {
      rows.push({ name, head: flagHead(name, spec), usage: flagUsage(spec) });
    }
  }
  if (rows.length === 0) return "";
  if (takesH && !Object.hasOwn(flags, "help")) {
    rows.push({ name: "help", head: "      --help", usage: "Print usage" });
  }
  rows.sort((a, b) => a.name < b.name ? -1 : 1);
  const column = Math.max(...rows.map(({ head }) => head.length)) + 3;
  return rows
    .map(({ head, usage }) =>
      head.padEnd(column) + wrap(usage, column, width - 1)
    )
    .join("\n");
}

function flagHead(name: string, spec: FlagSpec): string {
  const names = spec.short === undefined
    ? `      --${name}`
    : `  -${spec.short}, --${name}`;
  const word = spec.value ?? VALUE_WORDS[spec.type];
  const implied = spec.implied === undefined
    ? ""
    : spec.type === "string"
    ? `[="${spec.implied}"]`
    : `[=${spec.implied}]`;
  return names + (word === "" ? "" : ` ${word}`) + implied;
}

const VALUE_WORDS = {
  boolean: "",
  string: "string",
  strings: "list",
  number: "int",
} as const;

function flagUsage(spec: FlagSpec): string {
  const value = spec.default;
  if (value === undefined || value === false || value === "" || value === 0) {
    return spec.usage;
  }
  return `${spec.usage} (default ${
    typeof value === "string" ? JSON.stringify(value) : value
  })`;
}

/** Columns that pflag leaves free at the right so that a last short word still fits. */
const SLACK = 5;
/** Below this width pflag puts the text under the flag, and below it again does not wrap. */
const NARROWEST = 24;
const INDENT_BELOW = 16;

function wrap(text: string, indent: number, width: number): string {
  let start = "";
  if (width - indent < NARROWEST) {
    indent = INDENT_BELOW;
    start = "\n" + " ".repeat(indent);
    if (width - indent < NARROWEST) return text;
  }
  const newline = "\n" + " ".repeat(indent);
  const lines: string[] = [];
  let rest = text;
  do {
    const end = lineEnd(rest, width - indent - SLACK);
    lines.push(rest.slice(0, end).replaceAll("\n", newline));
    rest = rest.slice(end + 1);
  } while (rest !== "");
  return start + lines.join(newline);
}

function lineEnd(text: string, limit: number): number {
  if (text.length < limit + SLACK) return text.length;
  const head = text.slice(0, limit);
  const space = Math.max(
    head.lastIndexOf(" "),
    head.lastIndexOf("\t"),
    head.lastIndexOf("\n"),
  );
  if (space <= 0) return text.length;
  const newline = head.lastIndexOf("\n");
  return newline > 0 ? newline : space;
}
