import assert from "node:assert/strict";
import { receiveFile } from "./ingest_file.ts";
import { ImageStore } from "./store.ts";
import { StoreError, storeFailure } from "./store_error.ts";

async function* onePiece(): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(10);
}

Deno.test("storeFailure() leaves errors alone that are not the system's", () => {
  const error = new TypeError("something");
  assert.equal(storeFailure("read", "/f", error), error);
});

Deno.test("receiveFile() says where there is no room, and what to do", async () => {
  await assert.rejects(receiveFile("/dev/full", onePiece(), {}), (error) => {
    assert.ok(error instanceof StoreError);
    assert.equal(
      error.message,
      'Cannot write to the image store, "/dev/full": No space left on device; ' +
        "make room there, or set KINI_CACHE to another folder",
    );
    return true;
  });
});

Deno.test("ImageStore.open() says why a folder can't be one", async () => {
  await assert.rejects(ImageStore.open("/dev/null/images"), (error) => {
    assert.ok(error instanceof StoreError);
    assert.equal(
      error.message,
      'Cannot read the image store, "/dev/null/images": Not a directory; put ' +
        "that right, or set KINI_CACHE to another folder",
    );
    return true;
  });
});
