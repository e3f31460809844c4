import assert from "node:assert/strict";
import {
  errorResponse,
  FakeRegistry,
  type Handler,
  serve,
} from "./fake_registry.ts";
import { INDEX_MEDIA_TYPES } from "./media_types.ts";
import { pullToStore } from "./pull_to_store.ts";
import { pushFromStore, type PushOptions } from "./push.ts";
import { dockerPushErrorText, RegistryError } from "./registry_error.ts";
import { withStore } from "./store_test_data.ts";

const AMD64 = { os: "linux", architecture: "amd64" };
const ARM64 = { os: "linux", architecture: "arm64" };

/** Options of a pull or a push. */
function plainOptions(platform = AMD64) {
  return {
    platform,
    signal: new AbortController().signal,
    sleep: () => Promise.resolve(),
  };
}

function optionsWith(more: Partial<PushOptions> = {}): PushOptions {
  return { ...plainOptions(), ...more };
}

function filled(size: number, value: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(size).fill(value);
}

/** A registry with one image, whose larger layer takes several requests. */
async function registryWithImage() {
  const fake = new FakeRegistry();
  const layers = [
    await fake.addLayer("a/b", filled(100, 1)),
    await fake.addLayer("a/b", filled(3_000_000, 2)),
  ];
  const image = await fake.addImage("a/b", {
    ...AMD64,
    rootfs: {
      type: "layers",
      diff_ids: [`sha256:${"1".repeat(64)}`, `sha256:${"2".repeat(64)}`],
    },
  }, { names: ["1"], layers });
  return { fake, layers, ...image };
}

const [, LARGE = ""] = (await registryWithImage()).layers.map((l) => l.digest);

