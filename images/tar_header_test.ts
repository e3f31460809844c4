import assert from "node:assert/strict";
import { createTarDecoder } from "modern-tar";
import { TAR_END, tarHeader, tarPadding } from "./tar_header.ts";

Deno.test("tarHeader() is one that a reader understands", async () => {
  const parts = [
    tarHeader("blobs/", 0),
    tarHeader("blobs/file", 3),
    new TextEncoder().encode("abc"),
    tarPadding(3),
    TAR_END,
  ];
  const entries: unknown[] = [];
  const { readable, writable } = createTarDecoder();
  const feeding = ReadableStream.from(parts).pipeTo(writable);
  for await (const { header, body } of readable) {
    const { name, type, size, mode, mtime } = header;
    entries.push([name, type, size, mode, Number(mtime)]);
    await body.cancel();
  }
  await feeding;
  assert.deepEqual(entries, [
    ["blobs/", "directory", 0, 0o755, 0],
    ["blobs/file", "file", 3, 0o644, 0],
  ]);
});

Deno.test("tarHeader() has room for sizes of 8 GiB and more", () => {
  const digits = (size: number) =>
    new TextDecoder().decode(tarHeader("x", size).subarray(124, 135));
  assert.equal(digits(8 ** 11 - 1), "77777777777");
  const large = tarHeader("x", 8 ** 11).subarray(124, 136);
  assert.equal(large.toHex(), "800000000000000200000000");
});

Deno.test("tarPadding() fills the last block", () => {
  const cases: [size: number, want: number][] = [[0, 0], [1, 511], [512, 0], [
    513,
    511,
  ]];
  for (const [size, want] of cases) {
    assert.equal(tarPadding(size).length, want, String(size));
  }
});
