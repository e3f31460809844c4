import assert from "node:assert/strict";
import { parseRegistriesConf } from "./registries_conf.ts";
import { endpointsFor } from "./registry_settings.ts";
import { readRegistryRules } from "./registry_settings_files.ts";

const CONF = `
unqualified-search-registries = ["docker.io"]

[[registry]]
location = "docker.io"
[[registry.mirror]]
location = "mirror.example:5000/hub"
insecure = true
[[registry.mirror]]
location = "tags.example"
pull-from-mirror = "tag-only"
[[registry.mirror]]
location = "digests.example"
pull-from-mirror = "digest-only"

[[registry]]
location = "docker.io/library"

[[registry]]
prefix = "old.example/team"
location = "new.example/org"

[[registry]]
prefix = "*.lan.example"
insecure = true

[[registry]]
location = "bad.example"
blocked = true
`;

Deno.test("endpointsFor() follows the longest prefix, and mirrors come first", () => {
  const rules = parseRegistriesConf(CONF);
  const tests = [
    {
      name: { registry: "docker.io", repository: "kindest/node" },
      want: [
        "mirror.example:5000 hub/kindest/node insecure mirror",
        "tags.example kindest/node mirror",
        "docker.io kindest/node",
      ],
    },
    {
      name: {
        registry: "docker.io",
        repository: "kindest/node",
        digest: "sha256:x",
      },
      want: [
        "mirror.example:5000 hub/kindest/node insecure mirror",
        "digests.example kindest/node mirror",
        "docker.io kindest/node",
      ],
    },
    {
      name: { registry: "docker.io", repository: "library/busybox" },
      want: ["docker.io library/busybox"],
    },
    {
      name: { registry: "old.example", repository: "team/a/b" },
      want: ["new.example org/a/b"],
    },
    {
      name: { registry: "old.example", repository: "teams/a" },
      want: ["old.example teams/a"],
    },
    {
      name: { registry: "r.lan.example:5000", repository: "a" },
      want: ["r.lan.example:5000 a insecure"],
    },
    {
      name: { registry: "lan.example", repository: "a" },
      want: ["lan.example a"],
    },
  ];
  for (const { name, want } of tests) {
    const found = endpointsFor(rules, name).map((one) =>
      [
        one.registry,
        one.repository,
        ...(one.insecure ? ["insecure"] : []),
        ...(one.mirror ? ["mirror"] : []),
      ].join(" ")
    );
    assert.deepEqual(found, want);
  }
  assert.deepEqual(
    endpointsFor(
      rules,
      { registry: "docker.io", repository: "a/b" },
      { push: true },
    ).map(({ registry }) => registry),
    ["docker.io"],
  );
  assert.throws(
    () => endpointsFor(rules, { registry: "bad.example", repository: "a" }),
    { message: "registry bad.example is blocked by your registries.conf" },
  );
});

/** Reads with files that are not there but in this object. */
function read(files: Record<string, string>, env: Record<string, string> = {}) {
  return readRegistryRules({
    env: (name) => ({ HOME: "/home/me", ...env })[name],
    readTextFile: (path) =>
      files[path] === undefined
        ? Promise.reject(new Deno.errors.NotFound(path))
        : Promise.resolve(files[path]),
    listFolder: (folder) =>
      Promise.resolve(
        Object.keys(files).filter((path) => path.startsWith(`${folder}/`))
          .map((path) => path.slice(folder.length + 1)),
      ),
  });
}

Deno.test("readRegistryRules() finds the user's file, or the system's with further ones", async () => {
  const entry = (location: string, insecure = false) =>
    `[[registry]]\nlocation = "${location}"\ninsecure = ${insecure}\n`;
  const own = "/home/me/.config/containers/registries.conf";
  const system = "/etc/containers/registries.conf";
  const files = {
    [system]: entry("a") + entry("b"),
    [`${system}.d/2.conf`]: entry("b", true),
    [`${system}.d/1.conf`]: entry("c"),
    [`${system}.d/README`]: "[",
    [`${own}.d/1.conf`]: entry("c", true),
  };
  const summary = async (...args: Parameters<typeof read>) =>
    (await read(...args)).map(({ prefix, insecure }) =>
      prefix + (insecure ? "!" : "")
    ).join(" ");
  assert.equal(await summary({}), "");
  assert.equal(await summary({ [system]: "# nothing\n" }), "");
  assert.equal(await summary(files), "a b! c!");
  assert.equal(await summary({ ...files, [own]: entry("d") }), "d c!");
  assert.equal(
    await summary({ ...files, "/named": entry("e") }, {
      CONTAINERS_REGISTRIES_CONF: "/named",
    }),
    "e",
  );
});

Deno.test("readRegistryRules() names the file and what is wrong in it", async () => {
  const path = "/etc/containers/registries.conf";
  const tests = [
    { text: "[[registry", want: /^Cannot read "\/etc[^"]*": Invalid TOML/ },
    { text: "[[registry]]\n", want: /: a \[\[registry\]\] has no prefix$/ },
    { text: '[registry]\nlocation = "a"', want: /use \[\[registry\]\]$/ },
    {
      text: '[[registry]]\nlocation = "http://a"',
      want: /"http:\/\/a" begins with a scheme/,
    },
    {
      text: '[[registry]]\nlocation = "a"\ninsecure = "yes"',
      want: /insecure is neither true nor false$/,
    },
    { text: '[registries.insecure]\nregistries = ["a"]', want: /the old form/ },
  ];
  for (const { text, want } of tests) {
    await assert.rejects(read({ [path]: text }), (error) => {
      assert(error instanceof SyntaxError);
      assert.match(error.message, want);
      return true;
    });
  }
  await assert.rejects(read({}, { CONTAINERS_REGISTRIES_CONF: "/none" }), {
    message: 'Cannot read "/none"',
  });
});
