import assert from "node:assert/strict";
import { digestOf } from "./digest.ts";
import {
  errorResponse,
  FakeRegistry,
  type Handler,
  serve,
} from "./fake_registry.ts";
import { INDEX_MEDIA_TYPES } from "./media_types.ts";
import {
  type PullOptions,
  type PullProgress,
  pullToStore,
} from "./pull_to_store.ts";
import { RegistryError } from "./registry_error.ts";
import type { ImageStore } from "./store.ts";
import { listStoreImages } from "./store_images.ts";
import { withStore } from "./store_test_data.ts";

const AMD64 = { os: "linux", architecture: "amd64" };
const ARM64 = { os: "linux", architecture: "arm64" };
const NOW = new Date("2026-01-02T03:04:05.678Z");

function optionsWith(more: Partial<PullOptions> = {}): PullOptions {
  return {
    platform: AMD64,
    signal: new AbortController().signal,
    sleep: () => Promise.resolve(),
    now: () => NOW,
    ...more,
  };
}

/** Bytes that are different everywhere. */
function someBytes(size: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  let value = seed;
  for (let i = 0; i < size; i++) {
    value = (Math.imul(value, 1103515245) + 12345) >>> 0;
    bytes[i] = value >>> 16;
  }
  return bytes;
}

async function registryWith(
  layers: Uint8Array<ArrayBuffer>[],
  options: { names?: string[]; mediaType?: string } = {},
) {
  const fake = new FakeRegistry();
  const added = [];
  for (const bytes of layers) {
    added.push(await fake.addLayer("a/b", bytes, options.mediaType));
  }
  const image = await fake.addImage("a/b", {
    ...AMD64,
    config: { Cmd: ["sh"] },
    rootfs: { type: "layers", diff_ids: [] },
  }, { names: options.names ?? ["1"], layers: added });
  return { fake, layers: added, ...image };
}

/** Runs a registry that counts the requests for blobs. */
function gets(requests: readonly string[], part: string): number {
  return requests.filter((line) =>
    line.startsWith("GET ") && line.includes(part)
  ).length;
}

async function problems(store: ImageStore): Promise<string[]> {
  const found: string[] = [];
  await store.verify((problem) => void found.push(problem));
  return found;
}

Deno.test("pullToStore() stores an image with its name, and its layers once", () =>
  withStore(async (store) => {
    const { fake, manifest, configDigest } = await registryWith(
      [1, 2, 3, 4, 5].map((seed) => someBytes(1000, seed)),
    );
    await using served = serve(fake.handler);
    const { registry } = served;
    const lines: string[] = [];
    const onProgress = (event: PullProgress) => {
      lines.push(
        event.kind === "found" ? event.digest : event.status,
      );
    };
    const reference = { registry, repository: "a/b", tag: "1" };
    const pulled = await pullToStore(
      store,
      reference,
      optionsWith({ onProgress }),
    );
    assert.deepEqual(pulled, {
      descriptor: manifest,
      id: configDigest,
      platform: AMD64,
      fresh: true,
    });
    assert.equal(lines[0], manifest.digest);
    const count = (status: string) =>
      lines.filter((line) => line === status).length;
    assert.equal(count("Pulling fs layer"), 5);
    assert.equal(count("Waiting"), 2);
    assert.equal(count("Verifying Checksum"), 5);
    assert.equal(count("Download complete"), 5);
    assert.equal(count("Pull complete"), 5);
    assert.deepEqual(await store.list(), [{
      name: `${registry}/a/b:1`,
      descriptor: manifest,
      tagged: NOW.toISOString(),
      pulled: true,
    }]);
    const [image] = await listStoreImages(store, AMD64);
    assert.equal(image?.complete, true);
    assert.deepEqual(await problems(store), []);

    lines.length = 0;
    served.requests.length = 0;
    const again = await pullToStore(
      store,
      reference,
      optionsWith({ onProgress }),
    );
    assert.equal(again.fresh, false);
    assert.deepEqual(lines, [manifest.digest]);
    assert.equal(gets(served.requests, "/blobs/"), 1, "the config");
  }));

