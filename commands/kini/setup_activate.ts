/**
 * `eval "$(kini setup activate bash)"`
 *
 * @module
 */
import { defineCommand } from "../command.ts";
import type { Context } from "../context.ts";
import { UsageError } from "../errors.ts";
import { ownPath } from "../own_path.ts";
import { makeLinks, planLinks } from "./setup_links.ts";
import {
  activationCode,
  deactivationCode,
  type Shell,
  SHELLS,
} from "./setup_shell.ts";

/** Prints code for the shell that called; makes the links that it needs. */
export const command = defineCommand({
  usage: "[OPTIONS] [bash|zsh|fish]",
  args: { min: 0, max: 1 },
  flags: {
    "dry-run": {
      type: "boolean",
      usage: "Print the code without making the links that it needs",
    },
    undo: { type: "boolean", usage: "Print the code that takes it back" },
  },
  details:
    "Without a name, the shell is the one in $SHELL. The code is for that " +
    "shell alone and ends with it; before that, kini_deactivate takes it back.",
  examples: ["setup activate bash", "setup activate --undo fish"],
  async run(ctx, { values, args }) {
    const shell = shellFrom(ctx, args[0]);
    const folder = linkFolder(ctx);
    const path = ctx.env("PATH") ?? "";
    if (values.undo) {
      return await ctx.stdout.text(deactivationCode({ shell, path, folder }));
    }
    const kini = await ownPath(ctx.env);
    const plan = await planLinks(folder, kini);
    const foreign = plan.find(({ state }) => state === "foreign");
    if (foreign) {
      throw new Error(
        `Cannot make the link "${foreign.path}": what is there is not ` +
          "kini's: move it away first",
      );
    }
    if (!values["dry-run"]) await makeLinks(plan, kini);
    await ctx.stdout.text(activationCode({ shell, path, folder, kini }));
    if (ctx.stdout.isTerminal()) await ctx.stderr.line(hint(shell));
  },
});

function shellFrom(ctx: Context, given: string | undefined): Shell {
  const name = given ?? ctx.env("SHELL")?.split("/").pop() ?? "";
  const shell = SHELLS.find((one) => one === name);
  if (shell) return shell;
  throw new UsageError(
    `Cannot make code for the shell ${JSON.stringify(name)}: name one of ` +
      SHELLS.join(", "),
    { subject: "plain" },
  );
}

/** A folder that stays, so that shells which are open keep their links. */
function linkFolder(ctx: Context): string {
  const [named, home] = [ctx.env("XDG_DATA_HOME"), ctx.env("HOME")];
  // A path that isn't absolute doesn't count, says the XDG specification.
  if (named?.startsWith("/")) return `${named}/kini/bin`;
  if (home) return `${home}/.local/share/kini/bin`;
  throw new Error(
    "Cannot choose a folder for the links: HOME is not set: set it",
  );
}

function hint(shell: Shell): string {
  const call = `kini setup activate ${shell}`;
  return "This is code for the shell to run: " +
    (shell === "fish" ? `${call} | source` : `eval "$(${call})"`);
}
