import assert from "node:assert/strict";
import { FakeIncus } from "../tests/fake_incus.ts";
import { uploadImage } from "./image_upload.ts";

Deno.test("uploadImage() fails as the archive's stream does, and leaves nothing", async () => {
  await using fake = await FakeIncus.start();
  const client = fake.client();
  const before = [...fake.world.images.keys()];
  try {
    const reason = new RangeError("the layer is gone");
    let pieces = 0;
    const rootfs = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (pieces++ === 3) controller.error(reason);
        else controller.enqueue(new Uint8Array(1 << 16));
      },
    });
    await assert.rejects(
      uploadImage(client, { metadata: new Uint8Array(512), rootfs }),
      (error) => error === reason,
    );
    assert.deepEqual([...fake.world.images.keys()], before);
  } finally {
    client[Symbol.dispose]();
  }
});

Deno.test("uploadImage() ends when it is told to", async () => {
  await using fake = await FakeIncus.start();
  const client = fake.client();
  try {
    const abort = new AbortController();
    const cancelled = Promise.withResolvers<void>();
    const rootfs = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(new Uint8Array(1 << 10));
        abort.abort(new Error("enough"));
      },
      cancel: () => cancelled.resolve(),
    });
    await assert.rejects(
      uploadImage(client, { metadata: new Uint8Array(512), rootfs }, {
        signal: abort.signal,
      }),
      /enough/,
    );
    await cancelled.promise;
  } finally {
    client[Symbol.dispose]();
  }
});
