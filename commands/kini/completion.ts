/**
 * `kini completion`
 *
 * @module
 */
import { defineCommand, exactly } from "../command.ts";
import { commandTree } from "../command_tree.ts";
import { completionFor, SHELLS } from "../completion.ts";
import { docker } from "../docker/docker.ts";
import { UsageError } from "../errors.ts";
import { kini } from "./kini.ts";

/** Prints shell code on stdout. */
export const command = defineCommand({
  usage: "bash|zsh|fish",
  args: exactly(1),
  flags: {},
  examples: [
    "completion bash >~/.local/share/bash-completion/completions/kini",
  ],
  async run(ctx, { args: [name] }) {
    const shell = SHELLS.find((one) => one === name);
    if (!shell) {
      throw new UsageError(
        `Cannot complete in "${name}": kini knows ${SHELLS.join(", ")}`,
        { subject: "plain" },
      );
    }
    const trees = await Promise.all([
      commandTree("kini", kini),
      commandTree("docker", docker),
    ]);
    await ctx.stdout.text(completionFor(shell, trees.flat()));
  },
});
