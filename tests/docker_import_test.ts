import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { bytes, join, zstd } from "../images/archive_test_data.ts";
import { digestOf } from "../images/digest.ts";
import {
  archiveOf,
  file,
  folder,
  link,
  symlink,
  type TestEntry,
} from "../images/layer_test_data.ts";
import { namesIn } from "../images/store_files.ts";
import { findStoreImageById, listStoreImages } from "../images/store_images.ts";
import { runKini } from "./harness.ts";
import { type CacheFixture, makeCache } from "./store_fixture.ts";

const PLATFORM = { os: "linux", architecture: "amd64" };

const ROOT = archiveOf([
  folder("bin"),
  file("bin/sh", "x".repeat(5000)),
  link("bin/ash", "bin/sh"),
  symlink("sh", "bin/sh"),
]);

function runImport(
  cache: CacheFixture,
  argv: string[],
  stdin: Uint8Array = ROOT,
) {
  const now = new Date("2026-01-02T03:04:05.006Z");
  const { env } = cache;
  return runKini(["docker", "import", ...argv], { env, stdin, now });
}

async function imageOf({ store }: CacheFixture, id: string) {
  const hex = id.trim().replace("sha256:", "");
  const info = await findStoreImageById(store, hex, PLATFORM);
  assert.ok(info);
  const blob = await store.readBlob(info.id, 1 << 20);
  return { info, blob: JSON.parse(new TextDecoder().decode(blob)) };
}

Deno.test("docker import makes an image of one layer, however it is compressed", async () => {
  await using cache = await makeCache();
  const ids = new Set<string>();
  for (const archive of [ROOT, gzipSync(ROOT), zstd(ROOT)]) {
    const { stdout, stderr, code } = await runImport(
      cache,
      ["-", "my/root:1"],
      archive,
    );
    assert.deepEqual([stderr, code], ["", 0]);
    assert.match(stdout, /^sha256:[0-9a-f]{64}\n$/);
    ids.add(stdout);
  }
  assert.equal(ids.size, 1);
  const { info, blob } = await imageOf(cache, [...ids][0]!);
  const layer = await digestOf(ROOT);
  assert.deepEqual(blob, {
    architecture: "amd64",
    comment: "Imported from -",
    config: {
      Hostname: "",
      Domainname: "",
      User: "",
      AttachStdin: false,
      AttachStdout: false,
      AttachStderr: false,
      Tty: false,
      OpenStdin: false,
      StdinOnce: false,
      Env: null,
      Cmd: null,
      Image: "",
      Volumes: null,
      WorkingDir: "",
      Entrypoint: null,
      OnBuild: null,
      Labels: null,
    },
    created: "2026-01-02T03:04:05.006Z",
    history: [{
      created: "2026-01-02T03:04:05.006Z",
      comment: "Imported from -",
    }],
    os: "linux",
    rootfs: { type: "layers", diff_ids: [layer] },
  });
  assert.deepEqual(info.layers.map(({ digest }) => digest), [layer]);
  assert.deepEqual(
    info.names.map(({ name }) => name),
    ["docker.io/my/root:1"],
  );
});

Deno.test("docker import takes changes, a message and a platform", async () => {
  await using cache = await makeCache();
  const { stdout } = await runImport(cache, [
    "-c",
    'CMD ["a", "b"]',
    "--change=ENV A=1 B=2",
    "-m",
    "why",
    "--platform=arm",
    "-",
  ]);
  const { info, blob } = await imageOf(cache, stdout);
  assert.deepEqual(blob.config.Cmd, ["a", "b"]);
  assert.deepEqual(blob.config.Env, ["A=1", "B=2"]);
  assert.deepEqual([blob.comment, blob.history[0].comment], ["why", "why"]);
  assert.deepEqual([blob.os, blob.architecture, blob.variant], [
    "linux",
    "arm",
    undefined,
  ]);
  assert.deepEqual(info.names.map(({ name }) => name), [""]);
});

Deno.test("docker import reads a file", async () => {
  await using cache = await makeCache();
  const path = `${cache.folder}/root.tar`;
  await Deno.writeFile(path, ROOT);
  const { stdout } = await runKini(["docker", "image", "import", path], cache);
  const { blob } = await imageOf(cache, stdout);
  assert.equal(blob.comment, "Imported from -");
});