Deno.test("pullToStore() leaves the image that loses its name without one", () =>
  withStore(async (store) => {
    const { fake, manifest } = await registryWith([someBytes(10)]);
    await using served = serve(fake.handler);
    const { registry } = served;
    const reference = { registry, repository: "a/b", tag: "1" };
    await pullToStore(store, reference, optionsWith());
    const newer = await fake.addImage("a/b", ARM64, {
      names: ["1"],
      layers: [],
    });
    const pulled = await pullToStore(store, reference, optionsWith());
    assert.equal(pulled.fresh, true);
    assert.deepEqual(pulled.platform, ARM64, "there is but one");
    assert.deepEqual(
      (await store.list()).map(({ name, descriptor }) => [
        name,
        descriptor.digest,
      ]),
      [["", manifest.digest], [`${registry}/a/b:1`, newer.manifest.digest]],
    );
  }));

Deno.test("pullToStore() keeps an index with the platform's image", () =>
  withStore(async (store) => {
    const fake = new FakeRegistry();
    const layer = await fake.addLayer("a", someBytes(100));
    const amd = await fake.addImage("a", AMD64, { layers: [layer] });
    const arm = await fake.addImage("a", ARM64, { layers: [layer] });
    const index = await fake.addManifest("a", {
      schemaVersion: 2,
      mediaType: INDEX_MEDIA_TYPES[0]!,
      manifests: [
        { ...amd.manifest, platform: AMD64 },
        { ...arm.manifest, platform: ARM64 },
      ],
    } as { mediaType: string }, { names: ["latest"] });
    await using served = serve(fake.handler);
    const { registry } = served;
    const pulled = await pullToStore(
      store,
      { registry, repository: "a", digest: index.digest },
      optionsWith({ platform: ARM64 }),
    );
    assert.equal(pulled.id, arm.configDigest);
    assert.deepEqual(pulled.descriptor, index);
    assert.deepEqual(
      (await store.list()).map(({ name }) => name),
      [`${registry}/a@${index.digest}`],
    );
    assert.equal(await store.hasBlob(arm.manifest.digest), true);
    assert.equal(await store.hasBlob(amd.manifest.digest), false);
    await assert.rejects(
      pullToStore(
        store,
        { registry, repository: "a" },
        optionsWith({ platform: { os: "linux", architecture: "s390x" } }),
      ),
      { kind: "no-platform" },
    );
  }));

/**
 * Breaks the first answers for a blob after some bytes; not before the client
 * has told of them by `onProgress`, since a broken stream loses what it holds.
 */
function breaking(
  handler: Handler,
  { digest, after, times }: { digest: string; after: number; times: number },
): { handler: Handler; onProgress: (event: PullProgress) => void } {
  let waiting = { until: 0, arrived: () => {} };
  return {
    onProgress(event) {
      if (event.kind !== "layer" || !digest.includes(event.layer)) return;
      if (event.bytes && event.bytes.there >= waiting.until) waiting.arrived();
    },
    handler: async (request) => {
      const response = await handler(request);
      if (!request.url.endsWith(digest) || times-- <= 0) return response;
      const bytes = new Uint8Array(await response.arrayBuffer());
      const from = request.headers.get("range")?.match(/\d+/)?.[0] ?? 0;
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting = { until: Number(from) + after, arrived: resolve };
      return new Response(
        new ReadableStream({
          start: (stream) => stream.enqueue(bytes.slice(0, after)),
          async pull(stream) {
            await promise;
            stream.error(new Error("broken"));
          },
        }),
        { status: response.status, headers: response.headers },
      );
    },
  };
}

Deno.test("pullToStore() goes on where the connection broke", () =>
  withStore(async (store) => {
    const { fake, layers: [layer] } = await registryWith([someBytes(300_000)]);
    const { digest } = layer!;
    const { handler, onProgress } = breaking(
      fake.handler,
      { digest, after: 100_000, times: 2 },
    );
    await using served = serve(handler);
    const { registry } = served;
    const pauses: number[] = [];
    await pullToStore(
      store,
      { registry, repository: "a/b", tag: "1" },
      optionsWith({
        onProgress,
        sleep: (milliseconds) =>
          Promise.resolve(void pauses.push(milliseconds)),
      }),
    );
    assert.deepEqual(
      served.requests.filter((line) => line.includes(digest)),
      [
        `GET /v2/a/b/blobs/${digest}`,
        `GET /v2/a/b/blobs/${digest} bytes=100000-`,
        `GET /v2/a/b/blobs/${digest} bytes=200000-`,
      ],
    );
    assert.deepEqual(pauses, [1000, 2000]);
    assert.deepEqual(await problems(store), []);
  }));

