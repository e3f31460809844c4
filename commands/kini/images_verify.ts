/**
 * `kini images verify`
 *
 * @module
 */
import { formatSize } from "../../docker/units.ts";
import { ImageStore, storeFolder } from "../../images/store.ts";
import { defineCommand, exactly } from "../command.ts";
import { ExitError } from "../errors.ts";

/** Checks the local image store; exits with 1 when something is wrong. */
export const command = defineCommand({
  usage: "",
  args: exactly(0),
  flags: {},
  details:
    "These are the images of docker load, commit, and pulls that the server " +
    "can't do itself. It exits with 1 when one is damaged.",
  examples: ["images verify"],
  async run(ctx) {
    const folder = storeFolder((name) => ctx.env(name));
    const store = folder && await ImageStore.find(folder);
    if (!store) {
      await ctx.stdout.line("No images are stored on this machine.");
      return;
    }
    let problems = 0;
    const { names, blobs, bytes } = await store.verify(async (problem) => {
      problems++;
      await ctx.stderr.line(problem);
    });
    if (problems > 0) {
      await ctx.stderr.line(`${folder}: ${counted(problems, "problem")} found`);
      throw new ExitError(1);
    }
    await ctx.stdout.line(
      `${folder}: ${counted(names, "name")}, ${counted(blobs, "blob")} of ` +
        `${formatSize(bytes)}, all right.`,
    );
  },
});

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
