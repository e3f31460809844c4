/**
 * What a bad command line was about, which decides how it is reported:
 * - `flag`: a flag is unknown or its value is refused; the text stands alone
 * - `arguments`: the number of arguments; the text follows `"docker rm" `, with the usage line below
 * - `plain`: the text stands alone, and the exit code is 1
 * - `value`: values that do not go together or cannot be read; the text follows `docker: `
 */
export type UsageSubject = "flag" | "arguments" | "value" | "plain";

/** A bad command line; the message is the bare text, without program, usage or hint. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly subject: UsageSubject;
  /** Exit code: 125 for flags and values, 1 for the number of arguments, as docker's. */
  readonly code: number;
  /** The help of the group of commands that none was chosen from. */
  readonly help: string | undefined;

  constructor(
    message: string,
    options: {
      subject?: UsageSubject;
      code?: number;
      help?: string;
      cause?: unknown;
    } = {},
  ) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.help = options.help;
    this.subject = options.subject ?? "arguments";
    this.code = options.code ??
      (/^(arguments|plain)$/.test(this.subject) ? 1 : 125);
  }
}

/** An exit code without a text, such as that of the container's own process. */
export class ExitError extends Error {
  override readonly name = "ExitError";
  readonly code: number;

  constructor(code: number, options?: ErrorOptions) {
    super(`exit status ${code}`, options);
    this.code = code;
  }
}

/** A refusal that docker's daemon would have answered, shown after `Error response from daemon: `. */
export class DaemonError extends Error {
  override readonly name = "DaemonError";
  readonly code: number;
  /** The command line was good and the container made: no hint at its help. */
  readonly starting: boolean;

  constructor(
    message: string,
    options: { code?: number; starting?: boolean; cause?: unknown } = {},
  ) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.starting = options.starting ?? false;
    this.code = options.code ?? 1;
  }
}

/** The system's own words for what went wrong with a file: `permission denied`. */
export function systemReason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const [, found] = /([^:']+) \(os error \d+\)/.exec(message) ?? [];
  const words = found?.trim();
  return words ? words[0]!.toLowerCase() + words.slice(1) : message;
}
