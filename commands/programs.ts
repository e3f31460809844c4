/**
 * The programs in this binary, chosen by the name it is called by.
 *
 * @module
 */
import { type CommandPlace, type Program, runProgram } from "./command.ts";
import type { Context } from "./context.ts";

/**
 * Runs the program `name` with `argv` and returns the exit code.
 *
 * `docker` and `kind` are what their names say, whatever their folder;
 * anything else is `kini`, under which `kini docker …` and `kini kind …` do
 * the same. Errors are printed here and nowhere else.
 */
export async function runMain(
  ctx: Context,
  name: string,
  argv: readonly string[],
): Promise<number> {
  let place: CommandPlace = { path: ctx.program };
  let logEnd: ((code: number) => Promise<void>) | undefined;
  const end = async (code: number) => {
    await logEnd?.(code);
    return code;
  };
  try {
    if (ctx.env("KINI_LOG")) {
      const { logCall } = await import("./call_log.ts");
      logEnd = logCall(ctx, name, argv);
    }
    const [program, words, path] = await chooseProgram(name, argv);
    if (program === "kind") {
      const { runKind } = await import("./kind/kind.ts");
      return await end(await runKind(ctx, words));
    }
    await runProgram(
      contextFor(ctx, path),
      program,
      words,
      (now) => place = now,
    );
    return await end(0);
  } catch (error) {
    if (isBrokenPipe(error)) return await end(BROKEN_PIPE);
    const { reportError } = await import("./report.ts");
    const { text, code } = await reportError(error, place);
    const partial = (error as { stdout?: unknown }).stdout;
    try {
      if (typeof partial === "string") await ctx.stdout.text(partial);
      await ctx.stderr.text(text);
    } catch (lost) {
      if (isBrokenPipe(lost)) return await end(BROKEN_PIPE);
      // A full disk, say: there is nowhere to tell of it.
    }
    return await end(code);
  }
}

/** 128 + SIGPIPE: nobody reads the output any more. */
const BROKEN_PIPE = 141;

function isBrokenPipe(error: unknown): boolean {
  return error instanceof Deno.errors.BrokenPipe;
}

async function chooseProgram(
  name: string,
  argv: readonly string[],
): Promise<[Program | "kind", readonly string[], string]> {
  if (name === "kind") return ["kind", argv, "kind"];
  if (name === "docker") {
    const { docker } = await import("./docker/docker.ts");
    return [docker, argv, "docker"];
  }
  if (argv[0] === "docker") {
    const { docker } = await import("./docker/docker.ts");
    return [docker, argv.slice(1), "kini docker"];
  }
  if (argv[0] === "kind") return ["kind", argv.slice(1), "kini kind"];
  const { kini } = await import("./kini/kini.ts");
  return [kini, argv, "kini"];
}

/** The same world under another program name; getters stay lazy. */
function contextFor(ctx: Context, program: string): Context {
  return Object.create(ctx, { program: { value: program, enumerable: true } });
}
