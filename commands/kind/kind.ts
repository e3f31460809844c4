/**
 * The `kind` program: the installed kind, with kini as the `docker` it finds.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { systemReason } from "../errors.ts";
import { isProgram, isSameFile, ownPath } from "../own_path.ts";

/** Signals that are passed on to kind. */
const SIGNALS: readonly Deno.Signal[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/** Where the kinis are that have called each other as kind. */
const CALLERS = "KINI_KIND_CALLERS";

/**
 * Runs the real kind and returns its exit code.
 *
 * For kind's time there is a private folder with one link, `docker`, which
 * stands first in PATH; it goes away afterwards.
 */
export async function runKind(
  ctx: Context,
  argv: readonly string[],
): Promise<number> {
  const self = await ownPath(ctx.env);
  const callers = [...(ctx.env(CALLERS)?.split(":") ?? []), self];
  const kind = await findKind(ctx, callers);
  if (!kind) {
    await ctx.stderr.line(
      "Cannot run kind: there is none in PATH: install it from " +
        "https://kind.sigs.k8s.io or from your distribution's packages",
    );
    return 127;
  }
  const folder = await makeFolder(self);
  // Before kind starts, so that none is lost and the folder goes away.
  let child: Deno.ChildProcess | undefined;
  const early: Deno.Signal[] = [];
  const pass = (name: Deno.Signal) => {
    if (!child) return void early.push(name);
    try {
      child.kill(name);
    } catch {
      // It has ended already.
    }
  };
  const stop = ctx.onSignals(SIGNALS, pass);
  try {
    const path = ctx.env("PATH");
    child = new Deno.Command(kind, {
      args: [...argv],
      env: {
        PATH: path ? `${folder}:${path}` : folder,
        [CALLERS]: callers.join(":"),
        // `kini kind` says which provider; `kind` leaves it to its user.
        ...(ctx.program !== "kind" && { KIND_EXPERIMENTAL_PROVIDER: "" }),
      },
      stdin: "inherit",
      stdout: "inherit",
      stderr: "inherit",
    }).spawn();
    early.forEach(pass);
    return (await child.status).code;
  } catch (cause) {
    throw new Error(
      `Cannot run "${kind}": ${systemReason(cause)}: is it the kind for this ` +
        "machine?",
      { cause },
    );
  } finally {
    stop();
    await Deno.remove(folder, { recursive: true });
  }
}

/** Makes the folder with the link. */
async function makeFolder(self: string): Promise<string> {
  let folder: string;
  try {
    folder = await Deno.makeTempDir({ prefix: "kini-" });
  } catch (cause) {
    throw new Error(
      `Cannot make a folder for kind's docker: ${systemReason(cause)}: set ` +
        "TMPDIR to a folder that you may write to",
      { cause },
    );
  }
  try {
    // Otherwise kind would find another docker.
    if (folder.includes(":")) {
      throw new Error(
        `Cannot put "${folder}" into PATH: there is a colon in it: set TMPDIR ` +
          "to another folder",
      );
    }
    await Deno.symlink(self, `${folder}/docker`);
  } catch (error) {
    await Deno.remove(folder, { recursive: true });
    throw error;
  }
  return folder;
}

/**
 * The first `kind` in PATH that isn't kini itself, nor another kini that has
 * called it.
 */
async function findKind(
  ctx: Context,
  callers: readonly string[],
): Promise<string | undefined> {
  for (const folder of (ctx.env("PATH") ?? "").split(":")) {
    const path = `${folder || "."}/kind`;
    if (!await isProgram(path)) continue;
    const same = await Promise.all(callers.map((one) => isSameFile(path, one)));
    if (!same.includes(true)) return path;
  }
  return undefined;
}
