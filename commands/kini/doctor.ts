/**
 * `kini doctor`
 *
 * @module
 */
import { defineCommand, exactly } from "../command.ts";
import type { Context } from "../context.ts";
import { ExitError, UsageError } from "../errors.ts";
import type { FlagTable } from "../flags.ts";
import { type NamedFinding, runChecks, worstLevel } from "./doctor/checks.ts";
import { collectFacts } from "./doctor/facts.ts";
import { mend } from "./doctor/mend.ts";
import { findingsAsJson, formatFindings } from "./doctor/report.ts";

const flags = {
  fix: {
    type: "boolean",
    usage: "Run the commands that are safe, after asking",
  },
  json: { type: "boolean", usage: "Print the findings as JSON" },
  yes: { type: "boolean", short: "y", usage: "With --fix, don't ask" },
} satisfies FlagTable;

/** Exits with 1 when a check fails; warnings don't count. */
export const command = defineCommand({
  usage: "[OPTIONS]",
  args: exactly(0),
  flags,
  details:
    "Each check says what it found, why it matters, and the commands that " +
    "mend it. The doctor itself changes nothing without --fix. It exits with 1 " +
    "when a check fails; warnings don't count. docs/troubleshooting.md has a " +
    "section for each check.",
  examples: ["doctor", "doctor --fix", "doctor --json"],
  async run(ctx, { values: { fix, json, yes } }) {
    if (fix && json) {
      throw new UsageError("--fix and --json don't go together", {
        subject: "flag",
      });
    }
    let findings = runChecks(await collectFacts(ctx));
    await print(ctx, findings, json);
    const tried = new Set<string>();
    // What is mended lets other things be seen.
    while (fix && await mend(ctx, findings, yes, tried)) {
      findings = runChecks(await collectFacts(ctx));
      await ctx.stdout.line("");
      await print(ctx, findings, json);
    }
    if (worstLevel(findings) === "failure") throw new ExitError(1);
  },
});

async function print(
  ctx: Context,
  findings: readonly NamedFinding[],
  json: boolean,
): Promise<void> {
  if (json) return await ctx.stdout.line(findingsAsJson(findings));
  const terminal = ctx.stdout.isTerminal();
  const columns = ctx.terminalSize()?.columns;
  await ctx.stdout.text(formatFindings(findings, {
    color: terminal && !ctx.env("NO_COLOR") && ctx.env("TERM") !== "dumb",
    ...(terminal && columns && { columns }),
  }));
}