Deno.test("docker import gets a URL, over redirects", async () => {
  await using cache = await makeCache();
  const seen: (string | null)[] = [];
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => {
      const { pathname } = new URL(request.url);
      seen.push(request.headers.get("authorization"));
      if (pathname === "/old") {
        return new Response(null, {
          status: 302,
          headers: { location: "/new" },
        });
      }
      return pathname === "/new"
        ? new Response(new Uint8Array(gzipSync(ROOT)))
        : new Response("nothing here\n", { status: 404 });
    },
  );
  const host = `127.0.0.1:${server.addr.port}`;
  const url = `http://me:secret@${host}/old`;
  const { stdout, stderr, code } = await runImport(cache, [url, "u"]);
  assert.deepEqual([stderr, code], ["", 0]);
  const [told, id = ""] = stdout.split("\n");
  assert.equal(told, `Downloading from ${url}`);
  assert.equal(
    (await imageOf(cache, id)).blob.comment,
    `Imported from ${url}`,
  );
  assert.deepEqual(seen, Array(2).fill(`Basic ${btoa("me:secret")}`));
  const none = await runImport(cache, [`http://${host}/none`, "u"]);
  assert.deepEqual([none.stdout, none.stderr, none.code], [
    "",
    `Error response from daemon: failed to GET http://${host}/none with ` +
    "status 404 Not Found: nothing here\n",
    1,
  ]);
});

Deno.test("docker import that fails leaves nothing", async () => {
  await using cache = await makeCache();
  const of = (...entries: TestEntry[]) => archiveOf(entries);
  const cases: { archive: Uint8Array; text: RegExp }[] = [
    { archive: bytes("garbage"), text: /^unexpected EOF$/ },
    { archive: bytes("garbage ".repeat(900)), text: /damaged header/ },
    { archive: ROOT.subarray(0, 3000), text: /^unexpected EOF$/ },
    { archive: gzipSync(ROOT).subarray(0, 60), text: /EOF/ },
    { archive: of(file("../evil")), text: /leads out of the image/ },
    { archive: of(link("a", "none")), text: /"none"/ },
    { archive: of(file("a"), file("a/b")), text: /./ },
    {
      archive: join(ROOT.subarray(0, 1024), bytes("x".repeat(8000))),
      text: /./,
    },
  ];
  const texts = [];
  for (const { archive, text } of cases) {
    const { stdout, stderr, code } = await runImport(
      cache,
      ["-", "x:1"],
      archive,
    );
    texts.push(stderr);
    assert.deepEqual([stdout, code], ["", 1], stderr);
    const [, told] = /^Error response from daemon: (.*)\n$/.exec(stderr) ?? [];
    assert.match(told ?? "", text);
  }
  assert.deepEqual(await listStoreImages(cache.store, PLATFORM), []);
  assert.deepEqual(await namesIn(`${cache.store.folder}/blobs/sha256`), []);
  assert.deepEqual(await namesIn(`${cache.store.folder}/ingest`), []);
});

Deno.test("docker import fails with docker's texts", async () => {
  await using cache = await makeCache();
  const zeros = "0".repeat(64);
  const cases: { argv: string[]; stderr: RegExp }[] = [
    { argv: ["/none/x"], stderr: /^open \/none\/x: no such file or directory/ },
    { argv: ["/none/x", "Bad"], stderr: /^open \/none\/x/ },
    { argv: [cache.folder], stderr: /^read .*: is a directory\n/ },
    { argv: ["ftp://x/y"], stderr: /^open ftp:\/\/x\/y: no such file/ },
    {
      argv: ["-", "Bad/Name"],
      stderr: /^invalid reference format: repository name \(Name\) must be/,
    },
    {
      argv: ["-", `x@sha256:${zeros}`],
      stderr: /^Error response from daemon: cannot import digest reference\n$/,
    },
    {
      argv: ["-", "sha256:abc"],
      stderr: /^Error response from daemon: refusing to create an ambiguous/,
    },
    {
      argv: ["-c", "FOO x", "-"],
      stderr:
        /^Error response from daemon: FOO is not a valid change command\n$/,
    },
    {
      argv: ["--platform=windows", "-"],
      stderr: /^Error response from daemon: operating system is not supported/,
    },
    { argv: [], stderr: /^"docker import" requires at least 1 argument\.\n/ },
  ];
  for (const { argv, stderr } of cases) {
    const result = await runImport(cache, argv);
    assert.match(result.stderr, stderr);
    assert.deepEqual([result.stdout, result.code], ["", 1]);
  }
  assert.deepEqual(await namesIn(`${cache.store.folder}/blobs/sha256`), []);
});

Deno.test("docker import that takes a name leaves the other image without one", async () => {
  await using cache = await makeCache();
  const first = await runImport(cache, ["-", "x:1"]);
  await runImport(cache, ["-m", "other", "-", "x:1"]);
  const { info } = await imageOf(cache, first.stdout);
  assert.deepEqual(info.names.map(({ name }) => name), [""]);
  const verified = await runKini(["kini", "images", "verify"], cache);
  assert.match(
    verified.stdout,
    /: 2 names, 5 blobs of \d[\d.]*k?B, all right\.\n$/,
  );
});
