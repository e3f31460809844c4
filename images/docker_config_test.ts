import assert from "node:assert/strict";
import { userCredentials } from "./docker_config.ts";

function sourceOf(
  files: Record<string, string>,
  env: Record<string, string> = { HOME: "/home/me" },
) {
  const reads: string[] = [];
  const source = userCredentials({
    env: (name) => env[name],
    readTextFile: (path) => {
      reads.push(path);
      const text = files[path];
      return text === undefined
        ? Promise.reject(new Deno.errors.NotFound(path))
        : Promise.resolve(text);
    },
  });
  return { source, reads };
}

function configOf(auths: Record<string, string>): string {
  return JSON.stringify({
    auths: Object.fromEntries(
      Object.entries(auths).map(([key, text]) => [key, { auth: btoa(text) }]),
    ),
  });
}

Deno.test("userCredentials() finds a registry under each form of its key", async () => {
  const tests = [
    { key: "localhost:5000", registry: "localhost:5000" },
    { key: "https://localhost:5000", registry: "localhost:5000" },
    { key: "http://localhost:5000/v2/", registry: "localhost:5000" },
    { key: "docker.io", registry: "docker.io" },
    { key: "https://registry-1.docker.io/v1/", registry: "docker.io" },
  ];
  for (const { key, registry } of tests) {
    const { source } = sourceOf({
      "/home/me/.docker/config.json": configOf({ [key]: "me:p:w" }),
    });
    assert.deepEqual(
      await source(registry),
      { username: "me", password: "p:w" },
      key,
    );
    assert.equal(await source("localhost"), undefined);
  }
});

Deno.test("userCredentials() prefers the plain name", async () => {
  for (const other of ["https://localhost/v1/", "http://localhost"]) {
    for (const keys of [["localhost", other], [other, "localhost"]]) {
      const { source } = sourceOf({
        "/home/me/.docker/config.json": configOf(
          Object.fromEntries(keys.map((key) => [key, `${key.length}:x`])),
        ),
      });
      assert.equal((await source("localhost"))?.username, "9");
    }
  }
});

Deno.test("userCredentials() follows DOCKER_CONFIG, and reads once", async () => {
  const { source, reads } = sourceOf(
    { "/cfg/config.json": configOf({ localhost: "a:b" }) },
    { HOME: "/home/me", DOCKER_CONFIG: "/cfg" },
  );
  await source("localhost");
  await source("docker.io");
  assert.deepEqual(reads, [
    "/cfg/config.json",
    "/home/me/.config/containers/auth.json",
  ]);
});

Deno.test("userCredentials() knows nothing without a file or an entry", async () => {
  const path = "/home/me/.docker/config.json";
  const sources = [
    sourceOf({}),
    sourceOf({}, {}),
    sourceOf({ [path]: "{}" }),
    sourceOf({ [path]: '{"auths":{"localhost":{}}}' }),
    sourceOf({ [path]: "" }),
    sourceOf({ [path]: '{"auths":{"localhost":null}}' }),
    sourceOf({ [path]: '{"auths":null}' }),
  ];
  for (const { source } of sources) {
    assert.equal(await source("localhost"), undefined);
  }
});

Deno.test("userCredentials() names a broken file and quotes no secret", async () => {
  const path = "/home/me/.docker/config.json";
  const bad = [
    '{"auths":{"localhost":{"auth":"c2VjcmV0"',
    '{"auths":{"localhost":{"auth":"c2VjcmV0"}}}',
    '{"auths":{"localhost":{"auth":"%c2VjcmV0"}}}',
  ];
  for (const text of bad) {
    const { source } = sourceOf({ [path]: text });
    await assert.rejects(source("localhost"), (error) => {
      assert(error instanceof SyntaxError);
      assert.match(error.message, /"\/home\/me\/\.docker\/config\.json"/);
      assert.doesNotMatch(Deno.inspect(error), /c2VjcmV0|secret/);
      return true;
    });
  }
});

