/**
 * Lines that were expected against lines that came.
 *
 * @module
 */

/**
 * The difference as text: `-` for lines that are missing, `+` for lines too
 * many, in the order of both; `undefined` when there is none. In an expected
 * line `*` stands for anything.
 */
export function describeDifference(
  expected: readonly string[],
  actual: readonly string[],
): string | undefined {
  const common = longestCommon(expected, actual);
  const lines: string[] = [];
  let i = 0;
  let j = 0;
  let same = true;
  while (i < expected.length || j < actual.length) {
    if (
      i < expected.length && j < actual.length &&
      fits(expected[i]!, actual[j]!)
    ) {
      lines.push(`  ${actual[j]}`);
      i++;
      j++;
    } else if (
      j >= actual.length ||
      (i < expected.length && common(i + 1, j) >= common(i, j + 1))
    ) {
      lines.push(`- ${expected[i++]}`);
      same = false;
    } else {
      lines.push(`+ ${actual[j++]}`);
      same = false;
    }
  }
  return same ? undefined : lines.join("\n");
}

function fits(expected: string, actual: string): boolean {
  if (!expected.includes("*")) return expected === actual;
  const source = expected.split("*").map((part) =>
    part.replace(/[.+?^${}()|[\]\\]/g, "\\$&")
  ).join(".*");
  return new RegExp(`^${source}$`).test(actual);
}

/** Length of the longest common sequence from (i, j) to both ends. */
function longestCommon(
  expected: readonly string[],
  actual: readonly string[],
): (i: number, j: number) => number {
  const width = actual.length + 1;
  const table = new Uint32Array((expected.length + 1) * width);
  for (let i = expected.length - 1; i >= 0; i--) {
    for (let j = actual.length - 1; j >= 0; j--) {
      table[i * width + j] = fits(expected[i]!, actual[j]!)
        ? table[(i + 1) * width + j + 1]! + 1
        : Math.max(table[(i + 1) * width + j]!, table[i * width + j + 1]!);
    }
  }
  return (i, j) => table[i * width + j] ?? 0;
}
