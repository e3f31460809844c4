/**
 * `kini help`
 *
 * @module
 */
import {
  anyArguments,
  type CommandTable,
  defineCommand,
  runProgram,
} from "../command.ts";
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
      checkWords("kini docker", docker.table, rest);
      return await runProgram(inDocker, docker, [...rest, "--help"], () => {});
    }
    const { kini } = await import("./kini.ts");
    checkWords("kini", kini.table, args);
    await runProgram(ctx, kini, [...args, "--help"], () => {});
  },
});

/** Refuses words that are no command, which `--help` after them would hide. */
function checkWords(
  path: string,
  table: CommandTable,
  [word, ...rest]: readonly string[],
): void {
  if (word === undefined) return;
  const entry = Object.hasOwn(table, word) ? table[word] : undefined;
  if (!entry) {
    throw new UsageError(
      `Cannot show help: there is no command "${path} ${word}": ` +
        `"${path} --help" lists them`,
      { subject: "plain" },
    );
  }
  if ("commands" in entry) checkWords(`${path} ${word}`, entry.commands, rest);
}
