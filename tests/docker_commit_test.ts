import assert from "node:assert/strict";
import { LayerReader } from "../images/layer_reader.ts";
import { ImageStore } from "../images/store.ts";
import { findStoreImageById, listStoreImages } from "../images/store_images.ts";
import { startScript } from "../modes/start_script.ts";
import { fingerprintFor } from "./builders.ts";
import { containerInstance, exitedInstance } from "./container_builders.ts";
import { FakeIncus, type FakeIncusOptions } from "./fake_incus.ts";
import { archiveOf } from "./fake_incus/backups.ts";
import {
  assertRequests,
  runKini,
  type RunOptions,
  startKini,
} from "./harness.ts";

const PLATFORM = { os: "linux", architecture: "amd64" };

const SCRIPT = startScript({
  command: ["sleep", "1000"],
  hasNetwork: true,
  stdin: "none",
  extraHosts: [],
});

/** A server with one container, and a folder for images. */
class World implements AsyncDisposable {
  readonly fake: FakeIncus;
  readonly cache: string;

  private constructor(fake: FakeIncus, cache: string) {
    this.fake = fake;
    this.cache = cache;
  }

  static async make(
    options: FakeIncusOptions = {},
    record: Parameters<typeof containerInstance>[0] = {},
  ): Promise<World> {
    const fake = await FakeIncus.start(options);
    const made = containerInstance({ name: "c1", ...record });
    made.config["volatile.container.oci"] = "true";
    fake.addInstance(made, {
      files: {
        "/init": SCRIPT,
        "/etc/motd": "hello",
        "/dev/x": "not ours",
        "/vol/data": "not ours",
      },
    });
    return new World(fake, await Deno.makeTempDir());
  }

  commit(argv: string[], options: RunOptions = {}) {
    return runKini(["docker", "commit", ...argv], this.options(options));
  }

  options(options: RunOptions = {}): RunOptions {
    const env = { KINI_CACHE: this.cache, ...options.env };
    return { fake: this.fake, ...options, env };
  }

  store(): Promise<ImageStore> {
    return ImageStore.open(`${this.cache}/images`);
  }

  /** The configuration blob of an image, and the paths in its layer. */
  async image(id: string) {
    const store = await this.store();
    const info = await findStoreImageById(
      store,
      id.trim().replace("sha256:", ""),
      PLATFORM,
    );
    assert.ok(info);
    const blob = JSON.parse(
      new TextDecoder().decode(await store.readBlob(info.id, 1 << 20)),
    );
    const reader = new LayerReader(
      await store.openBlob(info.layers[0]!.digest),
    );
    const paths: string[] = [];
    for (let entry = await reader.next(); entry; entry = await reader.next()) {
      paths.push(`/${entry.path}`);
    }
    await reader.close();
    return { info, blob, paths };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.fake[Symbol.asyncDispose]();
    await Deno.remove(this.cache, { recursive: true });
  }
}

Deno.test("docker commit pauses, reads the files once, and lets go on", async () => {
  await using world = await World.make();
  const { stdout, stderr, code } = await world.commit(["c1", "my/image:1"]);
  assert.deepEqual([stderr, code], ["", 0]);
  assert.match(stdout, /^sha256:[0-9a-f]{64}\n$/);
  assertRequests(world.fake, [
    "GET /1.0/instances/c1?recursion=1",
    "PUT /1.0/instances/c1/state",
    "GET /1.0/operations/op1/wait?timeout=-1",
    "GET /1.0",
    "POST /1.0/instances/c1/backups",
    "PUT /1.0/instances/c1/state",
    "GET /1.0/operations/op2/wait?timeout=-1",
  ]);
  const states = world.fake.bodies("PUT /1.0/instances/c1/state");
  assert.deepEqual(states, [{ action: "freeze" }, { action: "unfreeze" }]);
  const { info, paths } = await world.image(stdout);
  assert.deepEqual(info.names.map(({ name }) => name), [
    "docker.io/my/image:1",
  ]);
  assert.ok(info.complete);
  assert.equal(paths[0], "/");
  assert.ok(paths.includes("/etc/motd"));
  assert.ok(paths.includes("/dev") && !paths.includes("/dev/x"));
  assert.ok(!paths.includes("/init"), "kini's own script");
});

