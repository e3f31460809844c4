/**
 * Runs → a Markdown table.
 *
 * @module
 */
import type { Case } from "./cases.ts";
import type { Run } from "./host.ts";

/** The middle value; the mean of the two middle ones. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? NaN;
  return sorted.length % 2 === 1
    ? upper
    : ((sorted[half - 1] ?? NaN) + upper) / 2;
}

/**
 * The median of kini's time over another's, round by round: what slows the
 * machine down for a while slows both sides of a round.
 */
export function pairedRatio(
  kini: readonly number[],
  other: readonly number[],
): number {
  return median(kini.map((value, round) => value / (other[round] ?? NaN)));
}

export const HEAD = [
  "| job | by | median | min … max | CPU | peak RSS | kini's time ÷ this |",
  "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
];

/** One line a contender; `runs[i]` are those of contender `i`, by round. */
export function rows(one: Case, runs: readonly Run[][]): string[] {
  const seconds = runs.map((all) => all.map((run) => run.seconds));
  const show = one.bytes === undefined ? time : rate(one.bytes);
  return one.contenders.map(({ label }, index) => {
    const all = seconds[index] ?? [];
    const used = runs[index] ?? [];
    const ends = [Math.min(...all), Math.max(...all)].map(show);
    // A rate is lowest where the time is highest.
    if (one.bytes !== undefined) ends.reverse();
    return `| ${
      [
        index === 0 ? one.name : "",
        label,
        show(median(all)),
        ends.join(" … "),
        time(median(used.map((run) => run.cpu))),
        `${Math.round(median(used.map((run) => run.rss)) / 1024)} MiB`,
        index === 0
          ? ""
          : `**${pairedRatio(seconds[0] ?? [], all).toFixed(2)}**`,
      ].join(" | ")
    } |`;
  });
}

function time(seconds: number): string {
  if (seconds < 1) return `${(seconds * 1000).toFixed(1)} ms`;
  return `${seconds.toFixed(2)} s`;
}

function rate(bytes: number): (seconds: number) => string {
  return (seconds) => `${Math.round(bytes / 1e6 / seconds)} MB/s`;
}
