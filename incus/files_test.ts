import assert from "node:assert/strict";
import { instance } from "../tests/builders.ts";
import { FakeIncus } from "../tests/fake_incus.ts";
import { pullFile, pushFile, statFile } from "./files.ts";

Deno.test("pushFile() sends modes that the server takes for octal", async (t) => {
  await using fake = await FakeIncus.start({ instances: [instance("c1")] });
  using client = fake.client();
  for (const mode of [0, 0o7, 0o644, 0o755, 0o1777, 0o4755]) {
    await t.step(mode.toString(8), async () => {
      await pushFile(client, "c1", `/tmp/${mode}`, "x", { mode });
      assert.equal((await statFile(client, "c1", `/tmp/${mode}`))?.mode, mode);
    });
  }
});

Deno.test("pushFile() and pullFile() carry bytes as they are", async () => {
  await using fake = await FakeIncus.start({ instances: [instance("c1")] });
  using client = fake.client();
  const bytes = crypto.getRandomValues(new Uint8Array(60_000));
  await pushFile(
    client,
    "c1",
    "/tmp/a b+c",
    ReadableStream.from([bytes.subarray(0, 9), bytes.subarray(9)]),
  );
  const { response } = await pullFile(client, "c1", "/tmp/a b+c");
  assert.deepEqual(await response.bytes(), bytes);
});

Deno.test("pullFile() throws the server's text", async () => {
  await using fake = await FakeIncus.start({ instances: [instance("c1")] });
  using client = fake.client();
  await assert.rejects(pullFile(client, "c1", "/nope"), {
    name: "IncusError",
    status: 404,
    message: "file does not exist",
  });
});

Deno.test("files work with the headers of LXD", async () => {
  await using fake = await FakeIncus.start({
    kind: "lxd",
    instances: [instance("c1")],
  });
  using client = fake.client();
  await pushFile(client, "c1", "/tmp/x", "x", { mode: 0o600, uid: 5, gid: 6 });
  assert.deepEqual(await statFile(client, "c1", "/tmp/x"), {
    type: "file",
    mode: 0o600,
    uid: 5,
    gid: 6,
  });
});
