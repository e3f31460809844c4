import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import {
  CompressionError,
  decompressed,
  detectCompression,
} from "./compression.ts";

/** 3000 times "hello ", as `zstd` and `xz` compress it. */
const TEXT = "hello ".repeat(3000);
const SAMPLES = {
  zstd: "KLUv/QRYdQAAMGhlbGxvIAEAR0b2UgSz7J4T",
  xz:
    "/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4EZPAD5dADQZSe6N6V/B8PcXRFCFYsMIgtxhE2Az4ZG1aVMlHrpxT6vxiN23j3MhBj5pvwwG7hucRSg/Kf4YdEJGHIcAAAAAi0UdEwru0rcAAVrQjAEAAKHj+EGxxGf7AgAAAAAEWVo=",
};

async function read(
  bytes: Uint8Array,
  chunk = bytes.length,
): Promise<string> {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += chunk) {
    parts.push(bytes.subarray(at, at + chunk));
  }
  const decoder = new TextDecoder();
  let text = "";
  for await (const part of decompressed(ReadableStream.from(parts))) {
    text += decoder.decode(part, { stream: true });
  }
  return text;
}

const zstd = Uint8Array.fromBase64(SAMPLES.zstd);
const xz = Uint8Array.fromBase64(SAMPLES.xz);
const gzip = new Uint8Array(gzipSync(TEXT));
const plain = new TextEncoder().encode(TEXT);

function joined(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

Deno.test("decompressed() reads every compression in pieces of any size", async () => {
  for (const [name, bytes] of Object.entries({ zstd, xz, gzip, plain })) {
    assert.equal(detectCompression(bytes), name === "plain" ? "none" : name);
    for (const chunk of [1, 7, bytes.length]) {
      assert.equal(await read(bytes, chunk), TEXT, `${name} by ${chunk}`);
    }
  }
  assert.equal(await read(new Uint8Array()), "");
});

Deno.test("decompressed() reads several members and frames", async () => {
  const skippable = Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9);
  assert.equal(await read(joined(gzip, gzip)), TEXT + TEXT);
  assert.equal(
    await read(joined(skippable, zstd, skippable, zstd)),
    TEXT + TEXT,
  );
});

Deno.test("decompressed() refuses what is cut off or damaged", async () => {
  for (const bytes of [zstd, xz, gzip]) {
    for (const end of [7, bytes.length >> 1, bytes.length - 1]) {
      await assert.rejects(read(bytes.slice(0, end)), CompressionError);
    }
    await assert.rejects(
      read(joined(bytes, new TextEncoder().encode("something else"))),
      CompressionError,
    );
  }
  const bzip2 = new TextEncoder().encode("BZh91AY&SY");
  await assert.rejects(read(bzip2), CompressionError);
});

Deno.test("decompressed() refuses zstd that needs much memory", async () => {
  const window = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0xff, 1, 0, 0, 0, 0);
  await assert.rejects(read(window), /MiB of memory/);
});

Deno.test("decompressed() gives the source back when reading ends early", async () => {
  for (const bytes of [zstd, xz, gzip, plain]) {
    let ended = false;
    const source = (async function* () {
      try {
        while (true) {
          await Promise.resolve();
          yield bytes;
        }
      } finally {
        ended = true;
      }
    })();
    for await (const _ of decompressed(source)) break;
    assert(ended);
  }
});
