/**
 * Which module imports which: the layers of the tree, and what a start loads.
 */
import assert from "node:assert/strict";

type Kind = "value" | "type" | "lazy";

interface Import {
  /** A path of this tree, or the name of a module from elsewhere. */
  to: string;
  kind: Kind;
}

const ROOT = new URL("../", import.meta.url);

/** What each folder may import besides itself. */
const BELOW: Record<string, readonly string[]> = {
  "main.ts": ["commands"],
  commands: ["modes", "incus", "images", "docker"],
  modes: ["incus", "images", "docker", "fixtures"],
  images: ["docker"],
  incus: [],
  docker: [],
};

const IMPORT =
  /^(?:import|export)\s+(type\s)?(?:[^;"']*?\sfrom\s+)?"([^"]+)"|\bimport\(\s*"([^"]+)"/gm;

async function* sourcesIn(folder: string): AsyncGenerator<string> {
  for await (
    const { name, isDirectory } of Deno.readDir(new URL(folder, ROOT))
  ) {
    const path = `${folder}${name}`;
    if (isDirectory) yield* sourcesIn(`${path}/`);
    else if (/\.ts$/.test(name) && !/_test\.ts$/.test(name)) yield path;
  }
}

async function readImports(): Promise<Map<string, Import[]>> {
  const graph = new Map<string, Import[]>();
  const files = ["main.ts"];
  for (const folder of Object.keys(BELOW)) {
    if (folder === "main.ts") continue;
    for await (const path of sourcesIn(`${folder}/`)) files.push(path);
  }
  for (const file of files.sort()) {
    const text = await Deno.readTextFile(new URL(file, ROOT));
    const imports = [...text.matchAll(IMPORT)].map(
      ([, type, specifier, lazy = ""]): Import => ({
        to: pathOf(file, specifier ?? lazy),
        kind: lazy ? "lazy" : type ? "type" : "value",
      }),
    );
    graph.set(file, imports);
  }
  return graph;
}

function pathOf(file: string, specifier: string): string {
  if (!specifier.startsWith(".")) return specifier;
  return new URL(specifier, `file:///${file}`).pathname.slice(1);
}

const graph = await readImports();

/** The modules that are loaded with these, and from elsewhere those at the end. */
function loadedWith(...entries: string[]): Set<string> {
  const loaded = new Set<string>();
  const load = (path: string) => {
    if (loaded.has(path)) return;
    loaded.add(path);
    for (const { to, kind } of graph.get(path) ?? []) {
      if (kind === "value") load(to);
    }
  };
  for (const entry of entries) {
    assert.ok(graph.has(entry), `${entry} is gone: name what has its place`);
    load(entry);
  }
  return loaded;
}

/** What these load from outside of this tree. */
function foreign(...entries: string[]): string[] {
  return [...loadedWith(...entries)].filter((path) =>
    !graph.has(path) && !path.startsWith("fixtures/")
  );
}

Deno.test("imports go one way", () => {
  const wrong: string[] = [];
  for (const [file, imports] of graph) {
    const own = file.split("/")[0]!;
    for (const { to } of imports) {
      if (!to.includes("/") || to.startsWith("node:")) continue;
      const other = to.split("/")[0]!;
      if (other === own || BELOW[own]!.includes(other)) continue;
      wrong.push(`${file} imports ${to}`);
    }
  }
  assert.deepEqual(wrong, []);
});

Deno.test("no module loads itself by way of others", () => {
  const circles: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, way: readonly string[]) => {
    if (way.includes(path)) {
      circles.push([...way.slice(way.indexOf(path)), path].join(" → "));
    }
    if (done.has(path)) return;
    done.add(path);
    for (const { to, kind } of graph.get(path) ?? []) {
      if (kind === "value") visit(to, [...way, path]);
    }
  };
  for (const path of graph.keys()) visit(path, []);
  assert.deepEqual(circles, []);
});

Deno.test("docker ps starts without modules of Node.js or npm", () => {
  const way = [
    "main.ts",
    "commands/docker/docker.ts",
    "commands/docker/ps.ts",
    "incus/client.ts",
    "incus/remote.ts",
  ];
  assert.deepEqual(foreign(...way), []);
});

Deno.test("only docker's commands for archives load modules of Node.js or npm at once", () => {
  const heavy = [...graph.keys()].filter((path) =>
    /^commands\/docker\/\w+\.ts$/.test(path) && foreign(path).length > 0
  );
  assert.deepEqual(heavy, [
    "commands/docker/cp.ts",
    "commands/docker/import_local.ts",
    "commands/docker/load.ts",
  ]);
});
