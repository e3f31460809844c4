import assert from "node:assert/strict";
import { selfSignedCertificate } from "../images/self_signed_certificate.ts";
import { runKini, type RunResult } from "./harness.ts";

/** A user's home folder; what runs as kini is a file in it. */
async function withHome(
  run: (
    home: string,
    kini: (
      argv: string,
      env?: Record<string, string>,
    ) => Promise<RunResult>,
  ) => Promise<void>,
): Promise<void> {
  const home = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${home}/kini`, "#!/bin/sh\necho this is kini\n", {
      mode: 0o755,
    });
    await run(
      home,
      (argv, env = {}) =>
        runKini(["kini", ...argv.split(" ")], {
          env: {
            HOME: home,
            KINI_LAUNCHER: `${home}/kini`,
            INCUS_GLOBAL_CONF: `${home}/global`,
            ...env,
          },
        }),
    );
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

async function names(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of Deno.readDir(folder)) found.push(name);
  return found.sort();
}

Deno.test("kini setup install makes links, and does it again", async () => {
  await withHome(async (home, kini) => {
    const folder = `${home}/.local/lib/kini`;
    const dry = await kini("setup install --dry-run");
    assert.equal(
      dry.stdout,
      `would link ${folder}/docker to ${home}/kini\n` +
        `would link ${folder}/kind to ${home}/kini\n`,
    );
    await assert.rejects(Deno.stat(`${home}/.local`), Deno.errors.NotFound);
    for (let time = 0; time < 2; time++) {
      const { code, stdout, stderr } = await kini("setup install");
      assert.equal(code, 0, stderr);
      assert.equal(
        stdout,
        `${folder}/docker -> ${home}/kini\n${folder}/kind -> ${home}/kini\n`,
      );
    }
    assert.deepEqual(await names(folder), ["docker", "kind"]);
    assert.equal(await Deno.realPath(`${folder}/kind`), `${home}/kini`);
    // A kini that is gone leaves links that nobody misses.
    await Deno.remove(`${folder}/docker`);
    await Deno.symlink("/gone/bin/kini", `${folder}/docker`);
    assert.equal((await kini("setup install")).code, 0);
    assert.equal(await Deno.readLink(`${folder}/docker`), `${home}/kini`);
  });
});

Deno.test("kini setup install never destroys a docker that is there", async () => {
  await withHome(async (home, kini) => {
    await Deno.mkdir(`${home}/bin`);
    await Deno.writeTextFile(`${home}/bin/docker`, "the user's");
    const refused = await kini(`setup install ${home}/bin`);
    assert.equal(refused.code, 1);
    assert.equal(
      refused.stderr,
      `Cannot make the link "${home}/bin/docker": what is there is not ` +
        "kini's: choose another folder, or move it aside with --force\n",
    );
    assert.deepEqual(await names(`${home}/bin`), ["docker"]);
    const dry = await kini(`setup install --force --dry-run ${home}/bin`);
    assert.match(dry.stdout, /^would move .*\/docker aside and link it to/);
    assert.deepEqual(await names(`${home}/bin`), ["docker"]);

    const forced = await kini(`setup install --force ${home}/bin`);
    assert.match(
      forced.stdout,
      /\(what was there is .*\/docker\.before-kini\)/,
    );
    assert.equal(
      await Deno.readTextFile(`${home}/bin/docker.before-kini`),
      "the user's",
    );
    // Nor the one that was moved before.
    await Deno.remove(`${home}/bin/docker`);
    await Deno.symlink("/usr/bin/docker", `${home}/bin/docker`);
    assert.equal((await kini(`setup install --force ${home}/bin`)).code, 0);
    assert.equal(
      await Deno.readLink(`${home}/bin/docker.before-kini.1`),
      "/usr/bin/docker",
    );
  });
});

Deno.test("kini setup install tells of a docker that comes first in PATH", async () => {
  await withHome(async (home, kini) => {
    await Deno.mkdir(`${home}/other`);
    await Deno.writeTextFile(`${home}/other/docker`, "", { mode: 0o755 });
    const folder = `${home}/.local/lib/kini`;
    const { stderr } = await kini("setup install", {
      PATH: `${home}/other:${folder}`,
    });
    assert.equal(
      stderr,
      `${home}/other/docker comes first in PATH: put ${folder} before it\n`,
    );
    const after = await kini("setup install", { PATH: "/nonexistent" });
    assert.equal(
      after.stderr,
      `${folder} is not in PATH: put it first there\n`,
    );
    // Neither empty parts, nor files that can't run, nor kini are another one.
    await Deno.mkdir(`${home}/data`);
    await Deno.writeTextFile(`${home}/data/docker`, "", { mode: 0o644 });
    await Deno.mkdir(`${home}/links`);
    await Deno.symlink(`${home}/kini`, `${home}/links/docker`);
    for (
      const PATH of [
        `${folder}:${home}/other`,
        `:${home}/data:${home}/links:${folder}/:${home}/other`,
      ]
    ) {
      const { stderr } = await kini("setup install", { PATH });
      assert.equal(stderr, "");
    }
  });
});

Deno.test("kini setup install leaves a kind that can run where it is", async () => {
  await withHome(async (home, kini) => {
    await Deno.mkdir(`${home}/bin`);
    await Deno.writeTextFile(`${home}/bin/kind`, "#!/bin/sh\n", {
      mode: 0o755,
    });
    const stays = `${home}/bin/kind stays: it is the kind that kini runs\n`;
    for (const flag of ["--dry-run", "--force"]) {
      const { code, stdout } = await kini(`setup install ${flag} ${home}/bin`);
      assert.equal(code, 0);
      assert.ok(stdout.endsWith(stays), stdout);
    }
    assert.deepEqual(await names(`${home}/bin`), ["docker", "kind"]);
    // One that can't run is none.
    await Deno.chmod(`${home}/bin/kind`, 0o644);
    assert.equal((await kini(`setup install ${home}/bin`)).code, 1);
  });
});

Deno.test("kini setup install knows kini by any link", async () => {
  await withHome(async (home, kini) => {
    await Deno.mkdir(`${home}/bin`);
    await Deno.link(`${home}/kini`, `${home}/bin/docker`);
    await Deno.symlink(`../kini`, `${home}/bin/kind`);
    const { code, stderr } = await kini(`setup install ${home}/bin`);
    assert.equal(code, 0, stderr);
    assert.deepEqual(await names(`${home}/bin`), ["docker", "kind"]);
    assert.equal(await Deno.readLink(`${home}/bin/kind`), "../kini");
  });
});

Deno.test("kini setup install says why it can't, and leaves nothing behind", async () => {
  await withHome(async (home, kini) => {
    await Deno.writeTextFile(`${home}/file`, "");
    for (
      const [folder, reason] of [
        [`${home}/file`, "file exists"],
        [`${home}/file/x`, "not a directory"],
        ["/proc/nothing", "no such file or directory"],
      ]
    ) {
      const { code, stderr } = await kini(`setup install ${folder}`);
      assert.equal(
        stderr,
        `Cannot make the link "${folder}/docker": ${reason}: choose a folder ` +
          "that you may write to\n",
      );
      assert.equal(code, 1);
    }
    const colon = await kini(`setup install ${home}/a:b`);
    assert.match(
      colon.stderr,
      /^Cannot make links in ".*a:b": a folder in PATH/,
    );
    const empty = await kini("setup install ");
    assert.match(empty.stderr, /the name of the folder is empty/);
    const homeless = await kini("setup install", { HOME: "" });
    assert.match(homeless.stderr, /HOME is not set: name a folder\n$/);
    assert.deepEqual(await names(home), ["file", "kini"]);
  });
});

const SCRIPTS = {
  bash: (on: string, undo: string) =>
    `eval '${on}'; type -P docker; eval '${on}'; echo $PATH; ${undo}; echo $PATH`,
  zsh: (on: string, undo: string) =>
    `eval '${on}'; whence -p docker; eval '${on}'; echo $PATH; ${undo}; echo $PATH`,
  fish: (on: string, undo: string) =>
    `eval '${on}'; type -P docker; eval '${on}'; string join : $PATH; ${undo}; string join : $PATH`,
};

/** The file of a shell, if there is one. */
async function find(shell: string): Promise<string | undefined> {
  for (const folder of Deno.env.get("PATH")!.split(":")) {
    try {
      await Deno.stat(`${folder}/${shell}`);
      return `${folder}/${shell}`;
    } catch {
      // Not here.
    }
  }
  return undefined;
}

for (const [shell, script] of Object.entries(SCRIPTS)) {
  const file = await find(shell);
  Deno.test({
    name: `kini setup activate works in ${shell}, and can be undone`,
    ignore: file === undefined,
    fn: () =>
      withHome(async (home, kini) => {
        // Shells have to cope with names like this.
        const data = `${home}/it's a $HOME`;
        const PATH = `/usr/bin:${home}/x y::/bin:`;
        const env = { XDG_DATA_HOME: data, PATH };
        const { code, stdout, stderr } = await kini(
          `setup activate ${shell}`,
          env,
        );
        assert.equal(code, 0, stderr);
        const undone = await kini(`setup activate --undo ${shell}`, {
          ...env,
          PATH: `${data}/kini/bin:${PATH}`,
        });
        await Deno.writeTextFile(`${home}/on`, stdout);
        await Deno.writeTextFile(`${home}/off`, undone.stdout);
        // The fake kini can't be asked, so its answer stands in a file.
        await Deno.writeTextFile(
          `${home}/kini`,
          `#!/bin/sh\n[ "$*" = "setup activate --undo ${shell}" ] && exec cat '${home}/off'\n`,
        );
        const found = await new Deno.Command(file!, {
          args: ["-c", script(`. ${home}/on`, "kini_deactivate")],
          env: { PATH, HOME: home },
        }).output();
        const text = new TextDecoder().decode(found.stdout)
          .replaceAll(":.", ":");
        assert.equal(new TextDecoder().decode(found.stderr), "");
        assert.deepEqual(text.split("\n"), [
          `${data}/kini/bin/docker`,
          `${data}/kini/bin:${PATH}`,
          PATH,
          "",
        ]);
      }),
  });
}