Deno.test("pullToStore() gives up, and the next pull goes on from there", () =>
  withStore(async (store) => {
    const { fake, layers } = await registryWith([
      someBytes(300_000, 1),
      someBytes(50_000, 2),
    ]);
    const [{ digest }, other] = layers as [typeof layers[0], typeof layers[0]];
    const broken = breaking(fake.handler, { digest, after: 10_000, times: 99 });
    let { handler } = broken;
    await using served = serve((request) => handler(request));
    const reference = {
      registry: served.registry,
      repository: "a/b",
      tag: "1",
    };
    const { onProgress } = broken;
    await assert.rejects(
      pullToStore(store, reference, optionsWith({ onProgress })),
      { kind: "network" },
    );
    assert.equal(gets(served.requests, digest), 5);
    assert.deepEqual(await store.list(), []);
    assert.deepEqual(await problems(store), []);

    handler = fake.handler;
    served.requests.length = 0;
    await pullToStore(store, reference, optionsWith());
    assert.deepEqual(
      served.requests.filter((line) => line.includes(digest)),
      [`GET /v2/a/b/blobs/${digest} bytes=50000-`],
    );
    assert.equal(gets(served.requests, other.digest), 0, "was there whole");
    assert.deepEqual(await problems(store), []);
  }));

Deno.test("pullToStore() takes the whole again from who knows no ranges", () =>
  withStore(async (store) => {
    const { fake, layers: [layer] } = await registryWith([someBytes(300_000)]);
    const plain: Handler = (request) => {
      const headers = new Headers(request.headers);
      headers.delete("range");
      return fake.handler(new Request(request, { headers }));
    };
    const { digest } = layer!;
    const { handler, onProgress } = breaking(
      plain,
      { digest, after: 100_000, times: 1 },
    );
    await using served = serve(handler);
    await pullToStore(
      store,
      { registry: served.registry, repository: "a/b", tag: "1" },
      optionsWith({ onProgress }),
    );
    assert.equal(gets(served.requests, " bytes=100000-"), 1);
    assert.deepEqual(await problems(store), []);
  }));

Deno.test("pullToStore() refuses layers of another digest or size", async (test) => {
  const bytes = someBytes(1000);
  const cases = [
    { name: "digest", sent: someBytes(1000, 7), text: /verification failed/ },
    { name: "too long", sent: someBytes(1001), text: /verification failed/ },
    { name: "too short", sent: someBytes(999), text: /ends early/ },
  ];
  for (const { name, sent, text } of cases) {
    await test.step(name, () =>
      withStore(async (store) => {
        const { fake, layers: [layer] } = await registryWith([bytes]);
        await using served = serve((request) =>
          request.url.endsWith(layer!.digest)
            ? new Response(sent)
            : fake.handler(request)
        );
        await assert.rejects(
          pullToStore(
            store,
            { registry: served.registry, repository: "a/b", tag: "1" },
            optionsWith(),
          ),
          (error) => {
            assert(error instanceof RegistryError);
            assert.equal(error.kind, "invalid-content");
            assert.match(error.text, text);
            return true;
          },
        );
        assert.deepEqual(await store.list(), []);
        assert.equal(await store.hasBlob(layer!.digest), false);
      }));
  }
});

