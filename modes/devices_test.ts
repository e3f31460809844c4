import assert from "node:assert/strict";
import { parseTmpfs } from "../docker/tmpfs.ts";
import { parseVolume } from "../docker/volume_flag.ts";
import { parsePublish } from "../docker/publish.ts";
import { diskDeviceFor, listeningPortOf, proxyDeviceFor } from "./devices.ts";

for (
  const { input, listen, connect } of [
    {
      input: "127.0.0.1:33111:6443/TCP",
      listen: "tcp:127.0.0.1:33111",
      connect: "tcp:127.0.0.1:6443",
    },
    {
      input: "[::1]:34473:6443/TCP",
      listen: "tcp:[::1]:34473",
      connect: "tcp:127.0.0.1:6443",
    },
    {
      input: "8080:80",
      listen: "tcp:0.0.0.0:8080",
      connect: "tcp:127.0.0.1:80",
    },
    {
      input: "53:53/udp",
      listen: "udp:0.0.0.0:53",
      connect: "udp:127.0.0.1:53",
    },
  ]
) {
  Deno.test(`proxyDeviceFor() publishes ${input}`, () => {
    const [publish] = parsePublish(input);
    const device = proxyDeviceFor(publish!);
    assert.deepEqual(device, { type: "proxy", bind: "host", listen, connect });
    // And back.
    const port = listeningPortOf(device);
    assert.equal(port?.containerPort, publish!.containerPort);
    assert.equal(port?.hostPort, publish!.hostPort);
    assert.equal(port?.protocol, publish!.protocol);
  });
}

Deno.test("listeningPortOf() knows no port of other devices", () => {
  assert.equal(listeningPortOf({ type: "disk", path: "/" }), undefined);
  assert.equal(
    listeningPortOf({
      type: "proxy",
      listen: "unix:/run/x",
      connect: "tcp:127.0.0.1:1",
    }),
    undefined,
  );
});

const HERE = { directory: "/" };

for (
  const { input, privileged, file, want } of [
    {
      input: "/lib/modules:/lib/modules:ro",
      privileged: true,
      file: false,
      want: {
        type: "disk",
        source: "/lib/modules",
        path: "/lib/modules",
        readonly: "true",
      },
    },
    {
      input: "/srv:/data:rshared",
      privileged: true,
      file: false,
      want: {
        type: "disk",
        source: "/srv",
        path: "/data",
        recursive: "true",
        propagation: "rshared",
      },
    },
    {
      input: "/etc/hosts:/x",
      privileged: false,
      file: true,
      want: { type: "disk", source: "/etc/hosts", path: "/x", shift: "true" },
    },
    {
      // It may be on a file system of any kind, and everybody may read it.
      input: "/lib/modules/6.1:/lib/modules/6.1:ro",
      privileged: false,
      file: false,
      want: {
        type: "disk",
        source: "/lib/modules/6.1",
        path: "/lib/modules/6.1",
        readonly: "true",
      },
    },
    {
      input: "/srv:/data:rslave",
      privileged: false,
      file: false,
      want: {
        type: "disk",
        source: "/srv",
        path: "/data",
        recursive: "true",
        propagation: "rslave",
      },
    },
  ]
) {
  Deno.test(`diskDeviceFor() binds ${input}`, () => {
    assert.deepEqual(
      diskDeviceFor(parseVolume(input, HERE), {
        privileged,
        isFile: () => file,
      }),
      want,
    );
  });
}

Deno.test("diskDeviceFor() makes a tmpfs of a size", () => {
  const device = diskDeviceFor(parseTmpfs("/tmp:size=64m,mode=1777"), {
    privileged: true,
    isFile: () => false,
  });
  assert.equal(device.source, "tmpfs:");
  assert.equal(device.size, String(64 * 1024 * 1024));
  assert.equal(device["initial.mode"], "1777");
});
