/**
 * Errors as text and exit code: the only place that decides how they look.
 *
 * @module
 */
import type { CommandPlace } from "./command.ts";
import { DaemonError, ExitError, UsageError } from "./errors.ts";

/** What is printed on stderr, and the exit code. */
export interface Report {
  text: string;
  code: number;
}

/**
 * Describes any error as the `docker` command does.
 *
 * A failed `run` or `create` has its own prefix, and 125 for what never got as
 * far as the container's own process.
 */
export async function reportError(
  error: unknown,
  place: CommandPlace,
): Promise<Report> {
  if (error instanceof ExitError) return { text: "", code: error.code };
  if (error instanceof UsageError) {
    const { formatUsageError } = await import("./help.ts");
    return {
      text: place.command
        ? formatUsageError(error, {
          program: place.path,
          usage: place.command.usage,
        })
        : `${error.message}\nSee '${place.path} --help'.\n`,
      code: error.code,
    };
  }
  if (error instanceof DOMException && error.name === "AbortError") {
    return { text: "", code: codeOfSignal(error.message) };
  }
  const starts = /^docker (container )?(run|create)$/.test(place.path) ||
    /^kini docker (container )?(run|create)$/.test(place.path);
  const prefix = starts ? "docker: " : "";
  const hint = starts
    ? `\n\nRun '${place.path} --help' for more information`
    : "";
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof DaemonError) {
    return {
      text: `${prefix}Error response from daemon: ${message}${hint}\n`,
      code: starts && error.code === 1 ? 125 : error.code,
    };
  }
  if (isTemplateError(error)) {
    return { text: `${message}\n`, code: error.exitCode };
  }
  if (error instanceof Error && error.name === "IncusError") {
    return {
      text: `${prefix}Error response from daemon: ${message}${hint}\n`,
      code: starts ? 125 : 1,
    };
  }
  return { text: `${prefix}${message}${hint}\n`, code: starts ? 125 : 1 };
}

function isTemplateError(
  error: unknown,
): error is Error & { exitCode: number } {
  return error instanceof Error && error.name === "TemplateError" &&
    "exitCode" in error;
}

function codeOfSignal(name: string): number {
  const codes: Record<string, number> = { SIGHUP: 129, SIGINT: 130 };
  return codes[name] ?? 143;
}
