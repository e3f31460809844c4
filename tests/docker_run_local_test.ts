/**
 * Containers of images that are in the local store.
 */
import assert from "node:assert/strict";
import type { ImageNote } from "../modes/images.ts";
import {
  archiveOf,
  file,
  folder,
  type TestEntry,
} from "../images/layer_test_data.ts";
import { storeTestImage } from "../images/store_test_data.ts";
import { pulledImage } from "./builders.ts";
import { FakeIncus } from "./fake_incus.ts";
import { assertRequests, runKini } from "./harness.ts";
import { makeCache } from "./store_fixture.ts";

const NAME = "docker.io/my/app:1";
const LAYER: TestEntry[] = [
  folder("etc"),
  file("etc/passwd", "app:x:7:8:app:/home/app:/bin/sh\n"),
  file("bin/sh", "a shell", { mode: 0o755 }),
];
const CONFIG = {
  config: {
    User: "app",
    Env: ["A=b"],
    Entrypoint: ["/bin/sh"],
    Cmd: ["-c", "true"],
    WorkingDir: "/work",
    Labels: { l: "1" },
  },
};
/** The same, with folders of which the image has none. */
const WITH_VOLUMES = {
  config: {
    ...CONFIG.config,
    Volumes: { "/data/new": {}, "/../up": {}, "relative": {} },
  },
};

/** A server, and a store with the image in it. */
async function setUp(
  layer: readonly TestEntry[] = LAYER,
  options: Parameters<typeof FakeIncus.start>[0] = {},
  tagged = "2026-01-02T03:04:05.678Z",
  config: typeof CONFIG = CONFIG,
) {
  const fake = await FakeIncus.start(options);
  const cache = await makeCache();
  const { id } = await storeTestImage(cache.store, NAME, archiveOf(layer), {
    config,
    tagged,
  });
  return {
    fake,
    cache,
    id,
    docker: (...args: string[]) =>
      runKini(["docker", ...args], { fake, env: cache.env }),
    [Symbol.asyncDispose]: async () => {
      await cache[Symbol.asyncDispose]();
      await fake[Symbol.asyncDispose]();
    },
  };
}

Deno.test("docker create makes the folders that an image calls volumes", async () => {
  await using world = await setUp(
    undefined,
    undefined,
    undefined,
    WITH_VOLUMES,
  );
  const made = await world.docker("create", "--name", "c1", "my/app:1");
  assert.deepEqual([made.stderr, made.code], ["", 0]);
  const { files } = world.fake.instance("c1");
  assert.equal(files.get("/data/new")?.type, "directory");
  assert.equal(files.get("/up"), undefined);
  assert.equal(files.get("/relative"), undefined);
});

function uploads(fake: FakeIncus): number {
  return fake.requests.filter(({ method, path }) =>
    method === "POST" && path === "/1.0/images"
  ).length;
}

Deno.test("docker create sends an image of the local store to the server, once", async () => {
  await using world = await setUp();
  const { fake, id, docker } = world;
  const first = await docker("create", "--name", "c1", "my/app:1");
  assert.deepEqual([first.stderr, first.code], ["", 0]);
  assertRequests(fake, [
    "GET /1.0",
    "GET /1.0/images/aliases/docker.io/my/app:1",
    // Once for what was sent, once for what the server has fetched.
    "GET /1.0/images?recursion=1",
    "GET /1.0/images?recursion=1",
    "POST /1.0/images",
    "GET /1.0/images/aliases/docker.io/my/app:1",
    "POST /1.0/images/aliases",
  ], {
    ignore: /operations|instances|networks|profiles|events/,
    anyOrder: true,
  });
  const sent = [...fake.world.images.values()].find(({ image }) =>
    image.properties?.["user.kini.image-id"] === id
  );
  assert.ok(sent?.oci);
  const { properties, aliases, architecture, created_at } = sent.image;
  assert.deepEqual(properties, {
    architecture: "x86_64",
    description: "docker.io/my/app (OCI)",
    id: "my/app:1",
    type: "oci",
    "user.kini.image-id": id,
    "user.kini.image-form": "oci",
  });
  assert.equal(architecture, "x86_64");
  assert.equal(created_at, "2026-01-01T00:00:00.000Z");
  assert.deepEqual(sent.oci, {
    entrypoint: ["/bin/sh", "-c", "true"],
    cwd: "/work",
    uid: 7,
    gid: 8,
    environment: {
      PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      TERM: "xterm",
      A: "b",
      HOME: "/home/app",
    },
  });
  assert.equal(sent.files?.["/bin/sh"], "a shell");
  const note = JSON.parse(aliases![0]!.description) as ImageNote;
  assert.equal(note.facts.id, id);
  assert.deepEqual(note.facts.labels, { l: "1" });
  assert.equal(note.tagged, "2026-01-02T03:04:05.678Z");

  await docker("create", "--name", "c2", "my/app:1");
  await docker("tag", "my/app:1", "my/other");
  await docker("create", "--name", "c3", "my/other");
  assert.equal(uploads(fake), 1);
  const ids = await docker(
    ..."inspect -f {{.Image}} c1 c2 c3".split(" "),
  );
  assert.equal(ids.stdout, `${id}\n`.repeat(3));
});

