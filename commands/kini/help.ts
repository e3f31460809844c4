/**
 * `kini help`
 *
 * @module
 */
import { anyArguments, defineCommand, runProgram } from "../command.ts";
import { UsageError } from "../errors.ts";

/** Shows what `--help` shows, and the environment variables. */
export const command = defineCommand({
  usage: "[COMMAND...|environment]",
  args: anyArguments,
  flags: {},
  examples: ["help doctor", "help docker run", "help environment"],
  async run(ctx, { args }) {
    const [word, ...rest] = args;
    if (word === "environment") {
      const { formatEnvironment } = await import("../environment.ts");
      return await ctx.stdout.text(formatEnvironment());
    }
    if (word === "kind") {
      throw new UsageError(
        "Cannot show the help of kind: it is kind's own: kini kind --help",
        {
          subject: "plain",
        },
      );
    }
    if (word === "docker") {
      const { docker } = await import("../docker/docker.ts");
      const inDocker = Object.create(ctx, {
        program: { value: "kini docker", enumerable: true },
      });
      return await runProgram(inDocker, docker, [...rest, "--help"], () => {});
    }
    const { kini } = await import("./kini.ts");
    await runProgram(ctx, kini, [...args, "--help"], () => {});
  },
});
