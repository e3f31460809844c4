/**
 * `docker pull IMAGE`, as kind calls it for node images that are missing.
 *
 * @module
 */
import {
  familiarReference,
  formatImageReference,
  type ImageReference,
  parseImageReference,
  withDefaultTag,
} from "../../docker/image_reference.ts";
import { defineCommand, exactly } from "../command.ts";
import type { Context } from "../context.ts";
import { UsageError } from "../errors.ts";
import { pullImage } from "./pull_image.ts";
import { checkPulledPlatform, reportPull } from "./pull_result.ts";

/** Fetches an image, into the server's store or the local one. */
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
  examples: ["pull kindest/node:v1.35.0"],
  async run(ctx, { values, args }) {
    const named = parseImageReference(args[0]!);
    const { quiet, platform = "" } = values;
    if (values["all-tags"]) {
      if (named.tag !== undefined || named.digest !== undefined) {
        throw new UsageError("tag can't be used with --all-tags/-a", {
          subject: "plain",
        });
      }
      await pullAllTags(ctx, named, { quiet, platform });
      await ctx.stdout.line(formatImageReference(named));
      return;
    }
    const reference = withDefaultTag(named);
    if (reference !== named && !quiet) {
      await ctx.stdout.line("Using default tag: latest");
    }
    const name = formatImageReference(reference);
    const result = await pullImage(ctx, await ctx.incus(), reference, {
      platform,
      ...(!quiet && { progress: ctx.stdout }),
    });
    if (!quiet) await reportPull(ctx.stdout, reference, result);
    checkPulledPlatform(name, platform, result);
    await ctx.stdout.line(name);
  },
});

async function pullAllTags(
  ctx: Context,
  repository: ImageReference,
  { quiet, platform }: { quiet: boolean; platform: string },
): Promise<void> {
  const { listTags } = await import("./list_tags.ts");
  let isFresh = false;
  for (const tag of await listTags(ctx, repository)) {
    const reference = { ...repository, tag };
    const result = await pullImage(ctx, await ctx.incus(), reference, {
      platform,
      ...(!quiet && { progress: ctx.stdout }),
    });
    if (!quiet && result.digest) {
      await ctx.stdout.line(`Digest: ${result.digest}`);
    }
    checkPulledPlatform(formatImageReference(reference), platform, result);
    isFresh ||= result.fresh;
  }
  if (quiet) return;
  const name = familiarReference(repository);
  await ctx.stdout.line(
    isFresh
      ? `Status: Downloaded newer image for ${name}`
      : `Status: Image is up to date for ${name}`,
  );
}
