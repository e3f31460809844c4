import assert from "node:assert/strict";
import {
  listStreamImages,
  StreamsError,
  type StreamsTarget,
} from "./simplestreams.ts";

const { signal } = new AbortController();
const TARGET: StreamsTarget = { product: "incus", architecture: "amd64" };
const INDEX = {
  index: { images: { datatype: "image-downloads", path: "streams/v1/i.json" } },
};

/** A product with one version of files of these types. */
function product(aliases: string, arch: string, ...types: string[]) {
  const items = Object.fromEntries(
    types.map((ftype) => [ftype, { ftype, path: ftype }]),
  );
  return { aliases, arch, versions: { "202601010000": { items } } };
}

/** Answers by path; what is a text is sent as it is. */
async function withServer(
  answers: Record<string, unknown>,
  test: (url: string) => Promise<void>,
): Promise<void> {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => {
      const answer = answers[new URL(request.url).pathname];
      if (answer === undefined) return new Response("none", { status: 404 });
      return new Response(
        typeof answer === "string" ? answer : JSON.stringify(answer),
      );
    },
  );
  try {
    await test(`http://127.0.0.1:${server.addr.port}/base`);
  } finally {
    await server.shutdown();
  }
}

function list(url: string, target = TARGET, timeout?: number) {
  const env = () => undefined;
  return listStreamImages(url, target, {
    env,
    signal,
    ...(timeout && { timeout }),
  });
}

Deno.test("listStreamImages() lists images that a server could make containers of, the newest of each", async () => {
  const products = {
    a: product("k/v1, k/v1/ubuntu", "amd64", "incus_combined.tar.gz"),
    b: product("k/v2", "amd64", "lxd_combined.tar.gz"),
    c: product("k/v3", "amd64", "incus.tar.xz", "squashfs"),
    // A virtual machine's, and another processor's.
    d: product("k/v4", "amd64", "incus.tar.xz", "disk-kvm.img"),
    e: product("k/v5", "arm64", "incus_combined.tar.gz"),
    f: { arch: "amd64" },
    g: null,
  };
  await withServer({
    "/base/streams/v1/index.json": INDEX,
    "/base/streams/v1/i.json": { products },
  }, async (url) => {
    assert.deepEqual([...(await list(url)).keys()], [
      "k/v1",
      "k/v1/ubuntu",
      "k/v3",
    ]);
    assert.deepEqual(
      [...(await list(url, { ...TARGET, product: "lxd" })).keys()],
      ["k/v2"],
    );
    assert.deepEqual(
      [...(await list(url, { ...TARGET, architecture: "arm64" })).keys()],
      ["k/v5"],
    );
  });
});

Deno.test("listStreamImages() tells the fingerprints of the newest version", async () => {
  const sum = (letter: string) => letter.repeat(64);
  const whole = (letter: string) => ({
    items: { a: { ftype: "incus_combined.tar.gz", sha256: sum(letter) } },
  });
  const split = {
    items: {
      a: {
        ftype: "incus.tar.xz",
        sha256: sum("0"),
        combined_squashfs_sha256: sum("c"),
        combined_rootxz_sha256: sum("d"),
      },
      b: { ftype: "squashfs", sha256: sum("1") },
      c: { ftype: "root.tar.xz", sha256: sum("2") },
    },
  };
  const versions = (all: Record<string, unknown>) => ({
    arch: "amd64",
    versions: all,
  });
  await withServer({
    "/base/streams/v1/index.json": INDEX,
    "/base/streams/v1/i.json": {
      products: {
        a: {
          aliases: "a",
          ...versions({
            "202601010000": whole("a"),
            "202602010000": whole("b"),
            "202603010000": { items: {} },
          }),
        },
        b: { aliases: "b", ...versions({ "202601010000": split }) },
      },
    },
  }, async (url) => {
    assert.deepEqual(Object.fromEntries(await list(url)), {
      a: [sum("b")],
      b: [sum("c"), sum("d")],
    });
  });
});

for (
  const { name, answers, pattern } of [
    { name: "nothing", answers: {}, pattern: /index\.json.* 404/ },
    {
      name: "no JSON",
      answers: { "/base/streams/v1/index.json": "<html>" },
      pattern: /the answer is no JSON/,
    },
    {
      name: "an index without lists",
      answers: { "/base/streams/v1/index.json": [] },
      pattern: /names no list of images/,
    },
    {
      name: "a list elsewhere",
      answers: {
        "/base/streams/v1/index.json": {
          index: { x: { datatype: "image-downloads", path: "../../x" } },
        },
      },
      pattern: /names no list of images/,
    },
    {
      name: "no list",
      answers: { "/base/streams/v1/index.json": INDEX },
      pattern: /i\.json.* 404/,
    },
  ]
) {
  Deno.test(`listStreamImages() says so when the server has ${name}`, async () => {
    await withServer(answers, async (url) => {
      await assert.rejects(
        list(url),
        (error) => error instanceof StreamsError && pattern.test(error.message),
      );
    });
  });
}

Deno.test("listStreamImages() gives up on a server that is silent, and on none", async () => {
  const silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${(silent.addr as Deno.NetAddr).port}`;
  try {
    await assert.rejects(list(url, TARGET, 50), {
      name: "StreamsError",
      message: `${url} doesn't answer`,
    });
  } finally {
    silent.close();
  }
  await assert.rejects(list(url), { name: "StreamsError" });
});

Deno.test("listStreamImages() ends when its caller does", async () => {
  await assert.rejects(
    listStreamImages("http://127.0.0.1:1", TARGET, {
      env: () => undefined,
      signal: AbortSignal.abort(new Error("enough")),
    }),
    { message: "enough" },
  );
});