Deno.test("docker commit leaves volumes and kini's files out, and nothing else", async () => {
  await using world = await World.make({}, {
    mounts: [{
      type: "volume",
      source: "",
      destination: "/vol",
      mode: "",
      readonly: false,
      propagation: "",
    }],
  });
  const { files } = world.fake.world.instance("c1");
  files.writeText("/init", "#!/bin/sh\n# The image's own.\n");
  files.writeText("/etc/hostname", "");
  files.get("/etc/hostname")!.mode = 0;
  const { stdout } = await world.commit(["-p=false", "c1"]);
  const { paths } = await world.image(stdout);
  assert.ok(paths.includes("/init"));
  assert.ok(paths.includes("/etc/hosts"));
  assert.ok(!paths.includes("/etc/hostname"), "only a place to mount on");
  assert.ok(paths.includes("/vol") && !paths.includes("/vol/data"));
  assert.deepEqual(world.fake.bodies("PUT /1.0/instances/c1/state"), []);
});

Deno.test("docker commit takes the container's configuration, changed", async () => {
  await using world = await World.make({}, {
    cmd: ["infinity"],
    entrypoint: ["sleep"],
    env: ["PATH=/bin", "container=docker"],
    labels: { a: "b" },
    stopSignal: "SIGRTMIN+3",
    image: "base:1",
    hostname: "h",
  });
  const { stdout } = await world.commit([
    "-a",
    "me",
    "-m",
    "why",
    "--change",
    'ENTRYPOINT [ "/usr/local/bin/entrypoint", "/sbin/init" ]',
    "--change",
    'ENV HTTP_PROXY="" HTTPS_PROXY="" NO_PROXY=""',
    "c1",
    "my/node",
  ], { now: new Date("2026-03-04T05:06:07.089Z") });
  const { info, blob } = await world.image(stdout);
  assert.deepEqual(info.names.map(({ name }) => name), [
    "docker.io/my/node:latest",
  ]);
  assert.deepEqual(blob, {
    architecture: "amd64",
    author: "me",
    config: {
      Hostname: "h",
      Domainname: "",
      User: "",
      AttachStdin: false,
      AttachStdout: false,
      AttachStderr: false,
      Tty: false,
      OpenStdin: false,
      StdinOnce: false,
      Env: [
        "PATH=/bin",
        "container=docker",
        "HTTP_PROXY=",
        "HTTPS_PROXY=",
        "NO_PROXY=",
      ],
      Cmd: null,
      Image: "base:1",
      Volumes: null,
      WorkingDir: "",
      Entrypoint: ["/usr/local/bin/entrypoint", "/sbin/init"],
      OnBuild: null,
      Labels: { a: "b" },
      StopSignal: "SIGRTMIN+3",
    },
    container: fingerprintFor("c1"),
    created: "2026-03-04T05:06:07.089Z",
    history: [{
      created: "2026-03-04T05:06:07.089Z",
      author: "me",
      created_by: "infinity",
      comment: "why",
    }],
    os: "linux",
    rootfs: { type: "layers", diff_ids: [info.layers[0]!.digest] },
  });
});

Deno.test("docker commit keeps a backup on other servers only while it reads", async () => {
  await using world = await World.make({ without: ["direct_backup"] });
  const { code } = await world.commit(["-p=false", "c1"]);
  assert.equal(code, 0);
  const [body] = world.fake.bodies("POST /1.0/instances/c1/backups") as {
    name: string;
    expires_at: string;
  }[];
  assert.match(body!.name, /^kini-commit-[0-9a-f]{8}$/);
  assert.ok(Date.parse(body!.expires_at) > Date.now());
  assertRequests(world.fake, [
    "GET /1.0/instances/c1?recursion=1",
    "GET /1.0",
    "POST /1.0/instances/c1/backups",
    "GET /1.0/operations/op1/wait?timeout=-1",
    `GET /1.0/instances/c1/backups/${body!.name}/export`,
    `DELETE /1.0/instances/c1/backups/${body!.name}`,
    "GET /1.0/operations/op2/wait?timeout=-1",
  ]);
  assert.equal(world.fake.world.instance("c1").backups.size, 0);
});

