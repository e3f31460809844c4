/**
 * What the documents say, as far as it can be looked up.
 */
import assert from "node:assert/strict";
import { type CommandNode, commandTree } from "../commands/command_tree.ts";
import { docker } from "../commands/docker/docker.ts";
import { environment } from "../commands/environment.ts";
import { kini } from "../commands/kini/kini.ts";

const ROOT = new URL("../", import.meta.url);

/** The documents, by their path. */
async function documents(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const add = async (path: string) =>
    void found.set(path, await Deno.readTextFile(new URL(path, ROOT)));
  await add("README.md");
  await add("CHANGELOG.md");
  await add("tests/README.md");
  for await (const { name } of Deno.readDir(new URL("docs/", ROOT))) {
    await add(`docs/${name}`);
  }
  for await (const { name } of Deno.readDir(new URL("tests/", ROOT))) {
    await add(`tests/${name}/README.md`).catch(() => {});
  }
  assert.ok(found.size > 12);
  return found;
}

Deno.test("documents wrap at 120 columns", async () => {
  for (const [path, text] of await documents()) {
    for (const [at, line] of text.split("\n").entries()) {
      if (line.startsWith("|")) continue;
      assert.ok(line.length <= 120, `${path}:${at + 1}: ${line.length}`);
    }
  }
});

/** The names that headings are linked by. */
function anchors(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) =>
    title.toLowerCase().replace(/[^\w\- ]/g, "").trim().replaceAll(" ", "-")
  );
}

Deno.test("links of documents lead somewhere", async () => {
  for (const [path, text] of await documents()) {
    const links = text.matchAll(/\]\((?!https:)([^)#]*)(?:#([^)]*))?\)/g);
    for (const [whole, file, anchor] of links) {
      const target = new URL(
        file || path.split("/").pop()!,
        new URL(path, ROOT),
      );
      const { isDirectory } = await Deno.stat(target).catch(() => {
        throw new Error(`${path}: ${whole}`);
      });
      if (anchor === undefined || isDirectory) continue;
      const known = anchors(await Deno.readTextFile(target));
      assert.ok(known.includes(anchor), `${path}: ${whole}`);
    }
  }
});

/** What stands between backticks, and the lines that are to be typed. */
function code(text: string): string[] {
  return [
    ...text.matchAll(/`([^`]+)`/g),
    ...text.matchAll(/^ {4}(\S.*?)(?: {2,}.*)?$/gm),
  ].map(([, words = ""]) => words.replace(/\s+/g, " "));
}

Deno.test("documents name variables and targets that there are", async () => {
  const variables = new Set(
    environment.flatMap(({ variables }) =>
      variables.flatMap(({ names }) => names)
    ),
  );
  const makefile = await Deno.readTextFile(new URL("Makefile", ROOT));
  const targets = new Set(
    [...makefile.matchAll(/^([a-z0-9-]+):/gm)].map(([, name]) => name!),
  );
  // Those of the release and of the tests.
  const others =
    /^KINI_(?:RELEASES|LAB_DIR|BIN|KIND_VERSION|MATRIX\w*|BENCH\w*|E2E\w*)$/;
  for (const [path, text] of await documents()) {
    for (const [name] of text.matchAll(/\bKINI_[A-Z_]+\b/g)) {
      assert.ok(variables.has(name) || others.test(name), `${path}: ${name}`);
    }
    for (const words of code(text)) {
      const [, made] = /^make((?: [a-z0-9-]+)+)/.exec(words) ?? [];
      for (const target of made?.trim().split(" ") ?? []) {
        assert.ok(targets.has(target), `${path}: ${words}`);
      }
    }
  }
});

Deno.test("documents name commands and flags that there are", async () => {
  const nodes = new Map<string, CommandNode>(
    [...await commandTree("kini", kini), ...await commandTree("docker", docker)]
      .map((node) => [node.path, node]),
  );
  let seen = 0;
  for (const [path, text] of await documents()) {
    for (const words of code(text)) {
      for (
        const [, call = ""] of words.matchAll(
          /(?:^|[|"(] ?|\b[A-Z_]+=\S+ )(kini (?!kind\b)[a-z].*)/g,
        )
      ) {
        const given = call.replace(/^kini docker\b/, "docker").split(
          /[ ,"|)]+/,
        );
        let node = nodes.get(given[0]!)!;
        for (const word of given.slice(1)) {
          const next = nodes.get(`${node.path} ${word}`);
          if (next) node = next;
          else if (word.startsWith("--")) {
            const [flag] = word.slice(2).split("=");
            assert.ok(
              node.flags.some(({ long }) => long === flag) || flag === "help",
              `${path}: ${words}`,
            );
          } else {
            const isPart = node.words.length > 0 && /^[a-z]/.test(word);
            assert.ok(!isPart, `${path}: ${words}: ${word}`);
          }
        }
        seen++;
      }
    }
  }
  assert.ok(seen > 10, `${seen}`);
});
