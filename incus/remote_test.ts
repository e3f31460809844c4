import assert from "node:assert/strict";
import { explainFailure, findRemote, socketCandidates } from "./remote.ts";

const environment = (values: Record<string, string>) => (name: string) =>
  values[name];

Deno.test("socketCandidates() looks where the official clients do", async (t) => {
  const all = {
    KINI_SOCKET: "/k",
    INCUS_SOCKET: "/i",
    INCUS_DIR: "/id",
    LXD_SOCKET: "/l",
    LXD_DIR: "/ld",
  };
  const { KINI_SOCKET: _1, ...withoutKini } = all;
  const { INCUS_SOCKET: _2, ...withoutSocket } = withoutKini;
  const { INCUS_DIR: _3, ...lxd } = withoutSocket;
  const { LXD_SOCKET: _4, ...lxdDir } = lxd;
  const cases: [string, Record<string, string>, string[]][] = [
    ["KINI_SOCKET", all, ["/k incus-admin"]],
    ["INCUS_SOCKET", withoutKini, ["/i incus-admin"]],
    ["INCUS_DIR", withoutSocket, ["/id/unix.socket incus-admin"]],
    ["LXD_SOCKET", lxd, ["/l lxd"]],
    ["LXD_DIR", lxdDir, ["/ld/unix.socket lxd"]],
    ["empty values", { KINI_SOCKET: "", INCUS_SOCKET: "/i" }, [
      "/i incus-admin",
    ]],
    ["nothing", {}, [
      "/run/incus/unix.socket incus-admin",
      "/var/lib/incus/unix.socket incus-admin",
      "/var/snap/lxd/common/lxd/unix.socket lxd",
      "/var/lib/lxd/unix.socket lxd",
    ]],
  ];
  for (const [name, env, want] of cases) {
    await t.step(name, () => {
      assert.deepEqual(
        socketCandidates(environment(env)).map(({ path, group }) =>
          `${path} ${group}`
        ),
        want,
      );
    });
  }
});

Deno.test("findRemote() takes the socket that is there, and the project", async () => {
  const path = await Deno.makeTempFile();
  try {
    const cases: [Record<string, string>, string | undefined][] = [
      [{}, undefined],
      [{ KINI_PROJECT: "k", INCUS_PROJECT: "i", LXD_PROJECT: "l" }, "k"],
      [{ INCUS_PROJECT: "i", LXD_PROJECT: "l" }, "i"],
      [{ LXD_PROJECT: "l" }, "l"],
      [{ INCUS_PROJECT: "default" }, undefined],
    ];
    for (const [env, project] of cases) {
      assert.deepEqual(
        await findRemote(environment({ KINI_SOCKET: path, ...env })),
        project === undefined ? { path } : { path, project },
      );
    }
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("findRemote() names every socket it tried", async () => {
  await assert.rejects(
    findRemote(environment({ INCUS_DIR: "/nonexistent" })),
    {
      name: "ConnectionError",
      message: "Cannot connect to Incus or LXD: tried " +
        "/nonexistent/unix.socket (no such socket). Is the server running? " +
        "KINI_SOCKET names a socket elsewhere",
    },
  );
});

Deno.test({
  name: "findRemote() names the group when it may not look",
  permissions: { read: false },
  async fn() {
    await assert.rejects(
      findRemote(environment({ LXD_SOCKET: "/nonexistent/unix.socket" })),
      /unix\.socket \(permission denied, join the group lxd\)/,
    );
  },
});

Deno.test("explainFailure() tells of the other sockets", async () => {
  const env = environment({});
  const error = await explainFailure("/nonexistent/unix.socket", env);
  assert.match(
    error.message,
    /^Cannot connect to Incus at unix:\/\/\/nonexistent\/unix\.socket: no such socket \(also known: \/run\/incus\/unix\.socket, /,
  );
});
