/**
 * `docker system df -v`
 *
 * @module
 */
import {
  containerRow,
  containerRowOptions,
} from "../../docker/container_row.ts";
import { renderRows, renderValue } from "../../docker/format.ts";
import { goSlice, goStruct } from "../../docker/go_value.ts";
import {
  imageRowOptions,
  imageRows,
  type ImageUsage,
} from "../../docker/image_row.ts";
import type { DockerImage } from "../../docker/image_view.ts";
import {
  CONTAINER_USAGE_TABLE,
  DISK_USAGE_OPTIONS,
  type DiskUsage,
  diskUsageRow,
  IMAGE_USAGE_TABLE,
  NO_OTHER_USAGE,
} from "../../docker/system_df_view.ts";
import { defineCommand, exactly } from "../command.ts";
import type { Context } from "../context.ts";
import type { FlagTable } from "../flags.ts";
import { type DiskFacts, diskFacts } from "./disk_facts.ts";
import { imagePlaces } from "./image_places.ts";
import { LIST_FORMAT_USAGE } from "./list_flags.ts";

const flags = {
  format: { type: "string", default: "", usage: LIST_FORMAT_USAGE },
  verbose: {
    type: "boolean",
    short: "v",
    usage: "Show detailed information on space usage",
  },
} satisfies FlagTable;

/** The command. */
export const command = defineCommand({
  usage: "[OPTIONS]",
  flags,
  args: exactly(0),
  examples: ["system df", "system df -v"],
  async run(ctx, { values }) {
    const facts = await diskFacts(await imagePlaces(ctx));
    const { format } = values;
    await ctx.stdout.text(
      values.verbose ? formatAll(ctx, facts, format) : renderRows(
        usageOf(facts).map(diskUsageRow),
        format,
        DISK_USAGE_OPTIONS,
      ),
    );
  },
});

function usageOf(
  { images, containers, imageBytes, containerBytes }: DiskFacts,
): DiskUsage[] {
  const sum = (bytes: Iterable<number>) =>
    [...bytes].reduce((a, b) => a + b, 0);
  const used = images.filter((one) => one.usage.containers > 0);
  const stopped = containers.filter(({ state }) => state.status !== "running");
  return [
    {
      kind: "Images",
      total: images.length,
      active: used.length,
      size: imageBytes,
      reclaimable: imageBytes - sum(used.map(({ usage }) => usage.unique)),
    },
    {
      kind: "Containers",
      total: containers.length,
      active: containers.length - stopped.length,
      size: sum(containerBytes.values()),
      reclaimable: sum(stopped.map(({ id }) => containerBytes.get(id) ?? 0)),
    },
    { kind: "Local Volumes", total: 0, active: 0, size: 0, reclaimable: 0 },
    { kind: "Build Cache", total: 0, active: 0, size: 0, reclaimable: 0 },
  ];
}

function formatAll(ctx: Context, facts: DiskFacts, format: string): string {
  const { images, containers, containerBytes } = facts;
  const isTable = format === "" || format === "table";
  const now = ctx.now();
  const noTrunc = !isTable;
  const usages = new Map<DockerImage, ImageUsage>(
    images.map(({ image, usage }) => [image, usage]),
  );
  const imageList = images.flatMap(({ image }) =>
    // One row, whatever names it has.
    imageRows(image, image.references, {
      now,
      noTrunc,
      digests: false,
      usage: (one) => usages.get(one)!,
    }).slice(0, 1)
  );
  const containerList = containers.map((one) =>
    containerRow(one, { now, noTrunc, size: containerBytes.get(one.id) ?? 0 })
  );
  if (isTable) {
    return "Images space usage:\n\n" +
      renderRows(imageList, "", {
        ...imageRowOptions({ digests: false, quiet: false }),
        table: IMAGE_USAGE_TABLE,
      }) +
      "\nContainers space usage:\n\n" +
      renderRows(containerList, "", {
        ...containerRowOptions({ size: false, quiet: false }),
        table: CONTAINER_USAGE_TABLE,
      }) + NO_OTHER_USAGE;
  }
  const all = goStruct("*formatter.DiskUsageContext", {
    Images: goSlice(imageList, "[]*formatter.imageContext"),
    Containers: goSlice(containerList, "[]*formatter.ContainerContext"),
    Volumes: goSlice([], "[]*formatter.volumeContext"),
    BuildCache: goSlice([], "[]*formatter.buildCacheContext"),
  });
  // As docker, without a newline.
  return renderValue(all, format).slice(0, -1);
}
