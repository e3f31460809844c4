import assert from "node:assert/strict";
import { instance } from "../tests/builders.ts";
import { FakeIncus } from "../tests/fake_incus.ts";
import { assertRequests } from "../tests/harness.ts";
import { changeState } from "./instances.ts";

/** A server with one instance whose start a test holds back. */
async function heldStart() {
  const fake = await FakeIncus.start({ instances: [instance("c1")] });
  const release = Promise.withResolvers<void>();
  fake.onStart = () => release.promise;
  return { fake, release };
}

Deno.test("Operation.wait() waits for the end in one request", async () => {
  await using fake = await FakeIncus.start({ instances: [instance("c1")] });
  using client = fake.client();
  await changeState(client, "c1", { action: "start" });
  assert.equal(fake.instance("c1").running, true);
  assertRequests(fake, [
    "PUT /1.0/instances/c1/state",
    "GET /1.0/operations/op1/wait?timeout=-1",
  ]);
});

Deno.test("Operation.wait() throws the text of a failure", async (t) => {
  for (const style of ["operation", "error"] as const) {
    await t.step(`told by an ${style}`, async () => {
      await using fake = await FakeIncus.start({ instances: [instance("c1")] });
      fake.operations.waitStyle = style;
      fake.fail("PUT /1.0/instances/c1/state", { operation: "no such device" });
      using client = fake.client();
      await assert.rejects(changeState(client, "c1", { action: "start" }), {
        name: "IncusError",
        message: "no such device",
      });
    });
  }
});

Deno.test("Operation.wait() reports progress once in a while", async (t) => {
  for (const style of ["operation", "error"] as const) {
    await t.step(`time is up, told by an ${style}`, async () => {
      const { fake, release } = await heldStart();
      await using _ = fake;
      fake.operations.waitStyle = style;
      fake.operations.second = 1;
      using client = fake.client();
      const operation = await client.start(
        "PUT",
        "/1.0/instances/c1/state",
        { body: { action: "start" } },
      );
      const texts: string[] = [];
      fake.operations.all[0]!.update({ download_progress: "1%", other: "x" });
      await operation!.wait({
        onProgress: (text) => {
          texts.push(text);
          fake.operations.all[0]!.update({ download_progress: "100%" });
          if (texts.length === 2) release.resolve();
        },
      });
      assert.deepEqual(texts.slice(0, 2), ["1%", "100%"]);
      assert.ok(fake.requestLines().every((line) => !line.includes("-1")));
    });
  }
});

Deno.test("Operation.wait() cancels when its signal is aborted", async () => {
  const { fake } = await heldStart();
  await using _ = fake;
  using client = fake.client();
  const abort = new AbortController();
  const reason = new DOMException("SIGINT", "AbortError");
  const change = changeState(client, "c1", { action: "start" }, {
    signal: abort.signal,
  });
  await fake.received("GET /1.0/operations/op1/wait");
  abort.abort(reason);
  await assert.rejects(change, (error) => error === reason);
  assert.equal(fake.requestLines().at(-1), "DELETE /1.0/operations/op1");
});

Deno.test("Operation.wait() throws the status of a cancelled operation", async () => {
  await using fake = await FakeIncus.start({ instances: [instance("c1")] });
  fake.onStart = () => {
    fake.operations.all[0]!.cancel();
  };
  using client = fake.client();
  await assert.rejects(changeState(client, "c1", { action: "start" }), {
    name: "IncusError",
    message: "Cancelled",
  });
});

Deno.test("Operation.wait() says so when the server has forgotten the operation", async () => {
  await using fake = await FakeIncus.start({ instances: [instance("c1")] });
  fake.operations.lifetime = -1;
  using client = fake.client();
  await assert.rejects(changeState(client, "c1", { action: "start" }), {
    status: 404,
    message: "Operation not found",
  });
});

Deno.test("Operation.wait() says so when the server goes down meanwhile", async () => {
  const { fake } = await heldStart();
  await using _ = fake;
  using client = fake.client();
  const change = changeState(client, "c1", { action: "start" });
  await fake.received("GET /1.0/operations/op1/wait");
  await Promise.all([
    assert.rejects(change, { name: "ConnectionError" }),
    fake.stop(),
  ]);
});
