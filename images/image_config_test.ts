import assert from "node:assert/strict";
import { parseConfigBlob } from "./image_config.ts";

Deno.test("parseConfigBlob() reads every field", () => {
  const blob = parseConfigBlob({
    architecture: "arm64",
    variant: "v8",
    os: "linux",
    created: "2024-05-01T10:00:00Z",
    config: {
      Entrypoint: ["/usr/local/bin/entrypoint", "/sbin/init"],
      Cmd: ["sh"],
      Env: ["container=docker", "PATH=/bin"],
      Labels: { a: "1", ["__proto__"]: "2" },
      User: "1000:1000",
      WorkingDir: "/srv",
      ExposedPorts: { "80/tcp": {}, "53/udp": {} },
      Volumes: { "/var": {}, "/data": {} },
      StopSignal: "SIGRTMIN+3",
    },
    rootfs: { type: "layers", diff_ids: [] },
  });
  assert.deepEqual(blob, {
    config: {
      entrypoint: ["/usr/local/bin/entrypoint", "/sbin/init"],
      cmd: ["sh"],
      env: ["container=docker", "PATH=/bin"],
      labels: { a: "1", ["__proto__"]: "2" },
      user: "1000:1000",
      workingDir: "/srv",
      exposedPorts: ["53/udp", "80/tcp"],
      volumes: ["/data", "/var"],
      stopSignal: "SIGRTMIN+3",
    },
    platform: { os: "linux", architecture: "arm64", variant: "v8" },
    created: "2024-05-01T10:00:00Z",
  });
});

Deno.test("parseConfigBlob() takes null and absent as empty", () => {
  const empty = {
    entrypoint: [],
    cmd: [],
    env: [],
    labels: {},
    user: "",
    workingDir: "",
    exposedPorts: [],
    volumes: [],
    stopSignal: "",
  };
  const blobs = [
    {},
    { config: null },
    { config: { Entrypoint: null, Labels: null, Volumes: null, User: null } },
  ];
  for (const blob of blobs) {
    assert.deepEqual(parseConfigBlob(blob).config, empty);
  }
});

Deno.test("parseConfigBlob() names the field of a wrong type", () => {
  const tests = [
    { blob: [], want: /config blob is not an object/ },
    { blob: null, want: /config blob is not an object/ },
    { blob: { os: 1 }, want: /os is not a string/ },
    { blob: { config: { Cmd: "sh" } }, want: /Cmd is not a list/ },
    { blob: { config: { Env: [1] } }, want: /Env is not a list/ },
    { blob: { config: { Labels: { a: 1 } } }, want: /"a" is not a string/ },
    { blob: { config: { Volumes: ["/a"] } }, want: /Volumes is not an/ },
  ];
  for (const { blob, want } of tests) {
    assert.throws(() => parseConfigBlob(blob), want);
  }
});