Deno.test("kini setup activate changes nothing with --dry-run, and knows its shells", async () => {
  await withHome(async (home, kini) => {
    const dry = await kini("setup activate --dry-run", { SHELL: "/bin/zsh" });
    assert.match(dry.stdout, /^export PATH='.*\/\.local\/share\/kini\/bin:/);
    assert.deepEqual(await names(home), ["kini"]);
    const { code, stderr } = await kini("setup activate tcsh");
    assert.equal(code, 1);
    assert.equal(
      stderr,
      'Cannot make code for the shell "tcsh": name one of bash, zsh, fish\n',
    );
    // No folder by accident: neither the current one, nor a relative one.
    const bare = await kini("setup activate bash --dry-run", {
      PATH: "",
      XDG_DATA_HOME: "data",
    });
    assert.match(bare.stdout, /^export PATH='\/[^':]*'\n/);
  });
});

const CONFIG = `# my servers
default-remote: lab   # the fast one
remotes:
    lab:
        addr: https://10.1.2.3:8443
        # no project yet
    images: {addr: https://images.linuxcontainers.org, protocol: simplestreams}

aliases:
    ll: list -c ns4
`;
const ADDED = `    capi:
        addr: https://images.linuxcontainers.org/capn/
        protocol: simplestreams
        public: true
    capi-stg:
        addr: https://images-stg.capn.open-cloud.xyz/capn/staging/
        protocol: simplestreams
        public: true
`;

Deno.test("kini setup remotes adds image servers and leaves the rest alone", async () => {
  await withHome(async (home, kini) => {
    const folder = `${home}/.config/incus`;
    await Deno.mkdir(`${home}/dotfiles`);
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeTextFile(`${home}/dotfiles/incus.yml`, CONFIG, {
      mode: 0o640,
    });
    await Deno.symlink(`${home}/dotfiles/incus.yml`, `${folder}/config.yml`);
    const want = CONFIG.replace("\naliases", `${ADDED}\naliases`);

    const dry = await kini("setup remotes --dry-run");
    assert.equal(dry.stdout, want);
    assert.equal(await Deno.readTextFile(`${folder}/config.yml`), CONFIG);

    const done = await kini("setup remotes");
    assert.equal(
      done.stdout,
      `Added to ${folder}/config.yml: capi, capi-stg (as it was: ` +
        `${home}/dotfiles/incus.yml.before-kini)\n`,
    );
    assert.equal(await Deno.readTextFile(`${folder}/config.yml`), want);
    assert.equal(
      await Deno.readTextFile(`${home}/dotfiles/incus.yml.before-kini`),
      CONFIG,
    );
    assert.ok((await Deno.lstat(`${folder}/config.yml`)).isSymlink);
    const { mode } = await Deno.stat(`${home}/dotfiles/incus.yml`);
    assert.equal(mode! & 0o777, 0o640);

    const again = await kini("setup remotes");
    assert.equal(again.stdout, `Nothing to add to ${folder}/config.yml.\n`);
    assert.deepEqual(await names(`${home}/dotfiles`), [
      "incus.yml",
      "incus.yml.before-kini",
    ]);
  });
});

Deno.test("kini setup remotes edits what Incus and LXD write, and refuses the rest", async (t) => {
  const added = ADDED.replaceAll("        ", "  ").replaceAll("    ", "  ")
    .replace(/^ {2}(addr|protocol|public)/gm, "    $1");
  const cases: [string, string, string][] = [
    [
      "no remotes",
      "default-remote: local\n",
      `default-remote: local\nremotes:\n${added}`,
    ],
    [
      "empty remotes",
      "remotes: {}\naliases: {}\n",
      `remotes:\n${added}aliases: {}\n`,
    ],
    ["remotes without a value", "remotes:\n", `remotes:\n${added}`],
    ["an empty file", "", `remotes:\n${added}`],
    [
      "no newline at the end",
      "remotes:\n  a:\n    addr: unix://",
      `remotes:\n  a:\n    addr: unix://\n${added}`,
    ],
    [
      "some lines of Windows",
      "remotes:\n  a: {}\r\n",
      `remotes:\n  a: {}\r\n${added.replaceAll("\n", "\r\n")}`,
    ],
    [
      "a comment and an anchor",
      "x: &x {y: 1}\nremotes: # all\n  # first\n  a: *x\n  # last\n\nz: 1\n",
      `x: &x {y: 1}\nremotes: # all\n  # first\n  a: *x\n${added}  # last\n\nz: 1\n`,
    ],
    [
      "lines of Windows",
      "remotes:\r\n  a: {}\r\n",
      `remotes:\r\n  a: {}\r\n${added.replaceAll("\n", "\r\n")}`,
    ],
  ];
  for (const [name, before, want] of cases) {
    await t.step(name, () =>
      withHome(async (home, kini) => {
        await Deno.writeTextFile(`${home}/c.yml`, before);
        const { code, stderr } = await kini("setup remotes", {
          KINI_CONFIG: `${home}/c.yml`,
        });
        assert.equal(code, 0, stderr);
        assert.equal(await Deno.readTextFile(`${home}/c.yml`), want);
      }));
  }
  const byHand =
    /^Cannot add remotes to ".*c\.yml": its "remotes" .*: add them with "incus remote add capi https:\S* --protocol=simplestreams --public" and ".*"\n$/;
  const mend = /^Cannot understand ".*c\.yml": .*: mend it, and try again\n$/;
  for (
    const [bad, want] of [
      ["remotes: {a: {addr: x}}\n", byHand],
      ["a: &x {}\nremotes: *x\n", byHand],
      ["- x\n", mend],
      ["a: [\n", mend],
      ["remotes: {}\nremotes: {}\n", mend],
      ["remotes:\n  a: \xff\n", mend],
    ] as const
  ) {
    await t.step(JSON.stringify(bad), () =>
      withHome(async (home, kini) => {
        const bytes = Uint8Array.from(bad, (letter) => letter.charCodeAt(0));
        await Deno.writeFile(`${home}/c.yml`, bytes);
        const { code, stderr } = await kini("setup remotes", {
          KINI_CONFIG: `${home}/c.yml`,
        });
        assert.equal(code, 1);
        assert.match(stderr, want);
        assert.deepEqual(await Deno.readFile(`${home}/c.yml`), bytes);
        assert.deepEqual(await names(home), ["c.yml", "kini"]);
      }));
  }
});

Deno.test("kini setup remotes leaves a read-only file alone", async () => {
  await withHome(async (home, kini) => {
    const file = `${home}/c.yml`;
    await Deno.writeTextFile(file, CONFIG, { mode: 0o440 });
    const { code, stderr } = await kini("setup remotes", { KINI_CONFIG: file });
    assert.equal(code, 1);
    assert.equal(
      stderr,
      `Cannot write "${file}": it is read-only: allow it with "chmod u+w ` +
        `'${file}'"\n`,
    );
    assert.deepEqual(await names(home), ["c.yml", "kini"]);
    const missing = await kini("setup remotes", {
      KINI_CONFIG: `${home}/kini/c.yml`,
    });
    assert.match(
      missing.stderr,
      /^Cannot write ".*c\.yml": file exists\n$/,
    );
  });
});

Deno.test({
  name: "kini setup remotes leaves a file its owner, also with sudo",
  ignore: Deno.uid() !== 0,
  fn: () =>
    withHome(async (home, kini) => {
      const file = `${home}/c.yml`;
      await Deno.writeTextFile(file, CONFIG);
      await Deno.chown(file, 1234, 2345);
      await kini("setup remotes", { KINI_CONFIG: file });
      for (const name of [file, `${file}.before-kini`]) {
        const { uid, gid } = await Deno.stat(name);
        assert.deepEqual([uid, gid], [1234, 2345]);
      }
    }),
});

Deno.test("kini setup remotes makes the configuration of the server that is here", async () => {
  await withHome(async (home, kini) => {
    const socket = `${home}/unix.socket`;
    using listener = Deno.listen({ transport: "unix", path: socket });
    void listener;
    assert.equal(
      (await kini("setup remotes", { LXD_SOCKET: socket })).stdout,
      `Added to ${home}/.config/incus/config.yml: capi, capi-stg\n`,
    );
  });
  await withHome(async (home, kini) => {
    await Deno.mkdir(`${home}/lxd`);
    const socket = `${home}/lxd/unix.socket`;
    using listener = Deno.listen({ transport: "unix", path: socket });
    void listener;
    assert.equal(
      (await kini("setup remotes", { LXD_SOCKET: socket })).stdout,
      `Added to ${home}/.config/lxc/config.yml: capi, capi-stg\n`,
    );
    assert.match(
      await Deno.readTextFile(`${home}/.config/lxc/config.yml`),
      /^default-remote: local\nremotes:\n {2}local:\n {4}addr: unix:\/\/\n {4}public: false\n {2}capi:\n/,
    );
  });
});

Deno.test("kini setup remotes makes a configuration, and keeps a remote of that name", async () => {
  await withHome(async (home, kini) => {
    const file = `${home}/.config/incus/config.yml`;
    assert.equal(
      (await kini("setup remotes")).stdout,
      `Added to ${file}: capi, capi-stg\n`,
    );
    const made = await Deno.readTextFile(file);
    assert.match(made, /^default-remote: local\nremotes:\n {2}images:\n/);
    assert.match(made, /\n {2}capi-stg:\n/);
    await Deno.writeTextFile(file, "remotes:\n  capi: {addr: https://mine}\n");
    const kept = await kini("setup remotes");
    assert.equal(
      kept.stderr,
      `The remote "capi" of ${file} stays what it is: https://mine\n`,
    );
    assert.match(
      await Deno.readTextFile(file),
      /capi: \{addr: https:\/\/mine\}\n {2}capi-stg:\n/,
    );
    // One slash more or less is no other server.
    await Deno.writeTextFile(
      file,
      "remotes:\n  capi: {addr: https://images.linuxcontainers.org/capn}\n" +
        "  capi-stg: x\n",
    );
    const same = await kini("setup remotes");
    assert.equal(
      same.stderr,
      `The remote "capi-stg" of ${file} stays what it is: it has no address\n`,
    );
    assert.equal(same.stdout, `Nothing to add to ${file}.\n`);
  });
});

Deno.test("kini setup secret prints the Secret of an HTTPS remote", async () => {
  const { cert, key } = await selfSignedCertificate();
  await withHome(async (home, kini) => {
    const folder = `${home}/.config/incus`;
    await Deno.mkdir(`${folder}/servercerts`, { recursive: true });
    await Deno.writeTextFile(`${folder}/config.yml`, CONFIG);
    await Deno.writeTextFile(`${folder}/client.crt`, cert);
    await Deno.writeTextFile(`${folder}/client.key`, key);
    await Deno.writeTextFile(`${folder}/servercerts/lab.crt`, cert);
    const { code, stdout, stderr } = await kini(
      "setup secret identity -n capi",
      { KINI_PROJECT: "kube" },
    );
    assert.equal(code, 0, stderr);
    const { load } = await import("js-yaml");
    assert.deepEqual(load(stdout), {
      apiVersion: "v1",
      kind: "Secret",
      metadata: {
        name: "identity",
        namespace: "capi",
        labels: { "clusterctl.cluster.x-k8s.io/move": "true" },
      },
      type: "Opaque",
      stringData: {
        server: "https://10.1.2.3:8443",
        "server-crt": cert,
        "client-crt": cert,
        "client-key": key,
        project: "kube",
        "insecure-skip-verify": "false",
      },
    });
    assert.equal(stderr, "");
    await Deno.writeTextFile(
      `${folder}/config.yml`,
      CONFIG.replace("10.1.2.3", "127.0.0.1"),
    );
    const here = await kini("setup secret identity");
    assert.match(here.stderr, /^Only this machine can reach the server at /);
    const dry = await kini("setup secret identity --dry-run");
    assert.equal(dry.stderr, "");
    assert.match(dry.stdout, /client-key: "\(left out\)"/);
    assert.ok(!dry.stdout.includes("PRIVATE KEY"));

    const local = await kini("setup secret identity", {
      KINI_SOCKET: `${home}/kini`,
    });
    assert.equal(local.code, 1);
    assert.match(
      local.stderr,
      /^Cannot make a Secret for a server that is reached by its Unix socket: choose one/,
    );
    const bad = await kini("setup secret Bad_Name");
    assert.match(
      bad.stderr,
      /^Cannot make a Secret "Bad_Name": Kubernetes has/,
    );
    assert.equal((await kini("setup secret a -n b.c")).code, 1);
  });
});
