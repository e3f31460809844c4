/**
 * `kini setup install ~/.local/lib/kini`
 *
 * @module
 */
import { defineCommand } from "../command.ts";
import type { Context } from "../context.ts";
import { UsageError } from "../errors.ts";
import { isProgram, isSameFile, ownPath } from "../own_path.ts";
import { type LinkPlan, makeLinks, planLinks } from "./setup_links.ts";

/** Makes the links `docker` and `kind` in a folder of the user's choice. */
export const command = defineCommand({
  usage: "[OPTIONS] [FOLDER]",
  args: { min: 0, max: 1 },
  flags: {
    "dry-run": { type: "boolean", usage: "Show what would be done" },
    force: {
      type: "boolean",
      short: "f",
      usage: "Move aside what is there and is not kini's",
    },
  },
  details:
    "Without a name, the folder is ~/.local/lib/kini. What is there and is " +
    "not kini's stays as it is; with --force it is kept under another name. " +
    "Put the folder first in PATH to make kini the docker that kind calls.",
  examples: ["setup install", "setup install ~/bin"],
  async run(ctx, { values, args }) {
    const folder = await folderFrom(ctx, args[0]);
    const kini = await ownPath(ctx.env);
    const plan = await planLinks(folder, kini);
    const foreign = plan.filter(({ state }) => state === "foreign");
    if (foreign.length > 0 && !values.force) {
      throw new Error(
        `Cannot make the link "${foreign[0]!.path}": what is there is not ` +
          "kini's: choose another folder, or move it aside with --force",
      );
    }
    if (values["dry-run"]) {
      for (const one of plan) await ctx.stdout.line(planned(one, kini));
    } else {
      const made = await makeLinks(plan, kini);
      for (const one of plan) {
        const { path } = one;
        if (one.state === "kind") {
          await ctx.stdout.line(planned(one, kini));
          continue;
        }
        const moved = made.find((one) => one.path === path)?.movedTo;
        await ctx.stdout.line(
          `${path} -> ${kini}${moved ? ` (what was there is ${moved})` : ""}`,
        );
      }
    }
    await remark(ctx, folder, kini);
  },
});

async function folderFrom(
  ctx: Context,
  given: string | undefined,
): Promise<string> {
  if (given === "") {
    throw new UsageError("Cannot make links: the name of the folder is empty", {
      subject: "plain",
    });
  }
  if (given) {
    const { resolvePath } = await import("../../docker/path.ts");
    return resolvePath(Deno.cwd(), given);
  }
  const home = ctx.env("HOME");
  if (home) return `${home}/.local/lib/kini`;
  throw new Error(
    "Cannot choose a folder for the links: HOME is not set: name a folder",
  );
}

function planned({ path, state }: LinkPlan, kini: string): string {
  switch (state) {
    case "there":
      return `${path} is there`;
    case "kind":
      return `${path} stays: it is the kind that kini runs`;
    case "foreign":
      return `would move ${path} aside and link it to ${kini}`;
    default:
      return `would link ${path} to ${kini}`;
  }
}

/** The links do nothing as long as another docker is found first. */
async function remark(
  ctx: Context,
  folder: string,
  kini: string,
): Promise<void> {
  for (const named of (ctx.env("PATH") ?? "").split(":").filter(Boolean)) {
    if (named.replace(/\/+$/, "") === folder) return;
    if (await isSameFile(named, folder)) return;
    const docker = `${named}/docker`;
    if (!await isProgram(docker) || await isSameFile(docker, kini)) continue;
    return await ctx.stderr.line(
      `${docker} comes first in PATH: put ${folder} before it`,
    );
  }
  await ctx.stderr.line(`${folder} is not in PATH: put it first there`);
}
