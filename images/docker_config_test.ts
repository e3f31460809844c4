import assert from "node:assert/strict";
import { dockerCredentials } from "./docker_config.ts";

function sourceOf(
  files: Record<string, string>,
  env: Record<string, string> = { HOME: "/home/me" },
) {
  const reads: string[] = [];
  const source = dockerCredentials({
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

Deno.test("dockerCredentials() finds a registry under each form of its key", async () => {
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

Deno.test("dockerCredentials() prefers the plain name", async () => {
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

Deno.test("dockerCredentials() follows DOCKER_CONFIG, and reads once", async () => {
  const { source, reads } = sourceOf(
    { "/cfg/config.json": configOf({ localhost: "a:b" }) },
    { HOME: "/home/me", DOCKER_CONFIG: "/cfg" },
  );
  await source("localhost");
  await source("docker.io");
  assert.deepEqual(reads, ["/cfg/config.json"]);
});

Deno.test("dockerCredentials() knows nothing without a file or an entry", async () => {
  const path = "/home/me/.docker/config.json";
  const sources = [
    sourceOf({}),
    sourceOf({}, {}),
    sourceOf({ [path]: "{}" }),
    sourceOf({ [path]: '{"auths":{"localhost":{}},"credsStore":"x"}' }),
    sourceOf({ [path]: '{"auths":{"localhost":null}}' }),
    sourceOf({ [path]: '{"auths":null}' }),
  ];
  for (const { source } of sources) {
    assert.equal(await source("localhost"), undefined);
  }
});

Deno.test("dockerCredentials() names a broken file and quotes no secret", async () => {
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
