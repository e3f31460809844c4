/**
 * What differs between any two runs of the same call.
 *
 * @module
 */

/** A pattern and what is put in its place. */
export type Replacement = readonly [pattern: RegExp, text: string];

const AGO =
  /(Less than a second|About a minute|About an hour|\d+ (?:second|minute|hour|day|week|month|year)s?)( ago)?/g;

/** Made anew by every run, so equal on no two hosts. */
const MADE_ANEW: readonly Replacement[] = [
  [/\b[0-9a-f]{64}\b/g, "<id>"],
  [/\b[0-9a-f]{12}\b/g, "<short id>"],
  [
    /\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z| ?[+-]\d\d:?\d\d)( [A-Z]{3})?/g,
    "<time>",
  ],
  [AGO, "<while>$2"],
  [/\b([0-9a-f]{2}:){5}[0-9a-f]{2}\b/g, "<mac>"],
  [/\b(10|172|192)\.\d+\.\d+\.\d+\b/g, "<ip>"],
  [/\b(fd|fc|fe80)[0-9a-f]{0,2}:[0-9a-f:]+/g, "<ip6>"],
  [/:(3[2-9]|[456]\d)\d{3}\b/g, ":<port>"],
  [/"(3[2-9]|[456]\d)\d{3}"/g, '"<port>"'],
  // Docker goes through a map for the values of a filter: in any order.
  [/\[true false\]/g, "[false true]"],
];

/** The head of a table, whose columns are as wide as what stands in them. */
const TABLE =
  /^(CONTAINER ID|NETWORK ID|REPOSITORY|IMAGE|IMAGE ID|NAMES|ROLE|NAME|TYPE) /m;

/** Puts placeholders for ids, times and addresses into an output. */
export function normalise(text: string): string {
  const replaced = replaceAll(text, MADE_ANEW);
  return TABLE.test(replaced) ? replaced.replace(/ {2,}/g, "  ") : replaced;
}

/** Makes each replacement in turn. */
export function replaceAll(
  text: string,
  replacements: readonly Replacement[],
): string {
  return replacements.reduce(
    (result, [pattern, replacement]) => result.replace(pattern, replacement),
    text,
  );
}
