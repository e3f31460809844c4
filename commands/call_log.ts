/**
 * `KINI_LOG`: each call and each request, on stderr or in a file. What may be
 * a secret is left out.
 *
 * @module
 */
import type { RequestLog } from "../incus/client.ts";
import { systemReason } from "./errors.ts";

/**
 * Takes one line; whoever logs doesn't wait for it, and never fails by it. Only
 * the last line of a program is waited for, and with it all before.
 */
export type WriteLine = (line: string) => void | Promise<void>;

/** What the log needs of a context. */
interface LogContext {
  readonly stderr: { line(text: string): Promise<void> };
  env(name: string): string | undefined;
}

/**
 * Where `KINI_LOG` says that lines go: `debug` is stderr, and what has a slash
 * is a file, which is made for its owner alone and appended to.
 *
 * @throws {RangeError} for another value.
 */
export function openLog(ctx: LogContext): WriteLine | undefined {
  const setting = ctx.env("KINI_LOG");
  if (!setting) return undefined;
  if (setting === "debug") {
    return (line) => ctx.stderr.line(`kini: ${line}`).catch(() => {});
  }
  if (!setting.includes("/")) {
    throw new RangeError(
      `KINI_LOG is ${JSON.stringify(setting)}: use "debug", or a path with a ` +
        "slash in it, or unset it",
    );
  }
  return (line) => {
    if (failed.has(setting)) return;
    const text = `${new Date().toISOString()} ${Deno.pid} ${line}\n`;
    try {
      // In one piece at the end, whoever else writes there. Nothing waits for
      // it, and a process may end at any time.
      Deno.writeTextFileSync(setting, text, { append: true, mode: 0o600 });
    } catch (error) {
      failed.add(setting);
      void ctx.stderr.line(
        `kini: Cannot write the log "${setting}": ${systemReason(error)}`,
      );
    }
  };
}

/** Files that can't be written, which is said once. */
const failed = new Set<string>();

/** Logs a call; the result logs its end. */
export function logCall(
  ctx: LogContext,
  name: string,
  argv: readonly string[],
): ((code: number) => Promise<void>) | undefined {
  const write = openLog(ctx);
  if (!write) return undefined;
  const started = performance.now();
  void write(formatCall(name, argv));
  return async (code) => {
    const milliseconds = Math.round(performance.now() - started);
    await write(`exit code ${code} after ${milliseconds} ms`);
  };
}

/** Logs each request by its path, its status and its time. */
export function requestLog(write: WriteLine): RequestLog {
  return (method, target, status, milliseconds) => {
    const shown = target.replace(/\bsecret=[^&]*/g, "secret=…");
    void write(`${method} ${shown} ${status} ${milliseconds.toFixed(1)} ms`);
  };
}

/** A command line as it may be shown: one line, in the shell's words. */
export function formatCall(name: string, argv: readonly string[]): string {
  return [name, ...hideSecrets(argv)].map(shellWord).join(" ");
}

const HIDDEN = "…";

/** Flags whose value is `NAME=VALUE`. */
const ASSIGNMENT = /^(?:--env|--build-arg|-[A-Za-z]*e)$/;
/** Flags whose value is a secret as a whole. */
const SECRET =
  /^--?[\w-]*(?:password|passwd|secret|token|auth|credential|certificate-key)[\w-]*$/i;
/** Such names that have no value, or one that is no secret. */
const HARMLESS =
  /^--(?:password-stdin|authfile|secret-name|skip-[\w-]*|[\w-]*-(?:print|hash|ttl))$/;

/**
 * Command-line arguments without values of variables, passwords, and what
 * stands before the `@` of a URL. What a container's own program takes for a
 * secret can only be guessed by its name.
 */
function hideSecrets(argv: readonly string[]): string[] {
  const isLogin = argv.includes("login");
  const shown: string[] = [];
  let before = "";
  for (const argument of argv) {
    shown.push(hideIn(argument, before, isLogin));
    before = argument;
  }
  return shown;
}

function hideIn(argument: string, before: string, isLogin: boolean): string {
  if (SECRET.test(before) && !HARMLESS.test(before)) return HIDDEN;
  if (isLogin && before === "-p") return HIDDEN;
  if (isLogin && /^-p./.test(argument)) return `-p${HIDDEN}`;
  if (ASSIGNMENT.test(before)) return hideAssignment(argument);
  if (/^(?:-u|--user)$/.test(before)) return hideUser(argument);
  if (/^(?:-c|--change)$/.test(before) && /^\s*env\s/i.test(argument)) {
    return `ENV ${HIDDEN}`;
  }
  const [, flag, value] = /^(--?[\w-]+)=(.*)$/s.exec(argument) ?? [];
  if (flag !== undefined && value !== undefined) {
    if (ASSIGNMENT.test(flag)) return `${flag}=${hideAssignment(value)}`;
    if (flag === "--user") return `${flag}=${hideUser(value)}`;
    if (flag === "--change" && /^\s*env\s/i.test(value)) {
      return `${flag}=ENV ${HIDDEN}`;
    }
    if (SECRET.test(flag) && !HARMLESS.test(flag)) return `${flag}=${HIDDEN}`;
  }
  // -eNAME=VALUE, also behind other letters.
  const [, short, name] = /^(-[A-Za-z]*?e)(\w+)=/.exec(argument) ?? [];
  if (short !== undefined) return `${short}${name}=${HIDDEN}`;
  return hideInText(argument);
}

/** Secrets in the middle of a text, such as a script. */
function hideInText(text: string): string {
  return text
    .replace(/:\/\/[^/@\s]+@/g, `://${HIDDEN}@`)
    // USER:PASSWORD@HOST, and not NAME:TAG@DIGEST.
    .replace(/(^|[\s='"])[^\s/:@='"]+:[^\s/@]+@(?!sha\d+:)/g, `$1${HIDDEN}@`)
    .replace(/((?:proxy-)?authorization|cookie)\s*:.*/gis, `$1: ${HIDDEN}`)
    .replace(NAMED_SECRET, `$1${HIDDEN}`)
    .replace(/(^|[\s;&|(])([A-Z_][A-Z0-9_]*=)[^\s;&|)]+/g, `$1$2${HIDDEN}`);
}

/** A value behind a name that says what it is. */
const NAMED_SECRET =
  /([\w-]*(?:password|passwd|secret|token|credential|api[_-]?key)[\w-]*["']?\s*[=:]\s*)(?:"[^"]*"|'[^']*'|[^\s;&|]+)/gi;

/** curl's and docker's flag have one name; only numbers are surely docker's. */
function hideUser(text: string): string {
  return /^\d*:\d*$/.test(text) ? text : hideAfter(text, ":");
}

/** `NAME` alone takes the value from the environment, and shows nothing. */
function hideAssignment(text: string): string {
  return hideAfter(text, "=");
}

function hideAfter(text: string, mark: string): string {
  const at = text.indexOf(mark);
  return at < 0 ? text : `${text.slice(0, at + 1)}${HIDDEN}`;
}

function shellWord(text: string): string {
  if (/^[\w@%+=:,./{}…-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", `'\\''`).replaceAll("\n", "\\n")}'`;
}
