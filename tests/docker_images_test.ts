import assert from "node:assert/strict";
import { fingerprintFor, pulledImage } from "./builders.ts";
import { FakeIncus } from "./fake_incus.ts";
import { assertRequests, runKini } from "./harness.ts";

const NODE = "docker.io/kindest/node:v1.35.0";

Deno.test("docker images lists by one request", async () => {
  await using fake = await FakeIncus.start({ images: [pulledImage(NODE)] });
  const { stdout, stderr, code } = await runKini(["docker", "images"], {
    fake,
    now: new Date("2026-01-02T05:04:05Z"),
  });
  const id = fingerprintFor(`${NODE} config`).slice(0, 12);
  assert.deepEqual([stderr, code], ["", 0]);
  assert.equal(
    stdout,
    "REPOSITORY     TAG       IMAGE ID       CREATED       SIZE\n" +
      `kindest/node   v1.35.0   ${id}   2 hours ago   2MB\n`,
  );
  assertRequests(fake, ["GET /1.0/images?recursion=1"]);
});

Deno.test("docker images picks by name, filter and format", async () => {
  await using fake = await FakeIncus.start();
  fake.addImage(pulledImage(NODE));
  const digest = `sha256:${fingerprintFor(`${NODE} manifest`)}`;
  const names = "{{.Repository}}:{{.Tag}}";
  const cases: [argv: string[], want: string][] = [
    [["busybox", "--format", names], "busybox:1.37\n"],
    [["kindest/node:v1.35.0", "--format", names], "kindest/node:v1.35.0\n"],
    [["kindest/node:v1", "--format", names], ""],
    [
      ["-f", "reference=kindest/*", "--format", names],
      "kindest/node:v1.35.0\n",
    ],
    [["-f", "dangling=true", "-q"], ""],
    [["kindest/node", "--format", "{{.Digest}}"], `${digest}\n`],
    [
      ["kindest/node", "-q"],
      `${fingerprintFor(`${NODE} config`).slice(0, 12)}\n`,
    ],
    [
      ["kindest/node", "-q", "--no-trunc"],
      `sha256:${fingerprintFor(`${NODE} config`)}\n`,
    ],
  ];
  for (const [argv, want] of cases) {
    const { stdout, stderr } = await runKini(["docker", "images", ...argv], {
      fake,
    });
    assert.deepEqual([stdout, stderr], [want, ""], argv.join(" "));
  }
  const bad = await runKini(["docker", "images", "-f", "foo=bar"], { fake });
  assert.equal(
    bad.stderr,
    "Error response from daemon: invalid filter 'foo'\n",
  );
});
