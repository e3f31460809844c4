import assert from "node:assert/strict";
import type { Mount } from "../../docker/mount.ts";
import { parseVolume } from "../../docker/volume_flag.ts";
import { parsePublish, type Publish } from "../../docker/publish.ts";
import type { RunRequest } from "../../docker/run_request.ts";
import type { HttpsServer } from "../../incus/https_server.ts";
import { reachedAt, requestForRemote } from "./remote_server.ts";

const server = (address: string): HttpsServer => ({
  name: "far",
  product: "incus",
  addresses: [address],
  cert: "",
  key: "",
  certFile: "",
});

function request(
  publish: string[],
  { role = "control-plane", volumes = [] as string[] } = {},
): RunRequest {
  const labels: Record<string, string> = role
    ? { "io.x-k8s.kind.role": role }
    : {};
  const mounts: Mount[] = volumes.map((one) =>
    parseVolume(one, { directory: "/" })
  );
  const publishes: Publish[] = publish.flatMap((one) => parsePublish(one));
  return { labels, mounts, publishes } as unknown as RunRequest;
}

const LABEL = "desktop.docker.io/ports/6443/tcp";

Deno.test("requestForRemote() opens the Kubernetes API where the user reaches it", async (t) => {
  const far = "https://10.1.2.3:8443";
  const cases: [string, string, string, string, string | undefined][] = [
    [
      far,
      "127.0.0.1:34567:6443/TCP",
      "control-plane",
      "0.0.0.0:34567",
      "10.1.2.3:34567",
    ],
    [
      far,
      "127.0.0.1:34567:6443/TCP",
      "external-load-balancer",
      "0.0.0.0:34567",
      "10.1.2.3:34567",
    ],
    [
      "https://[fd00::1]:8443",
      "[::1]:34567:6443/TCP",
      "control-plane",
      ":::34567",
      "[fd00::1]:34567",
    ],
    [
      "https://incus.example.net:8443",
      "0.0.0.0:1:6443/TCP",
      "control-plane",
      "0.0.0.0:1",
      "incus.example.net:1",
    ],
    // An address of the server that the user has chosen.
    [far, "10.9.9.9:1:6443/TCP", "control-plane", "10.9.9.9:1", undefined],
    // Another port, and another container.
    [far, "127.0.0.1:80:80/TCP", "control-plane", "127.0.0.1:80", undefined],
    [far, "127.0.0.1:1:6443/TCP", "", "127.0.0.1:1", undefined],
    // This machine, or a tunnel to the server.
    [
      "https://127.0.0.1:8443",
      "127.0.0.1:1:6443/TCP",
      "control-plane",
      "127.0.0.1:1",
      undefined,
    ],
    [
      "https://localhost:8443",
      "127.0.0.1:1:6443/TCP",
      "control-plane",
      "127.0.0.1:1",
      undefined,
    ],
  ];
  for (const [address, publish, role, listen, label] of cases) {
    await t.step(
      `${publish} of ${role || "no node"} at ${address}`,
      async () => {
        const changed = await requestForRemote(
          request([publish], { role }),
          server(address),
        );
        const [one] = changed.publishes;
        assert.equal(`${one?.hostIp}:${one?.hostPort}`, listen);
        assert.equal(changed.labels[LABEL], label);
      },
    );
  }
});

Deno.test("requestForRemote() tells kind the port that it chose", async () => {
  const { publishes, labels } = await requestForRemote(
    request(["127.0.0.1::6443"]),
    server("https://far:8443"),
  );
  assert.ok(publishes[0]!.hostPort);
  assert.equal(labels[LABEL], `far:${publishes[0]!.hostPort}`);
});

Deno.test("requestForRemote() binds the server's system, and no folder of this machine", async () => {
  const folder = await Deno.makeTempDir();
  const far = server("https://far:8443");
  try {
    const { mounts } = await requestForRemote(
      request([], {
        volumes: ["/lib/modules:/lib/modules:ro", "/var", "/nonexistent/x:/y"],
      }),
      far,
    );
    assert.deepEqual(mounts.map((one) => [one.source, one.optional ?? false]), [
      ["/lib/modules", true],
      ["", false],
      ["/nonexistent/x", false],
    ]);
    await assert.rejects(
      requestForRemote(request([], { volumes: [`${folder}:/x`] }), far),
      {
        name: "DaemonError",
        message: `cannot bind ${folder}: the server "far" is another machine ` +
          'and has no folder of this one: leave the mount out and use "docker ' +
          'cp", or name a folder that only the server has',
      },
    );
  } finally {
    await Deno.remove(folder);
  }
});

Deno.test("reachedAt() is no address of this machine", () => {
  assert.equal(reachedAt(server("https://10.1.2.3:8443")), "10.1.2.3");
  assert.equal(reachedAt(server("https://[fd00::1]:8443")), "fd00::1");
  assert.equal(reachedAt(server("https://[::1]:8443")), undefined);
});
