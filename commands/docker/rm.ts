/**
 * `docker rm -f -v NAME [NAME...]`
 *
 * @module
 */
import { isNotFound } from "../../incus/errors.ts";
import { removeContainer } from "../../modes/remove.ts";
import { atLeast, defineCommand } from "../command.ts";
import { DaemonError } from "../errors.ts";
import { forEachContainer } from "./each_container.ts";

/** `docker rm`. */
export const command = defineCommand({
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  flags: {
    force: {
      type: "boolean",
      short: "f",
      usage: "Force the removal of a running container (uses SIGKILL)",
    },
    link: {
      type: "boolean",
      short: "l",
      usage: "Remove the specified link",
    },
    volumes: {
      type: "boolean",
      short: "v",
      usage: "Remove anonymous volumes associated with the container",
      ignored: "they are on the container's own disk and go with it",
    },
  },
  args: atLeast(1),
  examples: ["rm -f -v kind-control-plane kind-worker"],
  async run(ctx, { values, args }) {
    if (args.includes("")) throw new Error("Container name cannot be empty");
    const client = await ctx.incus();
    await forEachContainer(ctx, args, async (ref) => {
      if (values.link) {
        throw new DaemonError(
          "Conflict, cannot remove the default link name of the container",
        );
      }
      await removeContainer(client, ref, {
        force: values.force,
        signal: ctx.signal,
      });
    }, { harmless: (error) => values.force && isNotFound(error) });
  },
});
