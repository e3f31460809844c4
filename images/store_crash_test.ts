import assert from "node:assert/strict";
import { oldLayout, tar, testImage } from "./archive_test_data.ts";
import { ImageStore } from "./store.ts";
import { namesIn } from "./store_files.ts";

const MAIN = new URL("../main.ts", import.meta.url).pathname;

/** Layers that take a while; noise, so that no two are alike. */
const image = testImage(
  Array.from({ length: 6 }, (_, i) => {
    const noise = random(i + 1);
    return Array.from({ length: 60_000 }, () => noise().toString(36)).join("");
  }),
);
const archive = tar(oldLayout(image, ["one:1", "two:1"]));

/** Numbers from 0 to 1 that are the same in each run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

function startLoad(cache: string): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-check", MAIN, "docker", "load"],
    env: { KINI_CACHE: cache },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function feed(
  child: Deno.ChildProcess,
  data: Uint8Array,
  options: { close: boolean },
): Promise<void> {
  const writer = child.stdin.getWriter();
  for (let at = 0; at < data.length; at += 65536) {
    await writer.write(data.subarray(at, at + 65536));
  }
  if (options.close) await writer.close();
  else writer.releaseLock();
}

async function assertWhole(store: ImageStore): Promise<string[]> {
  const problems: string[] = [];
  await store.verify((problem) => void problems.push(problem));
  assert.deepEqual(problems, []);
  return (await store.list()).map(({ name }) => name);
}

Deno.test("loads by two processes at once end with one image", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const children = [startLoad(folder), startLoad(folder)];
    const outputs = await Promise.all(children.map(async (child) => {
      const [output] = await Promise.all([
        child.output(),
        feed(child, archive, { close: true }),
      ]);
      return output;
    }));
    for (const { code, stdout, stderr } of outputs) {
      assert.equal(new TextDecoder().decode(stderr), "");
      assert.equal(
        new TextDecoder().decode(stdout),
        "Loaded image: one:1\nLoaded image: two:1\n",
      );
      assert.equal(code, 0);
    }
    const store = await ImageStore.open(`${folder}/images`);
    assert.equal((await assertWhole(store)).length, 2);
    assert.deepEqual((await store.collect()).digests, []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a load that is killed anywhere leaves a store that is whole", async () => {
  const folder = await Deno.makeTempDir();
  const next = random(2026);
  try {
    for (let round = 0; round < 20; round++) {
      const child = startLoad(folder);
      // The last ones die at their end, while names and blobs are put in place.
      const atEnd = round >= 14;
      const bytes = atEnd
        ? archive
        : archive.subarray(0, next() * archive.length);
      await feed(child, bytes, { close: atEnd });
      if (atEnd) {
        await new Promise((done) => setTimeout(done, next() * 60));
      }
      try {
        child.kill("SIGKILL");
      } catch (error) {
        // It was faster.
        if (!(error instanceof TypeError)) throw error;
      }
      const { stderr } = await child.output();
      if (!atEnd) await child.stdin.abort().catch(() => {});
      assert.equal(new TextDecoder().decode(stderr), "");
      const store = await ImageStore.find(`${folder}/images`);
      if (!store) continue;
      const names = await assertWhole(store);
      assert(names.length === 0 || names.length === 2, names.join());
    }
    const child = startLoad(folder);
    const [{ code }] = await Promise.all([
      child.output(),
      feed(child, archive, { close: true }),
    ]);
    assert.equal(code, 0);
    const store = await ImageStore.open(`${folder}/images`);
    assert.equal((await assertWhole(store)).length, 2);
    assert.deepEqual(await namesIn(`${store.folder}/ingest`), []);
    await store.collect();
    assert.equal((await namesIn(`${store.folder}/blobs/sha256`)).length, 8);
    await assertWhole(store);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