Deno.test("docker commit leaves nothing behind when it fails", async (t) => {
  /** The archive that the server sends, cut. */
  const cut = (end: (length: number) => number) => (fake: FakeIncus) => {
    const found = fake.world.instance("c1");
    const whole = archiveOf(found);
    found.archive = whole.subarray(0, end(whole.length));
  };
  const cases: [string, (fake: FakeIncus) => void, RegExp][] = [
    [
      "a refusal",
      (fake) =>
        fake.fail("POST /1.0/instances/c1/backups", {
          status: 500,
          error: "no space left on device",
        }),
      /^Error response from daemon: no space left on device\n$/,
    ],
    [
      "an end between two files",
      cut((length) => length - 1024),
      /in the middle/,
    ],
    ["an end in a header", cut(() => 700), /in the middle/],
  ];
  for (const [name, prepare, want] of cases) {
    await t.step(name, async () => {
      await using world = await World.make();
      prepare(world.fake);
      const { stderr, code } = await world.commit(["c1", "x"]);
      assert.match(stderr, want);
      assert.equal(code, 1);
      await assertNothingLeft(world);
    });
  }
});

Deno.test("docker commit ends at Ctrl-C, and the container goes on", async () => {
  for (const without of [[], ["direct_backup"]]) {
    await using world = await World.make({ without });
    const gate = Promise.withResolvers<void>();
    world.fake.fail("POST /1.0/instances/c1/backups", { after: gate.promise });
    const running = startKini(["docker", "commit", "c1"], world.options());
    await world.fake.received("POST /1.0/instances/c1/backups");
    running.signal("SIGINT");
    const { code } = await running.done;
    gate.resolve();
    assert.equal(code, 130);
    await assertNothingLeft(world);
  }
});

async function assertNothingLeft(world: World): Promise<void> {
  const found = world.fake.world.instance("c1");
  assert.equal(found.instance.status, "Running");
  assert.equal(found.backups.size, 0);
  const opened = await world.store();
  assert.deepEqual(await listStoreImages(opened, PLATFORM), []);
  const { blobs } = await opened.verify((problem) => assert.fail(problem));
  assert.equal(blobs, 0);
}

Deno.test("docker commit works on a stopped container, and without a name", async () => {
  await using world = await World.make();
  world.fake.addInstance(exitedInstance({ name: "down" }));
  const ids: string[] = [];
  for (let times = 0; times < 2; times++) {
    const { stdout, code } = await world.commit(["down"]);
    assert.equal(code, 0);
    ids.push(stdout.trim());
  }
  assert.deepEqual(world.fake.bodies("PUT /1.0/instances/down/state"), []);
  const store = await world.store();
  const images = await listStoreImages(store, PLATFORM);
  assert.deepEqual(images.map(({ id }) => id), [...new Set(ids)]);
});

Deno.test("docker commit says what docker says when it can't", async () => {
  await using world = await World.make();
  const digest = `sha256:${fingerprintFor("x")}`;
  const cases: [string[], string][] = [
    [["nope"], "Error response from daemon: No such container: nope\n"],
    [
      ["-c", "FOO bar", "c1"],
      "Error response from daemon: FOO is not a valid change command\n",
    ],
    [
      ["-c", "", "c1"],
      "Error response from daemon: file with no instructions\n",
    ],
    [
      ["c1", "Bad/Name"],
      "invalid reference format: repository name (Name) must be lowercase\n",
    ],
    [
      ["c1", `a@${digest}`],
      "refusing to create a tag with a digest reference\n",
    ],
    [
      ["c1", digest],
      "Error response from daemon: refusing to create an ambiguous tag using " +
      "digest algorithm as name\n",
    ],
  ];
  for (const [argv, want] of cases) {
    const { stdout, stderr, code } = await world.commit(argv);
    assert.deepEqual([stdout, stderr, code], ["", want, 1]);
  }
  assert.deepEqual(
    world.fake.requestLines().filter((line) => /backups|state$/.test(line)),
    [],
  );
  const off = await world.commit(["c1"], { env: { KINI_CACHE: "no" } });
  assert.match(off.stderr, /KINI_CACHE/);
  assert.equal(off.code, 1);
});
