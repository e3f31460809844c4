/**
 * `docker history IMAGE`
 *
 * @module
 */
import { renderRows } from "../../docker/format.ts";
import { historyRowOptions, historyRows } from "../../docker/history_view.ts";
import {
  findDockerImage,
  missingImageName,
} from "../../modes/docker_images.ts";
import { defineCommand, exactly } from "../command.ts";
import { DaemonError } from "../errors.ts";
import type { FlagTable } from "../flags.ts";
import { imagePlaces } from "./image_places.ts";
import { applyFilters, LIST_FORMAT_USAGE } from "./list_flags.ts";

const flags = {
  format: { type: "string", default: "", usage: LIST_FORMAT_USAGE },
  human: {
    type: "boolean",
    short: "H",
    default: true,
    usage: "Print sizes and dates in human readable format",
  },
  "no-trunc": { type: "boolean", usage: "Don't truncate output" },
  quiet: { type: "boolean", short: "q", usage: "Only show image IDs" },
} satisfies FlagTable;

/** The command. */
export const command = defineCommand({
  usage: "[OPTIONS] IMAGE",
  flags,
  args: exactly(1),
  examples: ["history kindest/node:v1.35.0"],
  async run(ctx, { values, args }) {
    const [text = ""] = args;
    // Docker's daemon refuses what can name no image.
    const missing = applyFilters(() => missingImageName(text));
    const image = await findDockerImage(await imagePlaces(ctx), text, {
      whole: true,
    });
    if (!image) throw new DaemonError(`No such image: ${missing}`);
    const { human, quiet } = values;
    const rows = historyRows(image, {
      now: ctx.now(),
      noTrunc: values["no-trunc"],
      human,
    });
    await ctx.stdout.text(
      renderRows(rows, values.format, historyRowOptions({ human, quiet })),
    );
  },
});
