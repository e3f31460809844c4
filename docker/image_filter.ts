import type { Filters } from "./filter.ts";
import {
  familiarName,
  familiarReference,
  type ImageReference,
} from "./image_reference.ts";
import { parseTimestamp } from "./timestamp.ts";

/** What `docker images --filter` looks at in an image. */
export interface FilterableImage {
  readonly references: readonly ImageReference[];
  readonly labels: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly created: number;
}

/** What image filters depend on. */
export interface ImageFilterOptions<T> {
  readonly now: Date;
  /** Finds the image that `before` or `since` names; throws when there is none. */
  readonly find: (text: string) => T;
}

/**
 * Picks the images that `docker images` lists, each with those of its references that match.
 *
 * @throws {RangeError} With a text of docker's daemon.
 * @throws {SyntaxError} When `until` is no time.
 */
export function filterImages<T extends FilterableImage>(
  images: readonly T[],
  filters: Filters,
  { now, find }: ImageFilterOptions<T>,
): { image: T; references: ImageReference[] }[] {
  filters.accept(
    "before",
    "dangling",
    "label",
    "label!",
    "reference",
    "since",
    "until",
  );
  const dangling = filters.boolean("dangling");
  const times = (key: string) =>
    filters.get(key).map((text) => find(text).created);
  const until = filters.get("until").map((text) => parseTimestamp(text, now));
  const before = Math.min(...times("before"), ...until);
  const since = Math.max(...times("since"));
  const patterns = filters.get("reference").map(globToRegExp);
  const picked: { image: T; references: ImageReference[] }[] = [];
  for (const image of images) {
    const isDangling = image.references.every(({ tag }) => tag === undefined);
    if (dangling !== undefined && dangling !== isDangling) continue;
    if (image.created >= before || image.created <= since) continue;
    if (!filters.matchesLabels(image.labels)) continue;
    if (
      filters.has("label!") && filters.matchesLabels(image.labels, "label!")
    ) continue;
    const references = image.references.filter((reference) =>
      patterns.length === 0 ||
      patterns.some((pattern) =>
        pattern.test(familiarReference(reference)) ||
        pattern.test(familiarName(reference))
      )
    );
    if (patterns.length > 0 && references.length === 0) continue;
    picked.push({ image, references });
  }
  return picked;
}

/** Reads a pattern of Go's path.Match, where `*` stops at a slash. */
function globToRegExp(glob: string): RegExp {
  let pattern = "";
  for (let index = 0; index < glob.length; index++) {
    const char = glob[index]!;
    if (char === "*") pattern += "[^/]*";
    else if (char === "?") pattern += "[^/]";
    else if (char === "[") {
      const set = /^\[(\^?)((?:\\.|[^\]\\])+)\]/.exec(glob.slice(index));
      if (set === null) throw new RangeError("syntax error in pattern");
      pattern += `[${set[1]}${set[2]!.replaceAll("[", "\\[")}]`;
      index += set[0].length - 1;
    } else {
      const literal = char === "\\" ? glob[++index] : char;
      if (literal === undefined) {
        throw new RangeError("syntax error in pattern");
      }
      pattern += literal.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&");
    }
  }
  return new RegExp(`^${pattern}$`);
}
