/**
 * Many calls in one shell beside a daemon, each with what it printed.
 *
 * @module
 */
import { type HostName, hostOfFile } from "../lab.ts";

const LAB = new URL("../../lab/lab", import.meta.url).pathname;

/** Far longer than any session; a call that hangs is ended by the prelude. */
const TIMEOUT = 1_200_000;

/** One line of a file in `calls/`. */
export interface Call {
  /** The line of shell. */
  line: string;
  /** The call makes ready for others: only its exit code is compared. */
  quiet: boolean;
}

/** What a call printed and how it ended. */
export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
  milliseconds: number;
}

const QUIET = "quietly ";

/** How names of containers and networks begin, and where files are. */
const PREFIX = "diff-";
const FOLDER = "/tmp/diff";

/** Reads a file of calls: one a line, without comments and empty lines. */
export function parseCalls(text: string): Call[] {
  return text.split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) =>
      line.startsWith(QUIET)
        ? { line: line.slice(QUIET.length), quiet: true }
        : { line, quiet: false }
    );
}

/**
 * Runs calls one after the other in one shell on a host of the lab.
 *
 * Calls see variables and files of the earlier ones; stdin is empty. Names and
 * paths of their own keep sessions apart that run at the same time. When the
 * shell ends early, outcomes are missing at the end.
 *
 * @param name tells this session from others.
 */
export async function runCalls(
  host: HostName,
  name: string,
  prelude: string,
  calls: readonly Call[],
): Promise<Outcome[]> {
  const lines = calls.map(({ line }) => `call ${quote(line)}\n`);
  const script = [prelude, ...lines].join("")
    .replaceAll(PREFIX, `${PREFIX}${name}-`)
    .replaceAll(FOLDER, `${FOLDER}-${name}`);
  const child = new Deno.Command(LAB, {
    args: ["run", hostOfFile(host), "--", "bash", "-s"],
    stdin: "piped",
    stdout: "piped",
    signal: AbortSignal.timeout(TIMEOUT),
  }).spawn();
  // A shell that ends early is noticed by the outcomes that are missing.
  const input = new Blob([script]).stream().pipeTo(child.stdin)
    .catch(() => {});
  const [{ stdout }] = await Promise.all([child.output(), input]);
  const own = (text: string) =>
    text.replaceAll(`${PREFIX}${name}-`, PREFIX)
      .replaceAll(`${FOLDER}-${name}`, FOLDER);
  return parseOutcomes(stdout).map((outcome) => ({
    ...outcome,
    stdout: own(outcome.stdout),
    stderr: own(outcome.stderr),
  }));
}

/** A word that the shell takes as it is. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Takes apart what `call` of the prelude hands out. */
function parseOutcomes(bytes: Uint8Array): Outcome[] {
  const decoder = new TextDecoder();
  const outcomes: Outcome[] = [];
  let at = 0;
  const take = (length: number) => {
    const text = decoder.decode(bytes.subarray(at, at + length));
    at += length;
    return text;
  };
  while (at < bytes.length) {
    const end = bytes.indexOf(0x0a, at);
    const head = take(end - at + 1).trim().split(/\s+/).map(Number);
    const [code = NaN, milliseconds = NaN, out = NaN, err = NaN] = head;
    if (head.length !== 4 || head.some(Number.isNaN)) {
      throw new Error(`Not the head of an outcome: ${head.join(" ")}`);
    }
    outcomes.push({ code, milliseconds, stdout: take(out), stderr: take(err) });
  }
  return outcomes;
}
