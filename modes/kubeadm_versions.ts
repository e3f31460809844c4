/**
 * Kubernetes versions that are near another one.
 *
 * @module
 */

type Numbers = readonly [major: number, minor: number, patch: number];

/**
 * Those of `versions` that are nearest to `wanted`, the nearest first: of the
 * same minor version by patch, then by minor version, the newer before the
 * older. What is no version is left out.
 */
export function nearestVersions(
  wanted: string,
  versions: Iterable<string>,
  count = 3,
): string[] {
  const [major, minor, patch] = numbersOf(wanted) ?? [0, 0, 0];
  const distance = (numbers: Numbers): Numbers => [
    Math.abs(numbers[0] - major),
    Math.abs(numbers[1] - minor),
    numbers[1] === minor ? Math.abs(numbers[2] - patch) : 0,
  ];
  return [...new Set(versions)]
    .map((version) => ({ version, numbers: numbersOf(version) }))
    .filter((one): one is { version: string; numbers: Numbers } =>
      one.numbers !== undefined
    )
    .sort((a, b) =>
      compare(distance(a.numbers), distance(b.numbers)) ||
      compare(b.numbers, a.numbers)
    )
    .slice(0, count)
    .map(({ version }) => version);
}

function numbersOf(version: string): Numbers | undefined {
  const match = /^v(\d+)\.(\d+)\.(\d+)/.exec(version);
  return match
    ? [Number(match[1]), Number(match[2]), Number(match[3])]
    : undefined;
}

function compare(a: Numbers, b: Numbers): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}
