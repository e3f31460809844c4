import assert from "node:assert/strict";
import { mayDecide } from "./config_files.ts";
import { findRemote } from "./remote.ts";
import { selfSignedCertificate } from "../images/self_signed_certificate.ts";

/** A home folder with files, and the environment of its user. */
async function withHome(
  files: Record<string, string>,
  run: (
    home: string,
    find: (env?: Record<string, string>) => ReturnType<typeof findRemote>,
  ) => Promise<void>,
): Promise<void> {
  const home = await Deno.makeTempDir();
  try {
    for (const [path, text] of Object.entries(files)) {
      await Deno.mkdir(`${home}/${path}`.replace(/\/[^/]*$/, ""), {
        recursive: true,
      });
      await Deno.writeTextFile(`${home}/${path}`, text);
    }
    await run(home, (env = {}) => {
      const all: Record<string, string> = {
        HOME: home,
        INCUS_GLOBAL_CONF: `${home}/global`,
        LXD_GLOBAL_CONF: `${home}/global-lxd`,
        INCUS_SOCKET: `${home}/incus.socket`,
        SSL_CERT_FILE: `${home}/authorities`,
        ...env,
      };
      return findRemote((name) => all[name]?.replaceAll("~", home));
    });
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

const INCUS = ".config/incus";
const PAIR = {
  [`${INCUS}/client.crt`]: "cert",
  [`${INCUS}/client.key`]: "key",
};
const CONFIG = `# mine
default-remote: lab
remotes:
  lab:
    addr: https://10.1.2.3:8443
    protocol: incus
    project: kube
  images:
    addr: https://images.linuxcontainers.org
    protocol: simplestreams
    public: true
  sso:
    addr: https://sso.example.net:8443
    auth_type: oidc
  other:
    addr: unix:///srv/incus.socket
  old:
    addr: http://10.1.2.3
  local:
    addr: unix://
    project: own
`;

Deno.test("findRemote() takes the default remote of the client configuration", async () => {
  await withHome(
    {
      ...PAIR,
      [`${INCUS}/config.yml`]: CONFIG,
      authorities: "the machine's",
    },
    async (home, find) => {
      assert.deepEqual(await find(), {
        path: "",
        https: {
          name: "lab",
          product: "incus",
          addresses: ["https://10.1.2.3:8443"],
          cert: "cert",
          key: "key",
          certFile: `${home}/${INCUS}/client.crt`,
          // Nothing is pinned.
          ca: "the machine's",
        },
        project: "kube",
      });
    },
  );
});

Deno.test("findRemote() obeys the variables, kini's own first", async (t) => {
  const socket = { "incus.socket": "", "k.socket": "" };
  const files = { ...PAIR, ...socket, [`${INCUS}/config.yml`]: CONFIG };
  const cases: [string, Record<string, string>, string][] = [
    ["KINI_SOCKET", { KINI_SOCKET: "~/k.socket" }, "~/k.socket -"],
    [
      "KINI_REMOTE",
      { KINI_REMOTE: "other", INCUS_REMOTE: "lab" },
      "/srv/incus.socket -",
    ],
    ["KINI_REMOTE=local", { KINI_REMOTE: "local" }, "~/incus.socket own"],
    ["INCUS_REMOTE", { INCUS_REMOTE: "other" }, "/srv/incus.socket -"],
    ["INCUS_REMOTE=local", { INCUS_REMOTE: "local" }, "~/incus.socket own"],
    ["KINI_PROJECT", { KINI_PROJECT: "p", INCUS_PROJECT: "i" }, "lab p"],
    ["INCUS_PROJECT", { INCUS_PROJECT: "i" }, "lab i"],
    ["the default project", { KINI_PROJECT: "default" }, "lab -"],
    ["KINI_CONFIG", {
      KINI_CONFIG: "~/.config/incus/config.yml",
      HOME: "/nonexistent",
    }, "lab kube"],
    ["KINI_CONFIG, a folder", {
      KINI_CONFIG: "~/.config/incus",
      HOME: "/nonexistent",
    }, "lab kube"],
    [
      "INCUS_CONF",
      { INCUS_CONF: "~/.config/incus", HOME: "/nonexistent" },
      "lab kube",
    ],
    [
      "XDG_CONFIG_HOME",
      { XDG_CONFIG_HOME: "~/.config", HOME: "/nonexistent" },
      "lab kube",
    ],
  ];
  await withHome(files, async (home, find) => {
    for (const [name, env, want] of cases) {
      await t.step(name, async () => {
        const { path, https, project = "-" } = await find(env);
        assert.equal(
          `${https?.name ?? path} ${project}`,
          want.replaceAll("~", home),
        );
      });
    }
  });
});

Deno.test("findRemote() refuses what it can't use, and names the remotes", async (t) => {
  const files = { ...PAIR, [`${INCUS}/config.yml`]: CONFIG };
  const cases: [Record<string, string>, RegExp][] = [
    [
      { KINI_REMOTE: "lba" },
      /^KINI_REMOTE is "lba", but there is no such remote in .*\/incus\/config\.yml: the remotes are lab, local, old, other, sso$/,
    ],
    [
      { INCUS_REMOTE: "x" },
      /^INCUS_REMOTE is "x", but there is no such remote/,
    ],
    [
      { LXC_REMOTE: "lab" },
      /^LXC_REMOTE is "lab", but there is no such remote in any client configuration: the remotes are local$/,
    ],
    [
      { KINI_REMOTE: "images" },
      /"images" of .*: it only serves images; the servers are lab, /,
    ],
    [
      { KINI_REMOTE: "sso" },
      /"sso": it signs in with OpenID Connect, .* "incus remote add --auth-type=tls"$/,
    ],
    [
      { KINI_REMOTE: "old" },
      /"old": its address "http:\/\/10\.1\.2\.3" is neither https:\/\/ nor unix:\/\//,
    ],
    [
      { KINI_CONFIG: "~/none.yml" },
      /^KINI_CONFIG names ".*\/none\.yml": there is no such client configuration$/,
    ],
    [
      { KINI_CONFIG: "~/global" },
      /^KINI_CONFIG names .*: there is no such client configuration$/,
    ],
    [
      { KINI_SOCKET: "/s", KINI_REMOTE: "lab" },
      /both name a server: unset one of them$/,
    ],
  ];
  await withHome(files, async (_home, find) => {
    for (const [env, message] of cases) {
      await t.step(JSON.stringify(env), async () => {
        await assert.rejects(find(env), { name: "RangeError", message });
      });
    }
  });
});

Deno.test("findRemote() says what is wrong with a configuration", async (t) => {
  const cases: [string, Record<string, string>, RegExp][] = [
    [
      "YAML",
      { [`${INCUS}/config.yml`]: "default-remote: [x" },
      /^Cannot read the client configuration ".*config\.yml": /,
    ],
    [
      "no mapping",
      { [`${INCUS}/config.yml`]: "- default-remote: x" },
      /it is no mapping$/,
    ],
    [
      "no such default",
      { [`${INCUS}/config.yml`]: "default-remote: x" },
      /^default-remote in .* is "x", but there is no such remote: the remotes are local$/,
    ],
    [
      "no key",
      { [`${INCUS}/config.yml`]: CONFIG, [`${INCUS}/client.crt`]: "" },
      /there is no .*\/client\.crt with client\.key: "incus remote add" makes them$/,
    ],
    [
      "encrypted key",
      {
        [`${INCUS}/config.yml`]: CONFIG,
        [`${INCUS}/client.crt`]: "",
        [`${INCUS}/client.key`]: "-----BEGIN ENCRYPTED PRIVATE KEY-----",
      },
      /client\.key" is encrypted: remove its passphrase with "openssl pkey"/,
    ],
    [
      "damaged pin",
      {
        ...PAIR,
        [`${INCUS}/config.yml`]: CONFIG,
        [`${INCUS}/servercerts/lab.crt`]: "x",
      },
      /servercerts\/lab\.crt is damaged: there is no certificate in PEM form: remove the remote/,
    ],
  ];
  for (const [name, files, message] of cases) {
    await t.step(name, () =>
      withHome(files, async (_home, find) => {
        await assert.rejects(find(), { message });
      }));
  }
});

Deno.test("findRemote() reads LXD's configuration where Incus is not in use", async (t) => {
  const lxd = `default-remote: far
remotes:
  far: {addr: "https://10.9.9.9:8443", protocol: lxd}
  local: {addr: "unix://", project: mine}
`;
  const pair = (folder: string) => ({
    [`${folder}/config.yml`]: lxd,
    [`${folder}/client.crt`]: "cert",
    [`${folder}/client.key`]: "key",
  });
  const snap = "snap/lxd/common/config";
  const incus = { [`${INCUS}/config.yml`]: "default-remote: local" };
  const cases: [
    string,
    Record<string, string>,
    Record<string, string>,
    string,
  ][] = [
    ["snap", pair(snap), {}, "far -"],
    ["native", pair(".config/lxc"), {}, "far -"],
    ["LXD_CONF", pair("c"), { LXD_CONF: "~/c" }, "far -"],
    [
      "LXC_REMOTE",
      {
        ...pair(snap),
        [`${snap}/config.yml`]: lxd.replace("default-remote: far", ""),
      },
      { LXC_REMOTE: "far" },
      "far -",
    ],
    [
      "Incus's default is local, but is not here",
      { ...pair(snap), ...incus },
      {},
      "far -",
    ],
    [
      "Incus is here",
      { ...pair(snap), ...incus, "incus.socket": "" },
      {},
      "~/incus.socket -",
    ],
    [
      "its own socket for its local remote",
      { ...pair(snap), "incus.socket": "", "lxd.socket": "" },
      { LXC_REMOTE: "local", LXD_SOCKET: "~/lxd.socket" },
      "~/lxd.socket mine",
    ],
  ];
  for (const [name, files, env, want] of cases) {
    await t.step(name, () =>
      withHome(files, async (home, find) => {
        const { path, https, project = "-" } = await find(env);
        assert.equal(
          `${https?.name ?? path} ${project}`,
          want.replaceAll("~", home),
        );
      }));
  }
});

Deno.test("findRemote() adds what all users of the machine share", async () => {
  const { cert } = await selfSignedCertificate();
  await withHome({
    ...PAIR,
    "global/config.yml": "remotes: {shared: {addr: 'https://[fd00::1]:8443'}}",
    "global/servercerts/shared.crt": cert,
  }, async (_home, find) => {
    const { https } = await find({ KINI_REMOTE: "shared" });
    assert.deepEqual(https?.addresses, ["https://[fd00::1]:8443"]);
    assert.equal(https?.serverCert, cert);
    assert.equal(https?.serverName, undefined);
    assert.ok(https?.pinned);
  });
});

Deno.test("findRemote() tries the addresses of a remote from the one that worked last", async () => {
  const config = `default-remote: two
remotes:
  two:
    addr: https://a:8443,https://b:8443
    last_working_address: https://b:8443
`;
  await withHome(
    { ...PAIR, [`${INCUS}/config.yml`]: config },
    async (_home, find) => {
      assert.deepEqual((await find()).https?.addresses, [
        "https://b:8443",
        "https://a:8443",
      ]);
    },
  );
});

Deno.test("mayDecide() sees every way to name another server or project", () => {
  const good = [
    "",
    "default-remote: local\nremotes:\n  far:\n    addr: https://far\n",
    'default-remote: "local"',
    "default-remote: local # mine",
    "remotes:\n  local:\n    project: default\n",
    "remotes:\n  local:\n    project: ''\n",
  ];
  const bad = [
    "default-remote: far",
    "default-remote: 'far'",
    "default-remote: local2",
    "{default-remote: far}",
    '{"default-remote": "far"}',
    "default-remote:\n  far",
    "remotes:\n  local:\n    project: kube",
    "remotes: {local: {project: kube}}",
  ];
  for (const text of good) assert.equal(mayDecide(text), false, text);
  for (const text of bad) assert.equal(mayDecide(text), true, text);
});

Deno.test("findRemote() reads the user's own authority and a certificate of the remote's own", async () => {
  const { cert } = await selfSignedCertificate();
  await withHome({
    ...PAIR,
    [`${INCUS}/config.yml`]: CONFIG,
    [`${INCUS}/client.ca`]: "authority",
    [`${INCUS}/clientcerts/lab.crt`]: "own cert",
    [`${INCUS}/clientcerts/lab.key`]: "own key",
    [`${INCUS}/servercerts/lab.crt`]: cert,
  }, async (_home, find) => {
    const { https } = await find();
    assert.equal(https?.cert, "own cert");
    assert.equal(https?.key, "own key");
    // The authority may have signed a newer certificate than the pinned one.
    assert.equal(https?.ca, `authority\n${cert}`);
    assert.equal(https?.pinned, undefined);
  });
});
