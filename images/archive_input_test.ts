import assert from "node:assert/strict";
import { readAhead } from "./archive_input.ts";

const MiB = 1024 * 1024;

/** Gives bytes that count up, `step` at a time. */
function source(size: number, step: number) {
  let at = 0;
  return (buffer: Uint8Array) => {
    const count = Math.min(step, buffer.length, size - at);
    for (let i = 0; i < count; i++) buffer[i] = (at + i) % 251;
    at += count;
    return Promise.resolve(count === 0 ? null : count);
  };
}

Deno.test("readAhead() gives all of it, and leaves pieces alone for two more", async () => {
  for (const step of [1000, 65_536, 10 * MiB]) {
    const size = 7 * MiB + 12_345;
    const recent: { piece: Uint8Array; at: number }[] = [];
    let at = 0;
    for await (const piece of readAhead(source(size, step))) {
      recent.push({ piece, at });
      at += piece.length;
      for (const { piece, at } of recent.slice(-3)) {
        for (const i of [0, piece.length - 1]) {
          assert.equal(piece[i], (at + i) % 251);
        }
      }
    }
    assert.equal(at, size);
  }
});

Deno.test("readAhead() ends with the signal's reason while it waits", async () => {
  const never = () => new Promise<null>(() => {});
  const controller = new AbortController();
  const chunks = readAhead(never, controller.signal);
  const next = chunks.next();
  controller.abort(new DOMException("SIGINT", "AbortError"));
  await assert.rejects(next, { name: "AbortError" });
  await assert.rejects(
    readAhead(never, controller.signal).next(),
    { name: "AbortError" },
  );
});

Deno.test("readAhead() passes on what went wrong", async () => {
  let calls = 0;
  const chunks = readAhead(() =>
    ++calls > 1 ? Promise.reject(new Error("gone")) : Promise.resolve(MiB)
  );
  assert.equal((await chunks.next()).value?.length, MiB);
  await assert.rejects(chunks.next(), /gone/);
});
