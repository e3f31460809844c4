import assert from "node:assert/strict";
import {
  environment,
  environmentDocument,
  formatEnvironment,
} from "./environment.ts";

const ROOT = new URL("../", import.meta.url);

Deno.test("environmentDocument() is docs/environment.md", async () => {
  const path = new URL("docs/environment.md", ROOT);
  if (Deno.env.get("UPDATE_GOLDENS")) {
    await Deno.writeTextFile(path, environmentDocument());
  }
  assert.equal(await Deno.readTextFile(path), environmentDocument());
});

Deno.test("formatEnvironment() fits 80 columns", () => {
  for (const line of formatEnvironment().split("\n")) {
    assert.ok(line.length < 80, line);
  }
});

async function* sources(folder: URL): AsyncGenerator<URL> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* sources(new URL(`${name}/`, folder));
    else if (/(?<!_test)\.ts$/.test(name)) yield new URL(name, folder);
  }
}

/** Those that everybody knows, that kini only hands on, or that it sets for itself. */
const UNSAID =
  /^(?:HOME|PATH|SHELL|TERM|USER|XDG_\w+|KINI_LAUNCHER|KINI_KIND_CALLERS|[A-Z]+_PROXY|KIND_EXPERIMENTAL_PROVIDER)$/;

Deno.test("the environment table has every variable that the sources read", async () => {
  const known = new Set(
    environment.flatMap(({ variables }) =>
      variables.flatMap(({ names }) => names)
    ),
  );
  const read = new Set<string>();
  for (const folder of ["commands/", "modes/", "images/", "incus/"]) {
    for await (const file of sources(new URL(folder, ROOT))) {
      const text = await Deno.readTextFile(file);
      for (
        const [, first, second] of text.matchAll(
          /\benv(?:\.get)?\(\s*"([A-Z][A-Z_]+)"|"((?:KINI|INCUS|LXD)_[A-Z_]+)"/g,
        )
      ) {
        const name = first ?? second;
        if (name) read.add(name);
      }
    }
  }
  assert.deepEqual(
    [...read].filter((name) => !known.has(name) && !UNSAID.test(name)),
    [],
  );
});
