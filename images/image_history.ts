/**
 * What an image's config blob tells of its layers. It is of use to people
 * alone, so what is malformed in it is left out.
 *
 * @see https://github.com/opencontainers/image-spec/blob/main/config.md
 * @module
 */
import type { Descriptor } from "./manifest.ts";

/** One step of how an image was made. */
export interface HistoryEntry {
  /** RFC 3339; empty when the image doesn't tell. */
  created: string;
  createdBy: string;
  comment: string;
  author: string;
  /** It made no layer. */
  emptyLayer: boolean;
}

/** A step, and the bytes of the layer that it made. */
export type SizedStep = Omit<HistoryEntry, "emptyLayer"> & { size: number };

/** The digests of an image's layers as tar archives, the lowest first. */
export function diffIdsOf(blob: unknown): string[] {
  const ids: unknown = Object(Object(blob).rootfs).diff_ids;
  return Array.isArray(ids) ? ids.filter((id) => typeof id === "string") : [];
}

/** How an image was made, the oldest step first; empty when it doesn't tell. */
export function historyOf(blob: unknown): HistoryEntry[] {
  const history: unknown = Object(blob).history;
  if (!Array.isArray(history)) return [];
  return history.map((entry) => ({
    created: text(Object(entry).created),
    createdBy: text(Object(entry).created_by),
    comment: text(Object(entry).comment),
    author: text(Object(entry).author),
    emptyLayer: Object(entry).empty_layer === true,
  }));
}

/** Who made an image, and what for: as it says itself, or its last step. */
export function remarksOf(
  blob: unknown,
): { author: string; comment: string } {
  const { author, comment } = Object(blob);
  const last = historyOf(blob).at(-1);
  return {
    author: text(author),
    comment: text(comment) || (last?.comment ?? ""),
  };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** The steps, each with the size of its layer as it is kept. */
export function sizedSteps(
  history: readonly HistoryEntry[],
  layers: readonly Descriptor[],
): SizedStep[] {
  const sizes = layers.map(({ size }) => size);
  return history.map(({ emptyLayer, ...step }) => ({
    ...step,
    size: emptyLayer ? 0 : sizes.shift() ?? 0,
  }));
}
