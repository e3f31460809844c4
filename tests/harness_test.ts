import assert from "node:assert/strict";
import { describeDifference } from "./difference.ts";
import { FakeIncus } from "./fake_incus.ts";
import { assertRequests, runKini } from "./harness.ts";

Deno.test("runKini() gives texts and exit code", async () => {
  await using fake = await FakeIncus.start();
  const result = await runKini(["docker", "ps", "--no-such-flag"], { fake });
  assert.equal(result.code, 125);
  assert.equal(result.stdout, "");
  assert.match(result.stderr, /^unknown flag: --no-such-flag\n/);
  assertRequests(fake, []);
});

Deno.test("runKini() makes a container of the image in the store", async () => {
  await using fake = await FakeIncus.start();
  const { code, stdout, stderr } = await runKini(
    ["docker", "run", "-d", "--name", "c1", "busybox:1.37", "true"],
    { fake },
  );
  assert.equal(stderr, "");
  assert.match(stdout, /^[0-9a-f]{64}\n$/);
  assert.equal(code, 0);
  assert.equal(fake.instance("c1").running, true);
});

Deno.test("runKini() says so when there is no server", async () => {
  const { code, stderr } = await runKini(["docker", "run", "-d", "x"], {
    env: { KINI_SOCKET: "/nonexistent/unix.socket" },
  });
  assert.equal(code, 125);
  assert.match(stderr, /tried \/nonexistent\/unix\.socket \(no such socket\)/);
});

Deno.test("assertRequests() tells what is missing and what is too much", async () => {
  await using fake = await FakeIncus.start();
  using client = fake.client();
  await client.get("/1.0");
  await client.get("/1.0/images", { query: { recursion: "1" } });
  assertRequests(fake, ["GET /1.0", "GET /1.0/images?*"]);
  assertRequests(fake, ["GET /1.0/images?*", "GET /1.0"], { anyOrder: true });
  assertRequests(fake, ["GET /1.0"], { ignore: /images/ });
  assertRequests(fake, ["GET /1.0/images?recursion=1"], { from: 1 });
  assert.throws(
    () => assertRequests(fake, ["GET /1.0", "GET /1.0/networks"]),
    {
      message: "requests differ (- never came, + not expected):\n" +
        "  GET /1.0\n- GET /1.0/networks\n+ GET /1.0/images?recursion=1",
    },
  );
});

Deno.test("describeDifference() keeps the order of both sides", () => {
  const cases: [string[], string[], string | undefined][] = [
    [[], [], undefined],
    [["a"], ["a"], undefined],
    [["a"], [], "- a"],
    [[], ["a"], "+ a"],
    [["a", "b", "c"], ["a", "c"], "  a\n- b\n  c"],
    [["a", "c"], ["a", "b", "c"], "  a\n+ b\n  c"],
    [["x*z"], ["x.y.z"], undefined],
  ];
  for (const [expected, actual, want] of cases) {
    assert.equal(describeDifference(expected, actual), want);
  }
});
