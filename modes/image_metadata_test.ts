import assert from "node:assert/strict";
import { LayerReader } from "../images/layer_reader.ts";
import { textOf } from "../images/layer_entry.ts";
import type { StoredImageInfo } from "../images/store_images.ts";
import {
  type ImageMetadata,
  metadataArchive,
  serverArchitecture,
} from "./image_metadata.ts";

type Config = StoredImageInfo["config"];

function metadata(
  config: Partial<Config> = {},
  image: Partial<StoredImageInfo> = {},
  rest: Partial<ImageMetadata> = {},
): ImageMetadata {
  return {
    image: {
      id: `sha256:${"1".repeat(64)}`,
      manifestDigest: `sha256:${"2".repeat(64)}`,
      manifest: {} as StoredImageInfo["manifest"],
      names: [],
      config: {
        entrypoint: [],
        cmd: [],
        env: [],
        labels: {},
        user: "",
        workingDir: "",
        exposedPorts: [],
        volumes: [],
        stopSignal: "",
        ...config,
      } as Config,
      platform: { os: "linux", architecture: "amd64" },
      created: "2026-01-02T03:04:05.6Z",
      history: [],
      diffIds: [],
      layers: [],
      size: 0,
      complete: true,
      ...image,
    } as StoredImageInfo,
    form: "oci",
    description: "d",
    origin: "o",
    user: { uid: 0, gid: 0, home: "/root" },
    ...rest,
  };
}

// deno-lint-ignore no-explicit-any -- what a server would parse
async function read(of: ImageMetadata): Promise<Record<string, any>> {
  const reader = new LayerReader(ReadableStream.from([metadataArchive(of)]));
  const files: Record<string, unknown> = {};
  for (
    let entry = await reader.next();
    entry;
    entry = await reader.next()
  ) {
    let text = "";
    for (
      let piece = await reader.content();
      piece;
      piece = await reader.content()
    ) text += textOf(piece);
    files[entry.path] = JSON.parse(text);
  }
  return files;
}

Deno.test("metadataArchive() always has what the server must have", async () => {
  const times: [string | undefined, number][] = [
    ["2026-01-02T03:04:05.6Z", 1767323045],
    ["1970-01-01T00:00:00Z", 1],
    ["0001-01-01T00:00:00Z", 1],
    ["yesterday", 1],
    [undefined, 1],
  ];
  for (const [created, want] of times) {
    const files = await read(metadata({}, { created }));
    assert.deepEqual(files["metadata.yaml"], {
      architecture: "x86_64",
      creation_date: want,
      expiry_date: 0,
      properties: {
        architecture: "x86_64",
        description: "d",
        id: "o",
        type: "oci",
        "user.kini.image-id": `sha256:${"1".repeat(64)}`,
        "user.kini.image-form": "oci",
      },
      templates: {},
    });
  }
});

Deno.test("metadataArchive() of a system container says nothing of OCI", async () => {
  const files = await read(metadata({}, {}, { form: "lxc" }));
  assert.deepEqual(Object.keys(files), ["metadata.yaml"]);
  assert.equal(files["metadata.yaml"].properties.type, undefined);
});

Deno.test("metadataArchive() fills in what the image leaves out", async () => {
  const { process } = (await read(metadata()))["config.json"];
  assert.deepEqual(process, {
    terminal: true,
    user: { uid: 0, gid: 0 },
    args: ["sh"],
    env: [
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      "TERM=xterm",
      "HOME=/root",
    ],
    cwd: "/",
  });
});

Deno.test("metadataArchive() keeps what the image says", async () => {
  const files = await read(metadata({
    entrypoint: ["/e", "it's"],
    cmd: ["c d"],
    env: ["PATH=/p", "A=1=2", "A=3", "HOME=/h", "bad", "=bad", "E="],
    workingDir: "work",
    labels: { "a.b": "c" },
    exposedPorts: ["53/udp", "80/tcp"],
    stopSignal: "SIGINT",
  }));
  const { process, annotations } = files["config.json"];
  assert.deepEqual(process.args, ["/e", "it's", "c d"]);
  assert.deepEqual(process.env, [
    "PATH=/p",
    "TERM=xterm",
    "A=3",
    "HOME=/h",
    "E=",
  ]);
  assert.equal(process.cwd, "/work");
  assert.deepEqual(annotations, {
    "a.b": "c",
    "org.opencontainers.image.architecture": "amd64",
    "org.opencontainers.image.created": "2026-01-02T03:04:05.6Z",
    "org.opencontainers.image.exposedPorts": "53/udp,80/tcp",
    "org.opencontainers.image.os": "linux",
    "org.opencontainers.image.stopSignal": "SIGINT",
  });
});

Deno.test("metadataArchive() refuses zero bytes", () => {
  const bad: Partial<Config>[] = [
    { cmd: ["a\0"] },
    { env: ["A=\0"] },
    { workingDir: "/\0" },
  ];
  for (const config of bad) {
    assert.throws(() => metadataArchive(metadata(config)), RangeError);
  }
});

Deno.test("metadataArchive() is the same each time", () => {
  assert.deepEqual(metadataArchive(metadata()), metadataArchive(metadata()));
});

Deno.test("serverArchitecture() knows the kernel's names", () => {
  const cases: [string, string | undefined, string][] = [
    ["amd64", undefined, "x86_64"],
    ["arm64", "v8", "aarch64"],
    ["arm", "v7", "armv7l"],
    ["arm", "v6", "armv6l"],
    ["386", "", "i686"],
  ];
  for (const [architecture, variant, want] of cases) {
    const platform = { os: "linux", architecture, variant };
    assert.equal(serverArchitecture(platform), want);
  }
  for (
    const platform of [
      { os: "windows", architecture: "amd64" },
      { os: "linux", architecture: "vax" },
      { os: "linux", architecture: "toString" },
    ]
  ) assert.throws(() => serverArchitecture(platform), RangeError);
});
