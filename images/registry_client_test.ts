import assert from "node:assert/strict";
import { errorResponse, FakeRegistry, serve } from "./fake_registry.ts";
import { INDEX_MEDIA_TYPES } from "./media_types.ts";
import { resolveImage, type ResolveOptions } from "./registry_client.ts";
import {
  dockerPullErrorText,
  RegistryError,
  type RegistryErrorInit,
} from "./registry_error.ts";

const AMD64 = { os: "linux", architecture: "amd64" };
const ARM64 = { os: "linux", architecture: "arm64", variant: "v8" };
const [OCI_INDEX = "", DOCKER_LIST = ""] = INDEX_MEDIA_TYPES;

function configOf(platform: object) {
  return {
    ...platform,
    created: "2024-05-01T10:00:00Z",
    config: { Entrypoint: ["/init"], Env: ["a=b"] },
    rootfs: { type: "layers", diff_ids: [`sha256:${"a".repeat(64)}`] },
    history: [
      { created: "2024-05-01T09:00:00Z", created_by: "COPY . /" },
      { created_by: "CMD", empty_layer: true },
    ],
  };
}

function optionsWith(more: Partial<ResolveOptions> = {}): ResolveOptions {
  return {
    platform: AMD64,
    signal: new AbortController().signal,
    ...more,
  };
}

/** Checks that a promise rejects with a RegistryError that has these fields. */
async function assertFails(
  promise: Promise<unknown>,
  want: Partial<Omit<RegistryErrorInit, "text">> & { text?: RegExp | string },
): Promise<RegistryError> {
  const error = await promise.then(
    () => assert.fail("did not reject"),
    (error) => error,
  );
  assert(error instanceof RegistryError, Deno.inspect(error));
  const { text, ...fields } = want;
  for (const [name, value] of Object.entries(fields)) {
    assert.equal(error[name as keyof RegistryError], value, error.message);
  }
  if (typeof text === "string") assert.equal(error.text, text);
  else if (text !== undefined) assert.match(error.text, text);
  return error;
}

Deno.test("resolveImage() resolves a plain manifest of either maker", async () => {
  for (const docker of [false, true]) {
    const fake = new FakeRegistry();
    const { manifest, configDigest } = await fake.addImage(
      "kind/node",
      configOf(ARM64),
      { names: ["v1"], docker },
    );
    await using served = serve(fake.handler);
    const { registry } = served;
    const reference = { registry, repository: "kind/node", tag: "v1" };
    const image = await resolveImage(reference, optionsWith());
    assert.deepEqual(image, {
      digest: manifest.digest,
      mediaType: manifest.mediaType,
      manifestDigest: manifest.digest,
      configDigest,
      config: {
        entrypoint: ["/init"],
        cmd: [],
        env: ["a=b"],
        labels: {},
        user: "",
        workingDir: "",
        exposedPorts: [],
        volumes: [],
        stopSignal: "",
      },
      platform: ARM64,
      size: 1234,
      usedCredentials: false,
      direct: false,
      created: "2024-05-01T10:00:00Z",
      diffIds: [`sha256:${"a".repeat(64)}`],
      history: [
        {
          created: "2024-05-01T09:00:00Z",
          createdBy: "COPY . /",
          comment: "",
          author: "",
          size: 1000,
        },
        { created: "", createdBy: "CMD", comment: "", author: "", size: 0 },
      ],
    });
    assert.deepEqual(served.requests, [
      "GET /v2/",
      "GET /v2/kind/node/manifests/v1",
      `GET /v2/kind/node/blobs/${configDigest}`,
    ]);
  }
});

Deno.test("resolveImage() follows an index to the platform's manifest", async () => {
  for (const mediaType of [OCI_INDEX, DOCKER_LIST]) {
    const fake = new FakeRegistry();
    const amd64 = await fake.addImage("a", configOf(AMD64));
    const arm64 = await fake.addImage("a", configOf(ARM64));
    const index = await fake.addManifest("a", {
      mediaType,
      manifests: [
        { ...amd64.manifest, platform: AMD64 },
        { ...arm64.manifest, platform: ARM64 },
      ],
    } as { mediaType: string });
    await using served = serve(fake.handler);
    const { registry } = served;
    const reference = { registry, repository: "a", digest: index.digest };
    const options = optionsWith({
      platform: { os: "linux", architecture: "arm64" },
    });
    const image = await resolveImage(reference, options);
    assert.equal(image.digest, index.digest);
    assert.equal(image.mediaType, mediaType);
    assert.equal(image.manifestDigest, arm64.manifest.digest);
    assert.equal(image.configDigest, arm64.configDigest);
    assert.deepEqual(image.platform, ARM64);

    const missing = optionsWith({
      platform: { os: "linux", architecture: "s390x" },
    });
    await assertFails(resolveImage(reference, missing), {
      kind: "no-platform",
      text: "no matching manifest for linux/s390x in the manifest list entries",
    });
  }
});