Deno.test("pullToStore() refuses layers that it can't unpack, in a sentence", () =>
  withStore(async (store) => {
    const tests = [
      {
        mediaType: "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
        text: /is a foreign layer \(.*: such images, of Windows, are not supp/,
      },
      { mediaType: "application/vnd.wasm", text: /unsupported media type/ },
    ];
    for (const { mediaType, text } of tests) {
      const { fake } = await registryWith([someBytes(10)], { mediaType });
      await using served = serve(fake.handler);
      await assert.rejects(
        pullToStore(
          store,
          { registry: served.registry, repository: "a/b", tag: "1" },
          optionsWith(),
        ),
        text,
      );
      assert.equal(gets(served.requests, "/blobs/"), 0);
    }
  }));

Deno.test("pullToStore() waits as long as the registry asks, within reason", () =>
  withStore(async (store) => {
    const { fake } = await registryWith([someBytes(10)]);
    let refusals: (Record<string, string> | undefined)[] = [];
    await using served = serve((request) => {
      if (new URL(request.url).pathname === "/v2/") return Response.json({});
      const headers = refusals.shift();
      return headers
        ? errorResponse(429, "TOOMANYREQUESTS", "slow down", headers)
        : fake.handler(request);
    });
    const pauses: number[] = [];
    const pull = () =>
      pullToStore(
        store,
        { registry: served.registry, repository: "a/b", tag: "1" },
        optionsWith({
          sleep: (milliseconds) =>
            Promise.resolve(void pauses.push(milliseconds)),
        }),
      );
    refusals = [{ "retry-after": "7" }, { "retry-after": "30" }];
    await pull();
    assert.deepEqual(pauses.splice(0), [7000, 30000]);
    for (const headers of [{ "retry-after": "3600" }, {}]) {
      refusals = [headers as Record<string, string>];
      await assert.rejects(pull(), { kind: "rate-limited" });
      assert.deepEqual(pauses, []);
    }
  }));

Deno.test("pullToStore() asks mirrors first, and the registry where they fail", () =>
  withStore(async (store) => {
    const { fake, layers: [layer], manifest } = await registryWith([
      someBytes(1000),
    ]);
    const half = new FakeRegistry();
    for (const [key, value] of fake.content) {
      if (!key.includes(layer!.digest)) half.content.set(`hub/${key}`, value);
    }
    const evil = new FakeRegistry();
    for (const [key, value] of fake.content) evil.content.set(key, value);
    evil.content.set(`a/b/blobs/${layer!.digest}`, {
      type: "",
      bytes: someBytes(1000, 9),
    });
    await using own = serve(fake.handler);
    await using lacking = serve(half.handler);
    await using lying = serve(evil.handler);
    const closed = serve(fake.handler);
    await closed[Symbol.asyncDispose]();
    const mirror = { insecure: false, pulls: "all" as const };
    const rules = [{
      prefix: own.registry,
      location: "",
      insecure: false,
      blocked: false,
      mirrors: [
        { ...mirror, location: closed.registry },
        { ...mirror, location: `${lacking.registry}/hub` },
        { ...mirror, location: lying.registry },
      ],
    }];
    const reference = { registry: own.registry, repository: "a/b", tag: "1" };
    await pullToStore(store, reference, optionsWith({ rules }));
    assert.equal(gets(lacking.requests, layer!.digest), 1);
    assert.equal(gets(lying.requests, layer!.digest), 1);
    assert.equal(gets(own.requests, layer!.digest), 1);
    assert.deepEqual(await store.list(), [{
      name: `${own.registry}/a/b:1`,
      descriptor: manifest,
      tagged: NOW.toISOString(),
      pulled: true,
    }]);

    own.requests.length = 0;
    const good = [{
      ...rules[0]!,
      mirrors: [{ ...mirror, location: own.registry }],
      prefix: "docker.io",
    }];
    await pullToStore(
      store,
      { registry: "docker.io", repository: "a/b", tag: "1" },
      optionsWith({ rules: good }),
    );
    assert.equal(gets(own.requests, "/v2/a/b/manifests/1"), 1);
  }));

Deno.test("pullToStore() ends with the signal's reason, and what came stays", () =>
  withStore(async (store) => {
    const bytes = someBytes(500_000);
    const { fake, layers: [layer] } = await registryWith([bytes]);
    const { digest } = layer!;
    const hold = Promise.withResolvers<void>();
    let stalls = true;
    await using served = serve((request) => {
      if (!stalls || !request.url.endsWith(digest)) {
        return fake.handler(request);
      }
      let sent = false;
      return new Response(
        new ReadableStream({
          async pull(stream) {
            if (sent) await hold.promise;
            else stream.enqueue(bytes.slice(0, 200_000));
            if (sent) stream.close();
            sent = true;
          },
        }),
      );
    });
    const reference = {
      registry: served.registry,
      repository: "a/b",
      tag: "1",
    };
    const controller = new AbortController();
    const reason = new Error("Ctrl-C");
    await assert.rejects(
      pullToStore(
        store,
        reference,
        optionsWith({
          signal: controller.signal,
          onProgress: (event) => {
            if (event.kind === "layer" && event.bytes?.there === 200_000) {
              controller.abort(reason);
            }
          },
        }),
      ),
      (error) => error === reason,
    );
    hold.resolve();
    assert.deepEqual(await problems(store), []);
    stalls = false;
    served.requests.length = 0;
    await pullToStore(store, reference, optionsWith());
    const [request = ""] = served.requests.filter((one) =>
      one.includes(digest)
    );
    assert.match(request, / bytes=\d+-$/);
    assert.equal(await digestOf(await store.readBlob(digest, 1e6)), digest);
  }));
