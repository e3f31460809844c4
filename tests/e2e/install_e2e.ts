/**
 * What `make install` puts where.
 */
import assert from "node:assert/strict";

const INSTALL = new URL("../../tools/install", import.meta.url).pathname;
const BUILT = new URL("../../dist/kini", import.meta.url).pathname;

async function run(
  command: string,
  ...args: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await new Deno.Command(command, { args })
    .output();
  const decoder = new TextDecoder();
  return {
    code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}

/** A launcher works beside its sources only. */
async function isLauncher(): Promise<boolean> {
  using file = await Deno.open(BUILT);
  const start = new Uint8Array(2);
  await file.read(start);
  return new TextDecoder().decode(start) === "#!";
}

Deno.test("install puts kini and its links below a prefix, again and again", async () => {
  const prefix = await Deno.makeTempDir();
  try {
    const installed = await run(INSTALL, prefix);
    if (await isLauncher()) {
      assert.equal(installed.code, 1);
      assert.match(installed.stderr, /is a launcher for these sources/);
      return;
    }
    assert.equal(installed.code, 0, installed.stderr);
    assert.equal((await run(INSTALL, prefix)).code, 0);
    const { stdout } = await run(`${prefix}/lib/kini/docker`, "--version");
    assert.match(stdout, /^Docker version \S+, build kini-/);
    assert.match((await run(`${prefix}/bin/kini`, "version")).stdout, /^kini /);
    const version = await run(`${prefix}/bin/kini`, "version", "--json");
    assert.match(JSON.parse(version.stdout).commit, /^[0-9a-f]{40}$/);
    assert.equal(
      await Deno.realPath(`${prefix}/lib/kini/kind`),
      await Deno.realPath(`${prefix}/bin/kini`),
    );
    // Links as the other ways to install make them are kini's too.
    await Deno.remove(`${prefix}/lib/kini/docker`);
    await Deno.symlink(`${prefix}/bin/kini`, `${prefix}/lib/kini/docker`);
    const tilde = await new Deno.Command(INSTALL, {
      args: ["~/."],
      env: { HOME: prefix },
    }).output();
    assert.equal(tilde.code, 0, new TextDecoder().decode(tilde.stderr));
    assert.equal(
      await Deno.readLink(`${prefix}/lib/kini/docker`),
      "../../bin/kini",
    );
    // Nothing else, such as a docker beside the user's own programs.
    const names: string[] = [];
    for await (const { name } of Deno.readDir(`${prefix}/bin`)) {
      names.push(name);
    }
    assert.deepEqual(names, ["kini"]);
  } finally {
    await Deno.remove(prefix, { recursive: true });
  }
});

Deno.test("install leaves a docker that is not kini's alone", async () => {
  const prefix = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${prefix}/lib/kini`, { recursive: true });
    await Deno.writeTextFile(`${prefix}/lib/kini/docker`, "the user's");
    const { code, stderr } = await run(INSTALL, prefix);
    assert.equal(code, 1);
    if (!await isLauncher()) assert.match(stderr, /is not kini's/);
    assert.equal(
      await Deno.readTextFile(`${prefix}/lib/kini/docker`),
      "the user's",
    );
  } finally {
    await Deno.remove(prefix, { recursive: true });
  }
});