for (
  const [name, tagged, wins] of [
    ["newer", "2027-01-01T00:00:00.000Z", true],
    ["older", "2025-01-01T00:00:00.000Z", false],
  ] as const
) {
  Deno.test(`docker create knows a local image that is ${name} than the server's`, async () => {
    const pulled = pulledImage(NAME);
    const [alias] = pulled.image.aliases!;
    const note = JSON.parse(alias!.description) as ImageNote;
    alias!.description = JSON.stringify({
      ...note,
      tagged: "2026-06-01T00:00:00.000Z",
    });
    await using world = await setUp(LAYER, { images: [pulled] }, tagged);
    const { fake, id, docker } = world;
    await docker("create", "--name", "c1", "my/app:1");
    const used = await docker("inspect", "-f", "{{.Image}}", "c1");
    assert.equal(used.stdout, `${wins ? id : note.facts.id}\n`);
    assert.equal(uploads(fake), wins ? 1 : 0);
  });
}

Deno.test("docker create sends nothing of an image that is hostile or damaged", async () => {
  const cases: [TestEntry[], RegExp][] = [
    [[file("../x")], /Layer sha256:[0-9a-f]{64}: the path "..\/x" leads out/],
    [[...LAYER, file(".wh.")], /hides nothing that can be/],
    [[file("x")], /unable to find user app: no matching entries/],
  ];
  for (const [layer, want] of cases) {
    await using world = await setUp(layer);
    const { fake, docker } = world;
    const result = await docker("create", "--name", "c1", "my/app:1");
    assert.equal(result.code, 1);
    assert.match(
      result.stderr,
      /^Error response from daemon: cannot import my\/app:1: /,
    );
    assert.match(result.stderr, want);
    assert.equal(uploads(fake), 0);
  }
});

Deno.test("docker create takes an image by its ID", async () => {
  await using world = await setUp();
  const { fake, id, docker } = world;
  const digits = id.slice("sha256:".length);
  for (const [at, text] of [id, digits, digits.slice(0, 12)].entries()) {
    const made = await docker("create", "--name", `c${at}`, text);
    assert.deepEqual([made.stderr, made.code], ["", 0]);
    const { stdout } = await docker(
      ...`inspect -f {{.Image}}|{{.Config.Image}} c${at}`.split(" "),
    );
    assert.equal(stdout, `${id}|${text}\n`);
  }
  assert.equal(uploads(fake), 1);
});

Deno.test("docker create leaves no image when it can't be named", async () => {
  await using world = await setUp();
  const { fake, docker } = world;
  const before = [...fake.world.images.keys()];
  fake.fail("POST /1.0/images/aliases", { status: 500, error: "disk full" });
  const result = await docker("create", "--name", "c1", "my/app:1");
  assert.equal(result.code, 1);
  assert.match(result.stderr, /disk full/);
  assert.deepEqual([...fake.world.images.keys()], before);
});

Deno.test("docker create takes an image that another process has just sent", async () => {
  await using world = await setUp();
  const { fake, id, docker } = world;
  const results = await Promise.all(
    ["c1", "c2", "c3"].map((name) =>
      docker("create", "--name", name, "my/app:1")
    ),
  );
  for (const { code, stderr } of results) assert.equal(code, 0, stderr);
  const sent = [...fake.world.images.values()].filter(({ image }) =>
    image.properties?.["user.kini.image-id"] === id
  );
  assert.equal(sent.length, 1);
});