Deno.test("resolveImage() stops at too many indexes", async () => {
  const fake = new FakeRegistry();
  let { manifest } = await fake.addImage("a", configOf(AMD64));
  const tags: string[] = [];
  for (let depth = 1; depth <= 4; depth++) {
    tags.push(`depth${depth}`);
    manifest = await fake.addManifest("a", {
      mediaType: OCI_INDEX,
      manifests: [manifest],
    } as { mediaType: string }, { names: [`depth${depth}`] });
  }
  await using served = serve(fake.handler);
  const reference = { registry: served.registry, repository: "a" };
  const options = optionsWith();
  await resolveImage({ ...reference, tag: "depth3" }, options);
  await assertFails(
    resolveImage({ ...reference, tag: "depth4" }, options),
    { kind: "invalid-content", text: /too many indexes/ },
  );
});

Deno.test("resolveImage() asks docker's API host for docker.io", async () => {
  const fake = new FakeRegistry();
  await fake.addImage("library/busybox", configOf(AMD64), {
    names: ["latest"],
  });
  const urls: string[] = [];
  const options = optionsWith({
    fetch: async (input, init) => {
      urls.push(String(input));
      return await fake.handler(new Request(input, init));
    },
  });
  await resolveImage(
    { registry: "docker.io", repository: "busybox" },
    options,
  );
  assert.equal(
    urls[0],
    "https://registry-1.docker.io/v2/library/busybox/manifests/latest",
  );
  assert.equal(urls.length, 2);
});

Deno.test("resolveImage() says that a manifest is unknown as docker does", async () => {
  await using served = serve(new FakeRegistry().handler);
  const { registry } = served;
  const reference = { registry, repository: "a/b", tag: "nope" };
  const error = await assertFails(
    resolveImage(reference, optionsWith()),
    {
      kind: "manifest-unknown",
      method: "GET",
      status: 404,
      code: "MANIFEST_UNKNOWN",
    },
  );
  assert.equal(error.address, `http://${registry}/v2/a/b/manifests/nope`);
  assert.equal(
    dockerPullErrorText(error, reference),
    `manifest for ${registry}/a/b:nope not found: manifest unknown: ` +
      "manifest unknown",
  );
});

Deno.test("resolveImage() tells a registry's answers apart", async () => {
  const tests = [
    {
      answer: () => errorResponse(404, "NAME_UNKNOWN", "no such repository"),
      want: { kind: "name-unknown", text: "no such repository" },
    },
    {
      answer: () => errorResponse(403, "DENIED", "not yours"),
      want: { kind: "denied", status: 403, text: "not yours" },
    },
    {
      answer: () => errorResponse(429, "TOOMANYREQUESTS", "slow down"),
      want: { kind: "rate-limited" },
    },
    {
      answer: () => new Response("<html>", { status: 404 }),
      want: { kind: "manifest-unknown", code: undefined, text: "" },
    },
    {
      answer: () => new Response("x".repeat(1e6), { status: 502 }),
      want: { kind: "status", status: 502, text: "" },
    },
    {
      answer: () => Response.json({ errors: [{ code: 7 }] }, { status: 500 }),
      want: { kind: "status", status: 500, code: undefined },
    },
    {
      answer: () => new Response(null, { status: 307 }),
      want: { kind: "status", status: 307 },
    },
    {
      answer: () => new Response("{"),
      want: { kind: "invalid-content", text: "the body is not JSON" },
    },
    {
      answer: () => Response.json({ schemaVersion: 1, name: "a" }),
      want: { kind: "invalid-content", text: /unsupported media type/ },
    },
  ] as const;
  let answer: () => Response = () => Response.json({});
  await using served = serve((request) =>
    new URL(request.url).pathname === "/v2/" ? Response.json({}) : answer()
  );
  const reference = { registry: served.registry, repository: "a" };
  for (const test of tests) {
    answer = test.answer;
    await assertFails(resolveImage(reference, optionsWith()), test.want);
  }
});

