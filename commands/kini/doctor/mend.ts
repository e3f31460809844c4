/**
 * `kini doctor --fix`: runs the commands that harm nothing.
 *
 * @module
 */
import type { Context } from "../../context.ts";
import type { NamedFinding } from "./checks.ts";

/**
 * Shows the safe commands, asks, and runs them.
 *
 * @param tried names of checks whose commands were run before; more are added.
 * @returns whether anything was run.
 */
export async function mend(
  ctx: Context,
  findings: readonly NamedFinding[],
  yes: boolean,
  tried: Set<string>,
): Promise<boolean> {
  const safe = findings.filter(({ name, level, safe, fix }) =>
    (level === "warning" || level === "failure") && safe && fix &&
    !tried.has(name)
  );
  const { stderr } = ctx;
  if (safe.length === 0) {
    if (tried.size > 0) return false;
    await stderr.line("There is nothing that could be mended safely.");
    return false;
  }
  await stderr.line("\nThese commands would be run:");
  for (const { fix } of safe) {
    for (const command of fix!) await stderr.line(`  ${command}`);
  }
  if (!yes && !await confirmed(ctx)) {
    await stderr.line("Nothing was done.");
    return false;
  }
  for (const { name, fix } of safe) {
    tried.add(name);
    for (const command of fix!) {
      await stderr.line(`${name}: ${command}`);
      const code = await runShell(ctx, command);
      if (code === 0) continue;
      await stderr.line(`${name}: ended with exit code ${code}`);
      break;
    }
  }
  return true;
}

async function confirmed(ctx: Context): Promise<boolean> {
  await ctx.stderr.text("Run them? [y/N] ");
  const buffer = new Uint8Array(256);
  const count = await ctx.stdin.read(buffer);
  const answer = new TextDecoder().decode(buffer.subarray(0, count ?? 0));
  return /^\s*y(es)?\s*$/i.test(answer);
}

/** What a command prints goes to stderr: stdout is for the findings. */
async function runShell(ctx: Context, command: string): Promise<number> {
  const { code, stdout, stderr } = await new Deno.Command("/bin/sh", {
    args: ["-c", command],
    env: { PATH: ctx.env("PATH") ?? "" },
    stdin: "null",
    signal: ctx.signal,
  }).output();
  for (const output of [stdout, stderr]) await ctx.stderr.write(output);
  return code;
}
