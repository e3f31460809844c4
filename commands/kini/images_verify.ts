/**
 * `kini images verify`
 *
 * @module
 */
import { ImageStore, storeFolder } from "../../images/store.ts";
import { defineCommand, exactly } from "../command.ts";
import { ExitError } from "../errors.ts";

/** Checks the local image store; exits with 1 when something is wrong. */
export const command = defineCommand({
  usage: "",
  args: exactly(0),
  flags: {},
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
    if (problems > 0) throw new ExitError(1);
    const size = (bytes / 1e6).toFixed(1);
    await ctx.stdout.line(
      `${folder}: ${names} names, ${blobs} blobs of ${size} MB, all right.`,
    );
  },
});