function writes(requests: readonly string[]): string[] {
  return requests.filter((line) => !/^(GET|HEAD) /.test(line))
    .map((line) => line.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID"));
}

Deno.test("pushFromStore() sends what is missing, and then nothing", () =>
  withStore(async (store) => {
    const { fake, layers, manifest } = await registryWithImage();
    await using from = serve(fake.handler);
    const pulled = await pullToStore(
      store,
      { registry: from.registry, repository: "a/b", tag: "1" },
      plainOptions(),
    );
    const target = new FakeRegistry();
    await using to = serve(target.handler);
    const reference = { registry: to.registry, repository: "x", tag: "v2" };
    const lines: string[] = [];
    const options = optionsWith({
      onProgress: ({ layer, status }) =>
        lines.push(`${layer.slice(0, 1)} ${status}`),
    });
    const pushed = await pushFromStore(
      store,
      pulled.descriptor,
      reference,
      options,
    );
    assert.deepEqual(pushed, { digest: manifest.digest, size: manifest.size });
    assert.deepEqual(lines.filter((line) => !line.endsWith("Pushing")).sort(), [
      "1 Preparing",
      "1 Pushed",
      "2 Preparing",
      "2 Pushed",
    ]);
    assert.deepEqual(lines.slice(0, 2), ["2 Preparing", "1 Preparing"]);
    for (const { digest } of layers) {
      assert(target.content.has(`x/blobs/${digest}`));
    }
    assert.equal(
      target.content.get("x/manifests/v2")?.type,
      manifest.mediaType,
    );
    assert.equal(target.uploads.size, 0);

    lines.length = 0;
    to.requests.length = 0;
    await pushFromStore(store, pulled.descriptor, reference, options);
    assert.deepEqual(lines, [
      "2 Preparing",
      "1 Preparing",
      "2 Layer already exists",
      "1 Layer already exists",
    ]);
    assert.deepEqual(writes(to.requests), ["PUT /v2/x/manifests/v2"]);
  }));

Deno.test("pushFromStore() mounts what another repository of the registry has", () =>
  withStore(async (store) => {
    const { fake, layers } = await registryWithImage();
    await using served = serve(fake.handler);
    const { registry } = served;
    const pulled = await pullToStore(
      store,
      { registry, repository: "a/b", tag: "1" },
      plainOptions(),
    );
    const lines: string[] = [];
    const reference = { registry, repository: "c", tag: "1" };
    served.requests.length = 0;
    await pushFromStore(
      store,
      pulled.descriptor,
      reference,
      optionsWith({ onProgress: ({ status }) => lines.push(status) }),
    );
    assert.deepEqual(lines.slice(2), ["Mounted from a/b", "Mounted from a/b"]);
    assert.equal(writes(served.requests).length, 2 + 2 + 1);
    assert(fake.content.has(`c/blobs/${layers[0]!.digest}`));
  }));

Deno.test("pushFromStore() goes on after what the registry got", () =>
  withStore(async (store) => {
    const { fake } = await registryWithImage();
    await using from = serve(fake.handler);
    const { descriptor } = await pullToStore(
      store,
      { registry: from.registry, repository: "a/b", tag: "1" },
      plainOptions(),
    );
    const target = new FakeRegistry();
    let faults = 2;
    const handler: Handler = async (request) => {
      if (request.method !== "PATCH" || faults-- <= 0) {
        return await target.handler(request);
      }
      // A part arrives, and then the way to the store behind is gone.
      const place = new URL(request.url).pathname.slice("/v2/".length);
      const bytes = await request.bytes();
      const before = target.uploads.get(place)!;
      const kept = new Uint8Array(before.length + 1_000_000);
      kept.set(before);
      kept.set(bytes.subarray(0, 1_000_000), before.length);
      target.uploads.set(place, kept);
      return errorResponse(502, "UNKNOWN", "");
    };
    await using to = serve(handler);
    await pushFromStore(
      store,
      descriptor,
      { registry: to.registry, repository: "x", tag: "1" },
      optionsWith(),
    );
    const patches = to.requests.filter((line) => line.startsWith("PATCH"));
    assert.deepEqual(patches.map((line) => line.split(" ")[2]), [
      undefined,
      "1000000-2999999",
      "2000000-2999999",
    ]);
    assert(target.content.has(`x/blobs/${LARGE}`));
  }));

Deno.test("pushFromStore() sends an index only with all that it names", () =>
  withStore(async (store) => {
    const fake = new FakeRegistry();
    const layer = await fake.addLayer("a", filled(10, 1));
    const amd = await fake.addImage("a", AMD64, { layers: [layer] });
    const arm = await fake.addImage("a", ARM64, { layers: [layer] });
    await fake.addManifest("a", {
      schemaVersion: 2,
      mediaType: INDEX_MEDIA_TYPES[0]!,
      manifests: [
        { ...amd.manifest, platform: AMD64 },
        { ...arm.manifest, platform: ARM64 },
      ],
    } as { mediaType: string }, { names: ["latest"] });
    await using from = serve(fake.handler);
    const name = { registry: from.registry, repository: "a" };
    const { descriptor } = await pullToStore(store, name, plainOptions());
    const target = new FakeRegistry();
    await using to = serve(target.handler);
    const reference = { registry: to.registry, repository: "x", tag: "1" };
    const one = await pushFromStore(
      store,
      descriptor,
      reference,
      optionsWith(),
    );
    assert.equal(one.digest, amd.manifest.digest);

    await pullToStore(store, name, plainOptions(ARM64));
    const all = await pushFromStore(
      store,
      descriptor,
      reference,
      optionsWith(),
    );
    assert.equal(all.digest, descriptor.digest);
    assert.equal(
      target.content.get("x/manifests/1")?.type,
      INDEX_MEDIA_TYPES[0],
    );
    assert(target.content.has(`x/manifests/${arm.manifest.digest}`));
  }));

Deno.test("pushFromStore() asks for a token to write, and says why it got none", () =>
  withStore(async (store) => {
    const { fake } = await registryWithImage();
    await using from = serve(fake.handler);
    const { descriptor } = await pullToStore(
      store,
      { registry: from.registry, repository: "a/b", tag: "1" },
      plainOptions(),
    );
    await using tokens = serve(() => Response.json({ token: "t" }));
    const target = new FakeRegistry();
    let challenge = `Bearer realm="http://${tokens.registry}/t",service="s"`;
    let denied = false;
    const handler: Handler = (request) => {
      const { pathname } = new URL(request.url);
      if (pathname === "/v2/") return Response.json({});
      if (request.headers.get("authorization") !== "Bearer t") {
        return errorResponse(401, "UNAUTHORIZED", "authentication required", {
          "www-authenticate": challenge,
        });
      }
      return denied && request.method === "POST"
        ? errorResponse(
          403,
          "DENIED",
          "requested access to the resource is denied",
        )
        : target.handler(request);
    };
    await using to = serve(handler);
    const reference = { registry: to.registry, repository: "x/y", tag: "1" };
    const credentials = () =>
      Promise.resolve({ username: "me", password: "secret" });
    await pushFromStore(
      store,
      descriptor,
      reference,
      optionsWith({ credentials }),
    );
    assert.match(
      tokens.requests[0]!,
      /^GET \/t\?service=s&scope=repository%3Ax%2Fy%3Apull%2Cpush&account=me Basic /,
    );
    const failure = async () => {
      let text = "";
      await assert.rejects(
        pushFromStore(
          store,
          descriptor,
          { ...reference, repository: "z" },
          optionsWith(),
        ),
        (error) => {
          assert(error instanceof RegistryError);
          text = dockerPushErrorText(error);
          return true;
        },
      );
      return text;
    };
    denied = true;
    assert.equal(
      await failure(),
      "denied: requested access to the resource is denied",
    );
    challenge = 'Basic realm="x"';
    assert.equal(await failure(), "no basic auth credentials");
    challenge = "";
    assert.equal(await failure(), "unauthorized: authentication required");
  }));
