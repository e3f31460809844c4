/**
 * `docker image prune -a -f`
 *
 * @module
 */
import type { Filters } from "../../docker/filter.ts";
import { timeOf } from "../../docker/go_time.ts";
import { parseTimestamp } from "../../docker/timestamp.ts";
import { formatSize } from "../../docker/units.ts";
import type { PlacedImage } from "../../modes/docker_images.ts";
import { defineCommand, exactly } from "../command.ts";
import type { FlagTable } from "../flags.ts";
import { confirm } from "./confirm.ts";
import { imagePlaces } from "./image_places.ts";
import { ImageRemover } from "./image_remover.ts";
import { applyFilters, readFilters } from "./list_flags.ts";

const flags = {
  all: {
    type: "boolean",
    short: "a",
    usage: "Remove all unused images, not just dangling ones",
  },
  filter: {
    type: "strings",
    value: "filter",
    usage: 'Provide filter values (e.g. "until=<timestamp>")',
  },
  force: {
    type: "boolean",
    short: "f",
    usage: "Do not prompt for confirmation",
  },
} satisfies FlagTable;

/** The command. */
export const command = defineCommand({
  usage: "[OPTIONS]",
  flags,
  args: exactly(0),
  examples: ["image prune", "image prune -a -f"],
  async run(ctx, { values }) {
    const filters = readFilters(flags, values.filter);
    filters.add("dangling", String(!values.all));
    const which = values.all
      ? "all images without at least one container associated to them"
      : "all dangling images";
    if (
      !values.force &&
      !await confirm(
        ctx,
        `WARNING! This will remove ${which}.\nAre you sure you want to continue?`,
      )
    ) return;
    const isChosen = applyFilters(() => chooser(filters, ctx.now()));
    const remover = await ImageRemover.open(await imagePlaces(ctx));
    const used = new Set(remover.users.map(({ imageId }) => imageId));
    const lines: string[] = [];
    for (const placed of [...remover.images]) {
      if (used.has(placed.image.id) || !isChosen(placed)) continue;
      const { untagged, deleted } = await remover.removeWhole(placed);
      lines.push(
        ...untagged.map((one) => `untagged: ${one}`),
        ...deleted.map((one) => `deleted: ${one}`),
      );
    }
    const bytes = await remover.finish();
    if (lines.length > 0) {
      await ctx.stdout.text(`Deleted Images:\n${lines.join("\n")}\n\n`);
    }
    await ctx.stdout.line(`Total reclaimed space: ${formatSize(bytes)}`);
  },
});

/** Reads the filters at once, so that a bad one removes nothing. */
function chooser(
  filters: Filters,
  now: Date,
): (placed: PlacedImage) => boolean {
  filters.accept("dangling", "label", "label!", "until");
  const dangling = filters.boolean("dangling");
  const [until] = filters.get("until").map((text) => parseTimestamp(text, now));
  return ({ image }) => {
    const isNamed = image.references.some(({ tag }) => tag !== undefined);
    if (dangling && isNamed) return false;
    if (until !== undefined && (timeOf(image.created) || 0) > until) {
      return false;
    }
    return filters.matchesLabels(image.labels) &&
      !(filters.has("label!") && filters.matchesLabels(image.labels, "label!"));
  };
}
