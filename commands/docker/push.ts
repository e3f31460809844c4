/**
 * `docker push IMAGE`
 *
 * @module
 */
import {
  familiarName,
  familiarReference,
  formatImageReference,
  type ImageReference,
  parseImageReference,
  withDefaultTag,
} from "../../docker/image_reference.ts";
import {
  listPlacedImages,
  type PlacedImage,
} from "../../modes/docker_images.ts";
import { defineCommand, exactly } from "../command.ts";
import { UsageError } from "../errors.ts";
import { imagePlaces } from "./image_places.ts";
import { pushImage } from "./push_image.ts";

/** Sends images to their registry. */
export const command = defineCommand({
  usage: "[OPTIONS] NAME[:TAG]",
  args: exactly(1),
  flags: {
    "all-tags": {
      type: "boolean",
      short: "a",
      usage: "Push all tags of an image to the repository",
    },
    "disable-content-trust": {
      type: "boolean",
      default: true,
      usage: "Skip image signing",
      ignored: "images are not signed",
    },
    quiet: { type: "boolean", short: "q", usage: "Suppress verbose output" },
  },
  examples: ["push registry.example/app:1"],
  async run(ctx, { values, args }) {
    const named = parseImageReference(args[0]!);
    const { quiet, "all-tags": all } = values;
    if (all && (named.tag !== undefined || named.digest !== undefined)) {
      throw new UsageError("tag can't be used with --all-tags/-a", {
        subject: "plain",
      });
    }
    const target = all ? named : withDefaultTag(named);
    if (target !== named && !quiet) {
      await ctx.stdout.line("Using default tag: latest");
    }
    if (named.digest !== undefined) {
      throw new Error("cannot push a digest reference");
    }
    const { registry, repository } = target;
    if (!quiet) {
      await ctx.stdout.line(
        `The push refers to repository [${registry}/${repository}]`,
      );
    }
    const places = await imagePlaces(ctx);
    for (const one of chosen(await listPlacedImages(places), target)) {
      await pushImage(ctx, places, one, quiet ? undefined : ctx.stdout);
    }
    if (quiet) await ctx.stdout.line(formatImageReference(target));
  },
});

/** The images of a repository, with the names that are to be pushed. */
function chosen(
  images: readonly PlacedImage[],
  target: ImageReference,
): { placed: PlacedImage; reference: ImageReference }[] {
  const { registry, repository } = target;
  const all = images.flatMap((placed) =>
    placed.image.references.filter((one) =>
      one.tag !== undefined && one.registry === registry &&
      one.repository === repository
    ).map((reference) => ({ placed, reference }))
  ).sort((a, b) => a.reference.tag! < b.reference.tag! ? -1 : 1);
  if (all.length === 0) {
    throw new Error(
      `An image does not exist locally with the tag: ${familiarName(target)}`,
    );
  }
  if (target.tag === undefined) return all;
  const wanted = all.filter(({ reference }) => reference.tag === target.tag);
  if (wanted.length > 0) return wanted;
  throw new Error(`tag does not exist: ${familiarReference(target)}`);
}
