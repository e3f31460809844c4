/**
 * `HEALTHCHECK` of a Dockerfile.
 *
 * @module
 */
import { parseDuration } from "./duration.ts";
import { quote } from "./go_quote.ts";
import { type ChangeLine, parseJsonForm } from "./image_change_lines.ts";

/** An image's health check as its configuration has it; durations in ns. */
export interface HealthCheck {
  Test: string[];
  Interval?: number;
  Timeout?: number;
  StartPeriod?: number;
  StartInterval?: number;
  Retries?: number;
}

const DURATIONS = {
  interval: "Interval",
  timeout: "Timeout",
  "start-period": "StartPeriod",
  "start-interval": "StartInterval",
} as const;

/** The flags that the instruction has. */
export const HEALTH_FLAGS: readonly string[] = [
  ...Object.keys(DURATIONS),
  "retries",
];

/** @throws {SyntaxError} with docker's text. */
export function parseHealthCheck({ flags, rest }: ChangeLine): HealthCheck {
  const [, kind = "", text = ""] = /^(\S+)\s*(.*)$/s.exec(rest) ?? [];
  const list = parseJsonForm(text);
  switch (kind.toUpperCase()) {
    case "NONE":
      if (text !== "") {
        throw new SyntaxError("HEALTHCHECK NONE takes no arguments");
      }
      return { Test: ["NONE"] };
    case "CMD":
      break;
    default:
      throw new SyntaxError(
        `Unknown type ${quote(kind.toUpperCase())} in HEALTHCHECK (try CMD)`,
      );
  }
  if (list ? list.length === 0 : text === "") {
    throw new SyntaxError("Missing command after HEALTHCHECK CMD");
  }
  const given = new Map(flags);
  const check: HealthCheck = {
    Test: list ? ["CMD", ...list] : ["CMD-SHELL", text],
  };
  for (const [flag, field] of Object.entries(DURATIONS)) {
    const value = parseInterval(flag, given.get(flag) ?? "");
    if (value !== 0) check[field] = value;
  }
  const retries = parseRetries(given.get("retries") ?? "");
  if (retries !== 0) check.Retries = retries;
  return check;
}

function parseInterval(name: string, text: string): number {
  if (text === "") return 0;
  const milliseconds = parseDuration(text);
  if (milliseconds !== 0 && milliseconds < 1) {
    throw new SyntaxError(
      `Interval ${quote(name)} cannot be less than 1ms`,
    );
  }
  return Math.round(milliseconds * 1e6);
}

function parseRetries(text: string): number {
  if (text === "") return 0;
  if (!/^[+-]?\d+$/.test(text)) {
    throw new SyntaxError(
      `strconv.ParseInt: parsing ${quote(text)}: invalid syntax`,
    );
  }
  const count = Number(text);
  if (Math.abs(count) > 2 ** 31 - 1) {
    throw new SyntaxError(
      `strconv.ParseInt: parsing ${quote(text)}: value out of range`,
    );
  }
  if (count < 0) {
    throw new SyntaxError(`--retries cannot be negative (${count})`);
  }
  return count;
}
