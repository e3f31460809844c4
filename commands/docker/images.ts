/**
 * `docker images`
 *
 * @module
 */
import { renderRows } from "../../docker/format.ts";
import { timeOf } from "../../docker/go_time.ts";
import { filterImages } from "../../docker/image_filter.ts";
import { imageRowOptions, imageRows } from "../../docker/image_row.ts";
import type { DockerImage } from "../../docker/image_view.ts";
import {
  familiarReference,
  parseImageReference,
  withDefaultTag,
} from "../../docker/image_reference.ts";
import { listDockerImages } from "../../modes/docker_images.ts";
import { defineCommand } from "../command.ts";
import { DaemonError } from "../errors.ts";
import type { FlagTable } from "../flags.ts";
import { imagePlaces } from "./image_places.ts";
import { applyFilters, LIST_FORMAT_USAGE, readFilters } from "./list_flags.ts";

const flags = {
  all: {
    type: "boolean",
    short: "a",
    usage: "Show all images (default hides intermediate images)",
    ignored: "there are no intermediate images",
  },
  digests: { type: "boolean", usage: "Show digests" },
  filter: {
    type: "strings",
    short: "f",
    value: "filter",
    usage: "Filter output based on conditions provided",
  },
  format: { type: "string", default: "", usage: LIST_FORMAT_USAGE },
  "no-trunc": { type: "boolean", usage: "Don't truncate output" },
  quiet: { type: "boolean", short: "q", usage: "Only show image IDs" },
} satisfies FlagTable;

/** The command. */
export const command = defineCommand({
  usage: "[OPTIONS] [REPOSITORY[:TAG]]",
  flags,
  args: { min: 0, max: 1 },
  examples: ["images", "images --digests nginx"],
  async run(ctx, { values, args }) {
    const filters = readFilters(flags, values.filter);
    if (args[0] !== undefined) filters.add("reference", args[0]);
    const now = ctx.now();
    const images = await listDockerImages(await imagePlaces(ctx));
    const candidates = images.map((image) => ({
      image,
      references: image.references,
      labels: image.labels,
      created: timeOf(image.created) || 0,
    }));
    const picked = applyFilters(() =>
      filterImages(candidates, filters, {
        now,
        find: (text) => findCandidate(candidates, text),
      })
    );
    const digests = values.digests || values.format.includes("{{.Digest}}");
    const row = { now, noTrunc: values["no-trunc"], digests };
    const rows = picked.flatMap(({ image, references }) =>
      imageRows(image.image, references, row)
    );
    await ctx.stdout.text(
      renderRows(rows, values.format, imageRowOptions(values)),
    );
  },
});

/** The image that `--filter before=` or `since=` names. */
function findCandidate<T extends { image: DockerImage }>(
  candidates: readonly T[],
  text: string,
): T {
  const wanted = familiarReference(withDefaultTag(parseImageReference(text)));
  const found = candidates.find(({ image }) =>
    image.id.replace("sha256:", "").startsWith(text.replace("sha256:", "")) ||
    image.references.some((one) => familiarReference(one) === wanted)
  );
  if (!found) throw new DaemonError(`No such image: ${wanted}`);
  return found;
}
