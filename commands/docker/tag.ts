/**
 * `docker tag SOURCE_IMAGE TARGET_IMAGE`
 *
 * @module
 */
import {
  type ImageReference,
  parseImageReference,
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
import { newImageName } from "./new_image_name.ts";

/** The command. */
export const command = defineCommand({
  usage: "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]",
  flags: {},
  args: exactly(2),
  examples: ["tag busybox:1.37 registry.example:5000/busybox:1.37"],
  async run(ctx, { args }) {
    const [source = "", wanted = ""] = args;
    if (!isId(source)) parse(source);
    const target = newImageName(parse(wanted));
    const places = await imagePlaces(ctx);
    const found = findAmong(await listPlacedImages(places), source);
    if (!found) {
      throw new DaemonError(`No such image: ${missingImageName(source)}`);
    }
    const now = ctx.now().toISOString();
    await tagImage(places, found, target, now);
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