Deno.test("userCredentials() asks the helper that docker's file names", async () => {
  const calls: string[][] = [];
  const config = {
    auths: { "other.example": { auth: btoa("not:asked") } },
    credHelpers: { "one.example": "one" },
    credsStore: "all",
  };
  const source = userCredentials({
    env: (name) => name === "HOME" ? "/home/me" : undefined,
    readTextFile: (path) =>
      path === "/home/me/.docker/config.json"
        ? Promise.resolve(JSON.stringify(config))
        : Promise.reject(new Deno.errors.NotFound()),
    runProgram: (program, action, input) => {
      calls.push([program, action, input]);
      const answer = { ServerURL: input, Username: "me", Secret: program };
      const token = { ...answer, Username: "<token>" };
      const known = input !== "other.example";
      return Promise.resolve({
        success: known,
        status: known ? "exit status 0" : "exit status 1",
        stdout: known
          ? JSON.stringify(input.startsWith("https") ? token : answer)
          : "credentials not found in native keychain\n",
      });
    },
  });
  assert.deepEqual(await source("one.example"), {
    username: "me",
    password: "docker-credential-one",
  });
  assert.deepEqual(await source("docker.io"), {
    username: "",
    password: "",
    identityToken: "docker-credential-all",
  });
  assert.equal(await source("other.example"), undefined);
  assert.deepEqual(calls, [
    ["docker-credential-one", "get", "one.example"],
    ["docker-credential-all", "get", "https://index.docker.io/v1/"],
    ["docker-credential-all", "get", "other.example"],
  ]);
});

Deno.test("userCredentials() says what a helper said, and no secret", async () => {
  const run = (result: { success: boolean; stdout: string }) =>
    userCredentials({
      env: () => "/x",
      readTextFile: () => Promise.resolve('{"credsStore":"h"}'),
      runProgram: () => Promise.resolve({ status: "exit status 2", ...result }),
    })("a.example");
  await assert.rejects(run({ success: false, stdout: "locked\n" }), {
    message: "error getting credentials - err: exit status 2, out: `locked`",
  });
  for (const stdout of ["secret", '{"Secret":"secret"}', "null"]) {
    await assert.rejects(run({ success: true, stdout }), (error) => {
      assert(error instanceof SyntaxError);
      assert.match(error.message, /^error getting credentials - docker-cred/);
      assert.doesNotMatch(Deno.inspect(error), /"secret|secret"/);
      return true;
    });
  }
  const missing = userCredentials({
    env: () => "/x",
    readTextFile: () => Promise.resolve('{"credsStore":"h"}'),
    runProgram: () => Promise.reject(new Deno.errors.NotFound()),
  });
  await assert.rejects(missing("a.example"), {
    message: 'error getting credentials - err: exec: "docker-credential-h": ' +
      "executable file not found in $PATH, out: ``",
  });
  const odd = userCredentials({
    env: () => "/x",
    readTextFile: () => Promise.resolve('{"credsStore":"../x"}'),
    runProgram: () => assert.fail("was run"),
  });
  await assert.rejects(odd("a.example"), /is no helper's name/);
});

Deno.test("userCredentials() finds the nearest entry of an auth.json after docker's", async () => {
  const files = {
    "/home/me/.docker/config.json": configOf({ "docker.example": "d:1" }),
    "/run/me/containers/auth.json": configOf({
      "quay.example": "q:1",
      "quay.example/team": "q:2",
      "quay.example/team/app": "q:3",
      "docker.example": "d:2",
    }),
    "/home/me/.config/containers/auth.json": configOf({
      "late.example": "l:1",
    }),
    "/named.json": configOf({ "quay.example": "n:1" }),
  };
  const env = { HOME: "/home/me", XDG_RUNTIME_DIR: "/run/me" };
  const { source } = sourceOf(files, env);
  const tests = [
    { registry: "docker.example", repository: "a", want: "1" },
    { registry: "quay.example", repository: "a", want: "1" },
    { registry: "quay.example", repository: "team/b", want: "2" },
    { registry: "quay.example", repository: "team/app", want: "3" },
    { registry: "late.example", repository: "a/b", want: "1" },
    { registry: "none.example", repository: "a/b", want: undefined },
  ];
  for (const { registry, repository, want } of tests) {
    assert.equal((await source(registry, repository))?.password, want);
  }
  const named = sourceOf(files, { ...env, REGISTRY_AUTH_FILE: "/named.json" });
  assert.equal((await named.source("quay.example", "team/app"))?.username, "n");
  assert.equal(await named.source("late.example", "a"), undefined);
});
