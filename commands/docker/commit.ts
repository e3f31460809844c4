/**
 * `docker commit --change 'ENTRYPOINT […]' --change 'ENV …' CONTAINER IMAGE`
 *
 * @module
 */
import { parseImageReference } from "../../docker/image_reference.ts";
import { ImageStore, storeFolder } from "../../images/store.ts";
import { commitContainer } from "../../modes/commit.ts";
import { defineCommand } from "../command.ts";
import { DaemonError } from "../errors.ts";
import { newImageName } from "./new_image_name.ts";

/** `docker commit`. */
export const command = defineCommand({
  usage: "[OPTIONS] CONTAINER [REPOSITORY[:TAG]]",
  flags: {
    author: {
      type: "string",
      short: "a",
      usage: 'Author (e.g., "John Hannibal Smith <hannibal@a-team.com>")',
    },
    change: {
      type: "strings",
      short: "c",
      value: "list",
      usage: "Apply Dockerfile instruction to the created image",
    },
    message: { type: "string", short: "m", usage: "Commit message" },
    pause: {
      type: "boolean",
      short: "p",
      default: true,
      usage: "Pause container during commit",
    },
  },
  args: { min: 1, max: 2 },
  examples: [
    `commit --change 'ENTRYPOINT ["/sbin/init"]' build my/node:built`,
  ],
  async run(ctx, { values, args }) {
    const [container = "", name = ""] = args;
    const target = name === ""
      ? undefined
      : newImageName(parseImageReference(name));
    const folder = storeFolder((name) => ctx.env(name));
    if (folder === undefined) {
      throw new Error(
        "Cannot commit: images are made in the local store, which " +
          "KINI_CACHE turns off: unset it",
      );
    }
    const client = await ctx.incus();
    const store = await ImageStore.open(folder);
    try {
      const id = await commitContainer(client, store, {
        container,
        ...(target && { target }),
        changes: values.change,
        author: values.author ?? "",
        message: values.message ?? "",
        created: ctx.now().toISOString(),
        pause: values.pause,
        signal: ctx.signal,
      });
      await ctx.stdout.line(id);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new DaemonError(error.message, { cause: error });
    }
  },
});
