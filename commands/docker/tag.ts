/**
 * `docker tag SOURCE_IMAGE TARGET_IMAGE`
 *
 * @module
 */
import {
  DEFAULT_REGISTRY,
  type ImageReference,
  parseImageReference,
  withDefaultTag,
} from "../../docker/image_reference.ts";
import {
  findAmong,
  listPlacedImages,
  missingImageName,
} from "../../modes/docker_images.ts";
import { tagImage } from "../../modes/tag_image.ts";
import { defineCommand, exactly } from "../command.ts";
import { DaemonError } from "../errors.ts";
import { imagePlaces } from "./image_places.ts";

/** The command. */
export const command = defineCommand({
  usage: "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]",
  flags: {},
  args: exactly(2),
  examples: ["tag busybox:1.37 registry.example:5000/busybox:1.37"],
  async run(ctx, { args }) {
    const [source = "", wanted = ""] = args;
    if (!isId(source)) parse(source);
    const target = parse(wanted);
    if (target.digest !== undefined) {
      throw new Error("refusing to create a tag with a digest reference");
    }
    const { registry, repository } = target;
    if (registry === DEFAULT_REGISTRY && repository === "library/sha256") {
      throw new DaemonError(
        "refusing to create an ambiguous tag using digest algorithm as name",
      );
    }
    const places = await imagePlaces(ctx);
    const found = findAmong(await listPlacedImages(places), source);
    if (!found) {
      throw new DaemonError(`No such image: ${missingImageName(source)}`);
    }
    const now = ctx.now().toISOString();
    await tagImage(places, found, withDefaultTag(target), now);
  },
});

function isId(text: string): boolean {
  return /^(?:sha256:)?[0-9a-f]{64}$/.test(text);
}

function parse(text: string): ImageReference {
  try {
    return parseImageReference(text);
  } catch (cause) {
    throw new Error(
      `Error parsing reference: ${JSON.stringify(text)} is not a valid ` +
        `repository/tag: ${(cause as Error).message}`,
      { cause },
    );
  }
}
