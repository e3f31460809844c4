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
    const { command, summary = "", path } = place;
    return {
      text: command
        ? formatUsageError(error, {
          program: path,
          usage: command.usage,
          summary,
        })
        : error.help
        ? `${error.message}\nSee '${path} --help'.\n\n${error.help}\n`
        : `${error.message}\n`,
      code: error.code,
    };
  }
  if (error instanceof DOMException && error.name === "AbortError") {
    return { text: "", code: codeOfSignal(error.message) };
  }
  const message = error instanceof Error ? error.message : String(error);
  // kini is no docker under its own name.
  const isOwn = /^kini(?! docker\b)/.test(place.path);
  const text = isDaemons(error)
    ? `${isOwn ? "The server says" : "Error response from daemon"}: ${message}`
    : message;
  const runs = /docker (container )?run$/.test(place.path);
  const code = codeOf(error, runs);
  // Docker's `create` leaves errors to the program, and `run` doesn't.
  if (!runs) {
    return { text: `${text}\n`, code };
  }
  const { withFullStop } = await import("./help.ts");
  const hint = error instanceof DaemonError && error.starting
    ? ""
    : `See '${place.path} --help'.\n`;
  return {
    text: `docker: ${withFullStop(text)}\n${hint}`,
    code: code === 1 ? 125 : code,
  };
}

/** A refusal of the server's is one of docker's daemon. */
function isDaemons(error: unknown): boolean {
  return error instanceof DaemonError ||
    (error instanceof Error && error.name === "IncusError");
}

function codeOf(error: unknown, runs: boolean): number {
  if (error instanceof DaemonError) {
    // Only `run` ends as the process would have.
    return error.starting && !runs ? 1 : error.code;
  }
  return isTemplateError(error) ? error.exitCode : 1;
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
