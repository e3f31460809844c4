/**
 * Findings as text and as JSON.
 *
 * @module
 */
import { VERSION } from "../../version.ts";
import type { Level } from "./check.ts";
import { type NamedFinding, worstLevel } from "./checks.ts";

/** How the text looks. */
export interface ReportStyle {
  readonly color: boolean;
  /** Columns to wrap at; nothing is wrapped without. */
  readonly columns?: number;
}

const NAME_WIDTH = 20;
const LEVEL_WIDTH = 8;
const INDENT = 2;

const COLORS: Readonly<Record<Level, number>> = {
  ok: 32,
  warning: 33,
  failure: 31,
  unknown: 36,
};

/** All findings, and a line that sums them up. */
export function formatFindings(
  findings: readonly NamedFinding[],
  style: ReportStyle,
): string {
  const shown = findings.filter(({ level }) => level !== "unknown");
  return shown.map((one) => formatFinding(one, style)).join("") +
    formatUnknown(findings, style) + `\n${summary(findings)}\n`;
}

/** What can't be told for the same reason is told in one sentence. */
function formatUnknown(
  findings: readonly NamedFinding[],
  style: ReportStyle,
): string {
  const names = new Map<string, string[]>();
  for (const { level, name, found } of findings) {
    if (level === "unknown") {
      names.set(found, [...names.get(found) ?? [], name]);
    }
  }
  return [...names].map(([found, those]) =>
    those.length === 1
      ? formatFinding({ name: those[0]!, level: "unknown", found }, style)
      : formatFinding({
        name: `${those.length} checks`,
        level: "unknown",
        found: `${found}: ${those.join(", ")}`,
      }, style)
  ).join("");
}

function formatFinding(
  { name, level, found, why, fix }: NamedFinding,
  { color, columns }: ReportStyle,
): string {
  const word = level.padEnd(LEVEL_WIDTH);
  const shown = color ? `\x1b[${COLORS[level]}m${word}\x1b[0m` : word;
  const head = LEVEL_WIDTH + 1 + NAME_WIDTH + 1;
  const lines = [
    `${shown} ${name.padEnd(NAME_WIDTH)} ${wrap(found, head, columns)}`,
  ];
  // What is well needs no more words.
  if (level === "warning" || level === "failure") {
    const indent = " ".repeat(INDENT);
    if (why) lines.push(`${indent}why: ${wrap(why, INDENT + 5, columns)}`);
    (fix ?? []).forEach((command, index) =>
      // Never wrapped: it has to work when it is pasted.
      lines.push(`${indent}${index === 0 ? "fix:" : "    "} ${command}`)
    );
  }
  return lines.join("\n") + "\n";
}

function summary(findings: readonly NamedFinding[]): string {
  const count = (level: Level) =>
    findings.filter((one) => one.level === level).length;
  const plural = (number: number, word: string) =>
    `${number} ${word}${number === 1 ? "" : "s"}`;
  const unknown = count("unknown");
  return `${plural(findings.length, "check")}: ${count("ok")} ok, ` +
    `${plural(count("warning"), "warning")}, ` +
    plural(count("failure"), "failure") +
    (unknown > 0 ? `, ${unknown} that can't be told` : "");
}

function wrap(
  text: string,
  indent: number,
  columns: number | undefined,
): string {
  const width = (columns ?? Infinity) - indent;
  if (width < 20 || text.length <= width) return text;
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line ? `${line} ${word}` : word;
  }
  return [...lines, line].join("\n" + " ".repeat(indent));
}

/**
 * The same for programs. What is there stays there in later versions: fields
 * and checks may be added.
 */
export function findingsAsJson(findings: readonly NamedFinding[]): string {
  return JSON.stringify(
    {
      schema: 1,
      kini: VERSION,
      level: worstLevel(findings),
      checks: findings.map(({ name, level, found, why, fix, safe }) => ({
        name,
        level,
        found,
        why: why ?? "",
        fix: fix ?? [],
        safe: safe ?? false,
      })),
    },
    null,
    2,
  );
}
