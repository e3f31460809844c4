/**
 * `docker pull IMAGE`, as kind calls it for node images that are missing.
 *
 * @module
 */
import {
  formatImageReference,
  parseImageReference,
  withDefaultTag,
} from "../../docker/image_reference.ts";
import { chooseMode } from "../../modes/mode.ts";
import { defineCommand, exactly } from "../command.ts";
import { UsageError } from "../errors.ts";
import { pullImage, reportPull } from "./pull_image.ts";

/** Fetches an image: in LXC mode into the local store, else into the server's. */
export const command = defineCommand({
  usage: "[OPTIONS] NAME[:TAG|@DIGEST]",
  args: exactly(1),
  flags: {
    "all-tags": {
      type: "boolean",
      short: "a",
      usage: "Download all tagged images in the repository",
    },
    "disable-content-trust": {
      type: "boolean",
      default: true,
      usage: "Skip image verification",
      ignored: "registries are reached over verified TLS, and digests checked",
    },
    platform: {
      type: "string",
      usage: "Set platform if server is multi-platform capable",
    },
    quiet: {
      type: "boolean",
      short: "q",
      usage: "Suppress verbose output",
    },
  },
  async run(ctx, { values, args }) {
    const reference = withDefaultTag(parseImageReference(args[0]!));
    if (values["all-tags"]) {
      throw new UsageError("--all-tags is not supported: name each tag", {
        subject: "value",
        code: 1,
      });
    }
    if (
      !args[0]!.includes("@") && reference.tag === "latest" &&
      !/:[^/]*$/.test(args[0]!) && !values.quiet
    ) {
      await ctx.stdout.line("Using default tag: latest");
    }
    const client = await ctx.incus();
    const options = {
      platform: values.platform ?? "",
      ...(!values.quiet && { progress: ctx.stdout }),
    };
    const { name: mode } = await chooseMode(client, ctx.env("KINI_MODE"));
    if (mode === "lxc") {
      const { pullAndReport } = await import("./pull_local.ts");
      await pullAndReport(ctx, client, reference, options);
    } else {
      const result = await pullImage(ctx, client, reference, options);
      if (!values.quiet) await reportPull(ctx.stdout, reference, result);
    }
    await ctx.stdout.line(formatImageReference(reference));
  },
});
