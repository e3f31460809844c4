/**
 * The steps of an image as rows of `docker history`.
 *
 * @module
 */
import type { RowOptions } from "./format.ts";
import { formatLocalRfc3339, timeOf } from "./go_time.ts";
import { goRow, type GoStruct } from "./go_value.ts";
import type { DockerImage, ImageStep } from "./image_view.ts";
import { formatDuration, formatSize } from "./units.ts";

const SHORT_ID = 12;
const LONGEST_COMMAND = 45;

/** How rows are written. */
export interface HistoryRowOptions {
  now: Date;
  noTrunc: boolean;
  /** Sizes with units, and times as how long ago. */
  human: boolean;
}

/** The columns and formats of `docker history`. */
export function historyRowOptions(
  options: { human: boolean; quiet: boolean },
): RowOptions {
  const created = options.human ? "CreatedSince" : "CreatedAt";
  return {
    headers: {
      ID: "IMAGE",
      CreatedSince: "CREATED",
      CreatedAt: "CREATED AT",
      CreatedBy: "CREATED BY",
      Size: "SIZE",
      Comment: "COMMENT",
    },
    table: `{{.ID}}\t{{.${created}}}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}`,
    quiet: options.quiet,
  };
}

/** One row for each step, the newest first. Only the image itself has an ID. */
export function historyRows(
  image: DockerImage,
  options: HistoryRowOptions,
): GoStruct[] {
  const id = options.noTrunc
    ? image.id
    : image.id.replace("sha256:", "").slice(0, SHORT_ID);
  return stepsOf(image).reverse().map((step, index) =>
    historyRow(step, index === 0 ? id : "<missing>", options)
  );
}

/** An image that tells of no step is one. */
function stepsOf({ history, created, size }: DockerImage): ImageStep[] {
  if (history.length > 0) return [...history];
  return [{ created, createdBy: "", comment: "", author: "", size }];
}

function historyRow(
  step: ImageStep,
  id: string,
  { now, noTrunc, human }: HistoryRowOptions,
): GoStruct {
  const created = timeOf(step.created);
  const at = () => Number.isNaN(created) ? "N/A" : formatLocalRfc3339(created);
  return goRow("*image.historyContext", {
    Comment: step.comment,
    get CreatedAt() {
      return at();
    },
    get CreatedBy() {
      const text = step.createdBy.replaceAll("\t", " ");
      return noTrunc ? text : ellipsis(text);
    },
    get CreatedSince() {
      if (!human || Number.isNaN(created)) return at();
      return `${formatDuration(now.getTime() - created)} ago`;
    },
    ID: id,
    Size: human ? formatSize(step.size, 3) : String(step.size),
  });
}

function ellipsis(text: string): string {
  const characters = [...text];
  return characters.length <= LONGEST_COMMAND
    ? text
    : `${characters.slice(0, LONGEST_COMMAND - 1).join("")}…`;
}
