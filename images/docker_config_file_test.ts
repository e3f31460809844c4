import assert from "node:assert/strict";
import { forgetCredentials, keepCredentials } from "./docker_config_file.ts";

const ME = { username: "me", password: "p:ä" };

async function withFolder(test: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("keepCredentials() keeps the rest of the file, and a link to it", () =>
  withFolder(async (folder) => {
    const path = `${folder}/config.json`;
    const real = `${folder}/real.json`;
    const other = { detachKeys: "ctrl-a", auths: { "a.example": {} } };
    await Deno.writeTextFile(real, JSON.stringify(other), { mode: 0o644 });
    await Deno.symlink(real, path);
    assert.deepEqual(await keepCredentials(path, "docker.io", ME), {
      inFile: true,
    });
    assert.equal((await Deno.lstat(path)).isSymlink, true);
    assert.equal((await Deno.stat(real)).mode! & 0o777, 0o600);
    const auth = new TextEncoder().encode("me:p:ä").toBase64();
    assert.deepEqual(JSON.parse(await Deno.readTextFile(real)), {
      ...other,
      auths: { "a.example": {}, "https://index.docker.io/v1/": { auth } },
    });
    await forgetCredentials(path, "docker.io");
    assert.deepEqual(JSON.parse(await Deno.readTextFile(real)), other);
    const names = [];
    for await (const { name } of Deno.readDir(folder)) names.push(name);
    assert.deepEqual(names.sort(), ["config.json", "real.json"]);
  }));

Deno.test("keepCredentials() hands them to the helper, and writes none", () =>
  withFolder(async (folder) => {
    const path = `${folder}/new/config.json`;
    await Deno.mkdir(`${folder}/new`);
    await Deno.writeTextFile(path, '{"credHelpers":{"a.example":"h"}}');
    const calls: string[][] = [];
    const run = (program: string, action: string, input: string) => {
      calls.push([program, action, input]);
      return Promise.resolve({
        success: true,
        status: "exit status 0",
        stdout: "",
      });
    };
    assert.deepEqual(await keepCredentials(path, "a.example", ME, run), {
      inFile: false,
    });
    assert.deepEqual(JSON.parse(await Deno.readTextFile(path)), {
      credHelpers: { "a.example": "h" },
      auths: { "a.example": {} },
    });
    await forgetCredentials(path, "a.example", run);
    assert.deepEqual(calls.map(([, action]) => action), ["store", "erase"]);
    assert.deepEqual(JSON.parse(calls[0]![2]!), {
      ServerURL: "a.example",
      Username: "me",
      Secret: "p:ä",
    });
    assert.equal(calls[1]![2], "a.example");
  }));

Deno.test("keepCredentials() changes no file that it can't read", () =>
  withFolder(async (folder) => {
    const path = `${folder}/config.json`;
    await Deno.writeTextFile(path, '{"auths":');
    await assert.rejects(keepCredentials(path, "a.example", ME), {
      message: `Cannot read "${path}": not JSON`,
    });
    assert.equal(await Deno.readTextFile(path), '{"auths":');
  }));
