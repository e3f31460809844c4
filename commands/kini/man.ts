/**
 * `kini man`
 *
 * @module
 */
import { defineCommand, exactly } from "../command.ts";
import { commandTree } from "../command_tree.ts";
import { docker } from "../docker/docker.ts";
import { manualPage } from "../manual.ts";
import { kini } from "./kini.ts";

/** Prints the manual page in roff. */
export const command = defineCommand({
  usage: "",
  args: exactly(0),
  flags: {},
  details: "It has every command and every variable of the environment.",
  examples: ["man | man -l -"],
  async run(ctx) {
    const [own, dockers] = await Promise.all([
      commandTree("kini", kini),
      commandTree("docker", docker),
    ]);
    await ctx.stdout.text(manualPage(own, dockers));
  },
});
