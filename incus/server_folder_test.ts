import assert from "node:assert/strict";
import type { IncusClient } from "./client.ts";
import { IncusError } from "./errors.ts";
import { serverFolder } from "./server_folder.ts";

function client(
  path: string,
  sources: (string | null)[] | IncusError,
  server: string,
): IncusClient {
  return {
    remote: { path },
    get: () =>
      sources instanceof IncusError ? Promise.reject(sources) : Promise.resolve(
        sources.map((source) => ({
          config: source === null ? null : { source },
        })),
      ),
    server: () => Promise.resolve({ environment: { server } }),
  } as unknown as IncusClient;
}

Deno.test("serverFolder() finds the folder of a server here and elsewhere", async (t) => {
  const refused = new IncusError(
    403,
    "GET /1.0/storage-pools",
    "not authorized",
  );
  const snap = "/var/snap/lxd/common/lxd";
  const cases: [
    string,
    string,
    Parameters<typeof client>[1],
    string,
    string,
  ][] = [
    [
      "a usual socket",
      "/var/lib/lxd/unix.socket",
      refused,
      "lxd",
      "/var/lib/lxd",
    ],
    [
      "a folder of the user's",
      "/srv/i/unix.socket",
      refused,
      "incus",
      "/srv/i",
    ],
    [
      "incus-user",
      "/var/lib/incus/unix.socket.user",
      [],
      "incus",
      "/var/lib/incus",
    ],
    [
      "a tunnel",
      "/tmp/far.sock",
      ["/var/lib/lxd/storage-pools/a"],
      "lxd",
      "/var/lib/lxd",
    ],
    [
      "HTTPS, a folder",
      "",
      ["tank/lxd", "/var/lib/lxd/storage-pools/a"],
      "lxd",
      "/var/lib/lxd",
    ],
    ["HTTPS, a file", "", [`${snap}/disks/a.img`], "lxd", snap],
    ["HTTPS, nothing known", "", ["tank/lxd", null], "lxd", snap],
    ["HTTPS, refused", "", refused, "incus", "/var/lib/incus"],
  ];
  for (const [name, path, sources, server, want] of cases) {
    await t.step(name, async () => {
      assert.equal(await serverFolder(client(path, sources, server)), want);
    });
  }
});
