/**
 * The `kind` program: the installed kind, with kini as the `docker` it finds.
 *
 * @module
 */
import type { Context } from "../context.ts";

/** Signals that are passed on to kind. */
const SIGNALS: readonly Deno.Signal[] = ["SIGINT", "SIGTERM", "SIGHUP"];

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
  const self = await selfPath();
  const kind = await findKind(ctx, self);
  if (!kind) {
    await ctx.stderr.line(
      "Cannot run kind: there is none in PATH: install it from " +
        "https://kind.sigs.k8s.io or from your distribution's packages",
    );
    return 127;
  }
  const folder = await Deno.makeTempDir({ prefix: "kini-" });
  try {
    await Deno.symlink(self, `${folder}/docker`);
    const child = new Deno.Command(kind, {
      args: [...argv],
      env: { PATH: `${folder}:${ctx.env("PATH") ?? ""}` },
      stdin: "inherit",
      stdout: "inherit",
      stderr: "inherit",
    }).spawn();
    const stop = ctx.onSignals(SIGNALS, (name) => {
      try {
        child.kill(name);
      } catch {
        // It has ended already.
      }
    });
    const { code } = await child.status;
    stop();
    return code;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The file that runs: this program, or the launcher that started it. */
async function selfPath(): Promise<string> {
  const launcher = Deno.env.get("KINI_LAUNCHER");
  return launcher ? await Deno.realPath(launcher) : Deno.execPath();
}

/** The first `kind` in PATH that isn't kini itself. */
async function findKind(
  ctx: Context,
  self: string,
): Promise<string | undefined> {
  for (const folder of (ctx.env("PATH") ?? "").split(":")) {
    const path = `${folder || "."}/kind`;
    try {
      const real = await Deno.realPath(path);
      const info = await Deno.stat(real);
      if (real !== self && info.isFile && (info.mode ?? 0) & 0o111) return path;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}
