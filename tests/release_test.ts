import assert from "node:assert/strict";
import { load } from "js-yaml";
import { VERSION } from "../commands/version.ts";
import { billOfMaterials } from "../tools/bill_of_materials.ts";
import { notesOf } from "../tools/release_notes.ts";

const ROOT = new URL("../", import.meta.url);

function readText(name: string): Promise<string> {
  return Deno.readTextFile(new URL(name, ROOT));
}

interface Step {
  uses?: string;
  run?: string;
}

interface Workflow {
  on: Record<string, unknown>;
  permissions: Record<string, string>;
  jobs: Record<
    string,
    {
      "runs-on": string;
      needs?: string;
      permissions?: Record<string, string>;
      steps: Step[];
    }
  >;
}

async function workflows(): Promise<Map<string, Workflow>> {
  const found = new Map<string, Workflow>();
  for await (
    const { name } of Deno.readDir(new URL(".github/workflows", ROOT))
  ) {
    found.set(
      name,
      load(await readText(`.github/workflows/${name}`)) as Workflow,
    );
  }
  return found;
}

Deno.test("workflows pin what they use and run what there is", async (t) => {
  const makefile = await readText("Makefile");
  const targets = new Set(
    [...makefile.matchAll(/^([a-z0-9-]+):/gm)].map(([, name]) => name),
  );
  const all = await workflows();
  assert.deepEqual([...all.keys()].sort(), ["ci.yml", "release.yml"]);
  for (const [name, { permissions, jobs }] of all) {
    await t.step(name, async () => {
      // What a job may do beyond reading, it says itself.
      assert.deepEqual(permissions, { contents: "read" });
      for (const job of Object.values(jobs)) {
        assert.match(job["runs-on"], /^ubuntu-\d\d\.\d\d$/);
        for (const { uses, run, ...rest } of job.steps) {
          assert.ok(uses || run, JSON.stringify(rest));
          if (uses) {
            assert.match(uses, /^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
          }
          for (const [, made = ""] of (run ?? "").matchAll(/^make (.*)$/gm)) {
            for (const target of made.split(" ")) {
              assert.ok(targets.has(target), `make ${target}`);
            }
          }
          for (const [script] of (run ?? "").matchAll(/\btools\/[\w.-]+/g)) {
            await Deno.stat(new URL(script, ROOT));
          }
        }
      }
    });
  }
});

Deno.test("a release is made of tags alone, and proves where it comes from", async () => {
  const { on, jobs } = (await workflows()).get("release.yml")!;
  assert.deepEqual(on, { push: { tags: ["v*"] } });
  const { build, publish } = jobs;
  // What runs the code of others may not write, nor sign.
  assert.equal(build?.permissions, undefined);
  assert.equal(publish?.needs, "build");
  assert.deepEqual(publish?.permissions, {
    contents: "write",
    "id-token": "write",
    attestations: "write",
  });
  for (
    const [{ steps }, patterns] of [
      [build!, [
        /checkout@/,
        /make check unit/,
        /release_notes/,
        /make release/,
        /upload-artifact@/,
      ]],
      [publish!, [
        /download-artifact@/,
        /sha256sum --check/,
        /attest-build-provenance@/,
        /gh release create/,
      ]],
    ] as const
  ) {
    const order = patterns.map((pattern) =>
      steps.findIndex(({ uses, run }) => pattern.test(uses ?? run ?? ""))
    );
    assert.ok(!order.includes(-1), `${order}`);
    assert.deepEqual(order, [...order].sort((a, b) => a - b));
  }
});

Deno.test("one version", async () => {
  assert.equal(JSON.parse(await readText("deno.json")).version, VERSION);
});

Deno.test("notesOf() is the section of the version", () => {
  const changelog =
    "# Changelog\n\n## Unreleased\n\n## 1.2.0 (2026-01-02)\n\n- a\n- b\n\n## 1.1.0\n\n- c\n";
  assert.equal(notesOf(changelog, "1.2.0"), "- a\n- b\n");
  assert.equal(notesOf(changelog, "1.1.0"), "- c\n");
  for (const version of ["1.2", "Unreleased", "2.0.0"]) {
    assert.throws(() => notesOf(changelog, version), /has no section/);
  }
});

Deno.test("billOfMaterials() lists the runtime and every package, with its sum", async () => {
  const { components, dependencies } = await billOfMaterials() as {
    components: {
      name: string;
      version: string;
      hashes?: { alg: string; content: string }[];
    }[];
    dependencies: { ref: string; dependsOn: string[] }[];
  };
  const imports = JSON.parse(await readText("deno.json")).imports as Record<
    string,
    string
  >;
  for (const specifier of Object.values(imports)) {
    const [, name, version] = /^npm:(.+)@(.+)$/.exec(specifier)!;
    const found = components.find((one) => one.name === name);
    assert.equal(found?.version, version);
    assert.equal(found?.hashes?.[0]?.alg, "SHA-512");
    assert.match(found!.hashes![0]!.content, /^[0-9a-f]{128}$/);
  }
  const deno = JSON.parse(await readText("package.json")).devDependencies.deno;
  assert.equal(components.find(({ name }) => name === "deno")?.version, deno);
  const other = await billOfMaterials("9.8.7") as { components: unknown[] };
  assert.match(JSON.stringify(other.components[0]), /deno@v9\.8\.7/);
  const known = new Set(dependencies.map(({ ref }) => ref));
  for (const { dependsOn } of dependencies) {
    for (const ref of dependsOn) {
      assert.ok(known.has(ref) || /deno/.test(ref), ref);
    }
  }
});