Deno.test("resolveImage() refuses content of another digest", async () => {
  const fake = new FakeRegistry();
  const { manifest, configDigest } = await fake.addImage(
    "a",
    configOf(AMD64),
    { names: ["latest"] },
  );
  const { content } = fake;
  const wrong = `sha256:${"0".repeat(64)}`;
  const manifests = content.get("a/manifests/latest")!;
  content.set(`a/manifests/${wrong}`, manifests);
  let claim = manifest.digest;
  await using served = serve(async (request) => {
    const response = await fake.handler(request);
    response.headers.set("docker-content-digest", claim);
    return response;
  });
  const reference = { registry: served.registry, repository: "a" };
  const options = optionsWith();
  await resolveImage(reference, options);
  await assertFails(resolveImage({ ...reference, digest: wrong }, options), {
    kind: "invalid-content",
    status: 200,
    text: `manifest verification failed for digest ${wrong}`,
  });
  for (claim of [wrong, "sha256:x"]) {
    await assertFails(resolveImage(reference, options), {
      kind: "invalid-content",
      text: new RegExp(`${claim}`),
    });
  }
  claim = manifest.digest;
  const other = new TextEncoder().encode(JSON.stringify(configOf(ARM64)));
  content.set(`a/blobs/${configDigest}`, { type: "", bytes: other });
  await assertFails(resolveImage(reference, options), {
    kind: "invalid-content",
    text: `config verification failed for digest ${configDigest}`,
  });
});

Deno.test("resolveImage() refuses a config that is none", async () => {
  const fake = new FakeRegistry();
  await fake.addImage("a", { config: { Cmd: "sh" } }, { names: ["latest"] });
  await fake.addImage("a", {}, {
    names: ["chart"],
    configType: "application/vnd.example.config.v1+json",
  });
  await using served = serve(fake.handler);
  const reference = { registry: served.registry, repository: "a" };
  await assertFails(resolveImage(reference, optionsWith()), {
    kind: "invalid-content",
    text: "Image config: Cmd is not a list of strings",
  });
  await assertFails(
    resolveImage({ ...reference, tag: "chart" }, optionsWith()),
    {
      kind: "invalid-content",
      text: "unsupported media type application/vnd.example.config.v1+json",
    },
  );
});

Deno.test("resolveImage() reads no body without end", async () => {
  const fake = new FakeRegistry();
  const { configDigest } = await fake.addImage("a", configOf(AMD64), {
    names: ["latest"],
  });
  let endless = "manifests";
  await using served = serve((request) => {
    if (!request.url.includes(endless)) return fake.handler(request);
    const chunk = new Uint8Array(64 * 1024).fill(0x20);
    return new Response(
      new ReadableStream({ pull: (stream) => stream.enqueue(chunk) }),
    );
  });
  const reference = { registry: served.registry, repository: "a" };
  await assertFails(resolveImage(reference, optionsWith()), {
    kind: "invalid-content",
    text: "the body is larger than 4194304 bytes",
  });
  endless = configDigest;
  await assertFails(resolveImage(reference, optionsWith()), {
    kind: "invalid-content",
    text: "the body is larger than 8388608 bytes",
  });
});

Deno.test("resolveImage() reports a refused and a broken connection", async () => {
  const closed = serve(() => new Response());
  await closed[Symbol.asyncDispose]();
  await assertFails(
    resolveImage({ registry: closed.registry, repository: "a" }, optionsWith()),
    { kind: "network", status: undefined, text: /refused/i },
  );

  await using broken = serve((request) => {
    if (new URL(request.url).pathname === "/v2/") return new Response();
    let first = true;
    return new Response(
      new ReadableStream({
        pull(stream) {
          if (!first) return stream.error(new Error("reset"));
          first = false;
          stream.enqueue(new Uint8Array([0x7b]));
        },
      }),
    );
  });
  const reference = { registry: broken.registry, repository: "a" };
  const error = await assertFails(
    resolveImage(reference, optionsWith()),
    { kind: "network" },
  );
  assert.equal(
    dockerPullErrorText(error, reference),
    `Get "http://${broken.registry}/v2/a/manifests/latest": ${error.text}`,
  );
  assert.notEqual(error.text, "");
});

Deno.test("resolveImage() ends with the signal's reason, or at its time limit", async () => {
  const arrived = Promise.withResolvers<void>();
  const done = Promise.withResolvers<void>();
  await using served = serve(async (request) => {
    if (new URL(request.url).pathname !== "/v2/") {
      arrived.resolve();
      await done.promise;
    }
    return new Response();
  });
  const reference = { registry: served.registry, repository: "a" };

  const controller = new AbortController();
  const reason = new Error("Ctrl-C");
  const pending = resolveImage(
    reference,
    optionsWith({ signal: controller.signal }),
  );
  arrived.promise.then(() => controller.abort(reason));
  await assert.rejects(pending, (error) => error === reason);

  const before = served.requests.length;
  await assert.rejects(
    resolveImage(reference, optionsWith({ signal: controller.signal })),
    (error) => error === reason,
  );
  assert.equal(served.requests.length, before);

  await assertFails(
    resolveImage(reference, optionsWith({ timeout: 100 })),
    { kind: "network", text: "no answer within 0.1 s" },
  );
  done.resolve();
});
