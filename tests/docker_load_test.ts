import assert from "node:assert/strict";
import {
  hex,
  newLayout,
  oldLayout,
  tar,
  testImage,
} from "../images/archive_test_data.ts";
import { runKini, startKini } from "./harness.ts";

const one = testImage(["one"]);
const two = testImage(["two"]);

async function withFolder(
  run: (folder: string, env: { KINI_CACHE: string }) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(folder, { KINI_CACHE: `${folder}/cache` });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("docker load reads a file, and asks no server", () =>
  withFolder(async (folder, env) => {
    const path = `${folder}/images.tar`;
    await Deno.writeFile(path, tar(newLayout(one, ["one:1", "uno:1"])));
    for (const argv of [["load", "-i", path], ["image", "load", "-qi", path]]) {
      assert.deepEqual(await runKini(["docker", ...argv], { env }), {
        stdout: "Loaded image: one:1\nLoaded image: uno:1\n",
        stdoutBytes: new TextEncoder().encode(
          "Loaded image: one:1\nLoaded image: uno:1\n",
        ),
        stderr: "",
        code: 0,
      });
    }
    const { stdout, code } = await runKini(["kini", "images", "verify"], {
      env,
    });
    assert.match(stdout, /: 2 names, 3 blobs of \d[\d.]*k?B, all right\.\n$/);
    assert.equal(code, 0);
  }));

Deno.test("docker load reads stdin, and tells whose name it takes", () =>
  withFolder(async (_, env) => {
    const load = (archive: Uint8Array) =>
      runKini(["docker", "load"], { env, stdin: archive });
    assert.equal(
      (await load(tar(oldLayout(one, null)))).stdout,
      `Loaded image ID: ${one.id}\n`,
    );
    await load(tar(oldLayout(one, ["one:1"])));
    assert.equal(
      (await load(tar(oldLayout(two, ["one:1"])))).stdout,
      `The image one:1 already exists, renaming the old one with ID ${one.id} to empty string\n` +
        "Loaded image: one:1\n",
    );
  }));

Deno.test("docker load fails with docker's texts", () =>
  withFolder(async (folder, env) => {
    const archive = tar(oldLayout(one, ["one:1"]));
    await Deno.writeFile(`${folder}/short`, archive.subarray(0, 2000));
    const cases: { argv: string[]; stderr: RegExp; code: number }[] = [
      {
        argv: ["-i", `${folder}/none`],
        stderr: /^open .*\/none: no such file or directory\n$/,
        code: 1,
      },
      { argv: ["-i", folder], stderr: /^read .*: is a directory\n$/, code: 1 },
      {
        argv: ["-i", `${folder}/short`],
        stderr: /^unexpected EOF\n$/,
        code: 1,
      },
      {
        argv: ["--platform=x"],
        stderr: /^unknown flag: --platform/,
        code: 125,
      },
      { argv: ["x"], stderr: /"docker load" accepts no arguments/, code: 1 },
    ];
    for (const { argv, stderr, code } of cases) {
      const result = await runKini(["docker", "load", ...argv], { env });
      assert.match(result.stderr, stderr);
      assert.equal(result.stdout, "");
      assert.equal(result.code, code);
    }
    const terminal = await runKini(["docker", "load"], { env, terminal: true });
    assert.equal(
      terminal.stderr.trim(),
      "requested load from stdin, but stdin is empty",
    );
    const off = await runKini(["docker", "load", "-i", `${folder}/short`], {
      env: { KINI_CACHE: "no" },
    });
    assert.match(off.stderr, /KINI_CACHE/);
    assert.equal(off.code, 1);
  }));

Deno.test("docker load leaves nothing when it is interrupted", () =>
  withFolder(async (folder, env) => {
    const archive = tar(oldLayout(one, ["one:1"]));
    const begun = Promise.withResolvers<void>();
    let given = false;
    const stdin = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (given) return begun.resolve();
        given = true;
        controller.enqueue(archive.subarray(0, 2048));
      },
    });
    const running = startKini(["docker", "load"], { env, stdin });
    await begun.promise;
    running.signal("SIGINT");
    assert.equal((await running.done).code, 130);
    const left = [];
    for await (
      const { name } of Deno.readDir(`${folder}/cache/images/ingest`)
    ) {
      left.push(name);
    }
    assert.deepEqual(left, []);
  }));

Deno.test("kini images verify names what is wrong", () =>
  withFolder(async (folder, env) => {
    const verify = () => runKini(["kini", "images", "verify"], { env });
    assert.equal(
      (await verify()).stdout,
      "No images are stored on this machine.\n",
    );
    await runKini(["docker", "load"], {
      env,
      stdin: tar(oldLayout(one, ["one:1"])),
    });
    const blobs = `${folder}/cache/images/blobs/sha256`;
    await Deno.writeTextFile(`${blobs}/${hex(one.id)}`, "x");
    await Deno.remove(`${blobs}/${hex(one.diffIds[0]!)}`);
    await Deno.writeTextFile(`${blobs}/notes.txt`, "x");
    const { stderr, stdout, code } = await verify();
    assert.equal(stdout, "");
    assert.equal(code, 1);
    for (
      const want of [
        `Blob ${one.id} is damaged; remove "${blobs}/${
          hex(one.id)
        }", and load or pull its image again\n`,
        `one:1: blob ${one.diffIds[0]} is missing\n`,
        `"${blobs}/notes.txt" is no blob; remove it\n`,
      ]
    ) assert(stderr.includes(want), `${want} in ${stderr}`);
  }));
