import type { Credentials } from "./registry_auth.ts";

/** Runs a program with a text on its stdin, and gives what it printed. */
export type RunProgram = (
  program: string,
  action: string,
  input: string,
) => Promise<{ success: boolean; status: string; stdout: string }>;

/** A user name by which helpers hand out identity tokens. */
const TOKEN_USER = "<token>";

/**
 * Asks `docker-credential-NAME` for what it has about a server; undefined when
 * it has nothing.
 *
 * @see https://github.com/docker/docker-credential-helpers
 */
export async function getFromHelper(
  helper: string,
  server: string,
  run: RunProgram,
): Promise<Credentials | undefined> {
  let stdout: string;
  try {
    stdout = await call(helper, "get", server, run);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw new Error(`error getting credentials - ${messageOf(error)}`, {
      cause: error,
    });
  }
  let answer: Record<string, unknown>;
  try {
    answer = Object(JSON.parse(stdout));
  } catch {
    // The parser's own words quote what was printed, and so the secret.
    throw new SyntaxError(
      `error getting credentials - docker-credential-${helper} printed no JSON`,
    );
  }
  const { Username: username, Secret: secret } = answer;
  if (typeof username !== "string" || typeof secret !== "string") {
    throw new SyntaxError(
      `error getting credentials - docker-credential-${helper} gave no name ` +
        "and secret",
    );
  }
  if (username === "" && secret === "") return undefined;
  return username === TOKEN_USER
    ? { username: "", password: "", identityToken: secret }
    : { username, password: secret };
}

/** Has a helper keep credentials. */
export async function storeInHelper(
  helper: string,
  server: string,
  { username, password, identityToken }: Credentials,
  run: RunProgram,
): Promise<void> {
  const entry = {
    ServerURL: server,
    Username: identityToken ? TOKEN_USER : username,
    Secret: identityToken || password,
  };
  try {
    await call(helper, "store", JSON.stringify(entry), run);
  } catch (cause) {
    throw new Error(`error storing credentials - ${messageOf(cause)}`, {
      cause,
    });
  }
}

/** Has a helper forget credentials; it may have none. */
export async function eraseFromHelper(
  helper: string,
  server: string,
  run: RunProgram,
): Promise<void> {
  try {
    await call(helper, "erase", server, run);
  } catch (cause) {
    if (isNotFound(cause)) return;
    throw new Error(`error erasing credentials - ${messageOf(cause)}`, {
      cause,
    });
  }
}

/** Runs programs of this machine. */
export const runProgram: RunProgram = async (program, action, input) => {
  const child = new Deno.Command(program, {
    args: [action],
    stdin: "piped",
    stdout: "piped",
    // Some ask for a password there.
    stderr: "inherit",
  }).spawn();
  const output = child.output();
  const writer = child.stdin.getWriter();
  try {
    await writer.write(new TextEncoder().encode(input));
    await writer.close();
  } catch (error) {
    // One that needs no input may be gone already.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
  const { success, code, signal, stdout } = await output;
  return {
    success,
    status: signal === null ? `exit status ${code}` : `signal: ${signal}`,
    stdout: new TextDecoder().decode(stdout),
  };
};

class HelperError extends Error {
  override readonly name = "HelperError";
  readonly output: string;

  constructor(status: string, output: string) {
    // A helper that fails prints why, and nothing else.
    const shown = output.trim().slice(0, 300);
    super(`err: ${status}, out: \`${shown}\``);
    this.output = output.trim();
  }
}

async function call(
  helper: string,
  action: string,
  input: string,
  run: RunProgram,
): Promise<string> {
  if (!/^[\w.+-]+$/.test(helper)) {
    throw new SyntaxError(`err: ${JSON.stringify(helper)} is no helper's name`);
  }
  const program = `docker-credential-${helper}`;
  let result: Awaited<ReturnType<RunProgram>>;
  try {
    result = await run(program, action, input);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new Error(
      `err: exec: "${program}": executable file not found in $PATH, out: \`\``,
      { cause },
    );
  }
  if (result.success) return result.stdout;
  throw new HelperError(result.status, result.stdout);
}

/** The sentences by which helpers say that they have nothing. */
function isNotFound(error: unknown): boolean {
  return error instanceof HelperError && [
    "credentials not found in native keychain",
    "no credentials server URL",
    "no credentials username",
  ].some((words) => error.output.startsWith(words));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
