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
  details: "Docker's command lines are completed only while docker is kini. " +
    "'source <(kini completion bash)' does it for one session of bash or, " +
    "with its name, zsh; 'kini completion fish | source' of fish.",
  examples: [
    "completion bash >~/.local/share/bash-completion/completions/kini",
    "completion zsh >~/.zfunc/_kini",
    "completion fish >~/.config/fish/completions/kini.fish",
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
