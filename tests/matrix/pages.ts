/**
 * The files that the results are kept in and shown by.
 *
 * @module
 */
import { renderPage } from "./page.ts";
import { type Results, summaryTable } from "./table.ts";

/** The results; they are in the repository, as what the pages are made of. */
export const RESULTS = path("tests/matrix/results.json");
export const PAGE = path("docs/compatibility.md");
export const README = path("README.md");

const START = "<!-- tests/matrix/run writes this table -->";
const END = "<!-- as far as here -->";

/** Writes the page, and the README's table. */
export async function writePages(results: Results): Promise<void> {
  await Deno.writeTextFile(PAGE, renderPage(results));
  const readme = await Deno.readTextFile(README);
  await Deno.writeTextFile(README, withSummary(readme, results));
}

/**
 * The README with a table that fits the results.
 *
 * @throws {Error} It has no place for one.
 */
export function withSummary(readme: string, results: Results): string {
  const start = readme.indexOf(START);
  const end = readme.indexOf(END);
  if (start < 0 || end < start) {
    throw new Error(`No "${START}" and "${END}" in the README`);
  }
  const lines = [START, "", ...summaryTable(results), "", ""];
  return readme.slice(0, start) + lines.join("\n") + readme.slice(end);
}

function path(name: string): string {
  return new URL(`../../${name}`, import.meta.url).pathname;
}
