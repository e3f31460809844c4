import assert from "node:assert/strict";
import { COMMANDS } from "./commands.ts";
import { renderPage } from "./page.ts";
import { PAGE, README, RESULTS, withSummary } from "./pages.ts";
import { readResults } from "./result.ts";

const AGAIN = "it is made anew by: tests/matrix/run --render";

Deno.test("docs/compatibility.md is made of the results", async () => {
  const page = await Deno.readTextFile(PAGE);
  assert.equal(page, renderPage(await readResults(RESULTS)), AGAIN);
});

Deno.test("the README's table is made of the results", async () => {
  const readme = await Deno.readTextFile(README);
  assert.equal(readme, withSummary(readme, await readResults(RESULTS)), AGAIN);
});

Deno.test("the tests that show a command are there", async () => {
  for (const [file, name] of COMMANDS.flatMap(({ tests }) => tests ?? [])) {
    const source = await Deno.readTextFile(
      new URL(`../e2e/${file}`, import.meta.url),
    );
    assert.ok(source.includes(`Deno.test("${name}"`), `${file}: ${name}`);
  }
});
