/**
 * tools/install.sh against a server on this machine, with a script in place of
 * the binary.
 */
import assert from "node:assert/strict";

const SCRIPT = new URL("../tools/install.sh", import.meta.url);
const KINI = "#!/bin/sh\necho kini 9.9.9\n";
const MACHINE = `kini-linux-${Deno.build.arch}`;

async function sumOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(text),
  );
  return Array.from(
    new Uint8Array(digest),
    (byte) => byte.toString(16).padStart(2, "0"),
  ).join("");
}

interface Run {
  code: number;
  stdout: string;
  stderr: string;
  /** Paths that were asked for. */
  asked: string[];
}

/** A home folder, and a server with these files of a release. */
class World implements AsyncDisposable {
  readonly home: string;
  readonly files: Record<string, string>;
  readonly #asked: string[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  private constructor(home: string, files: Record<string, string>) {
    this.home = home;
    this.files = files;
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => {
        const path = new URL(request.url).pathname;
        this.#asked.push(path);
        const text = this.files[path.split("/").pop() ?? ""];
        return text === undefined
          ? new Response("", { status: 404 })
          : new Response(text);
      },
    );
  }

  static async make(files: Record<string, string> = {}): Promise<World> {
    return new World(await Deno.makeTempDir({ prefix: "kini-install-" }), {
      SHA256SUMS: `${"0".repeat(64)}  other\n${await sumOf(
        KINI,
      )}  ${MACHINE}\n`,
      [MACHINE]: KINI,
      ...files,
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/releases`;
  }

  /** Runs the script as `curl … | sh -s -- ARGUMENTS` does. */
  async run(
    args: string[] = [],
    options: { env?: Record<string, string>; script?: string } = {},
  ): Promise<Run> {
    this.#asked.length = 0;
    const child = new Deno.Command("sh", {
      args: ["-s", "--", ...args],
      clearEnv: true,
      env: {
        HOME: this.home,
        PATH: Deno.env.get("PATH") ?? "",
        KINI_RELEASES: this.url,
        KINI_INSTALL_TEST: "1",
        ...options.env,
      },
      cwd: this.home,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(
      new TextEncoder().encode(
        options.script ?? await Deno.readTextFile(SCRIPT),
      ),
    );
    // A shell that ended before it had read all of it has what it wanted.
    await writer.close().catch(() => {});
    const { code, stdout, stderr } = await child.output();
    const decoder = new TextDecoder();
    return {
      code,
      stdout: decoder.decode(stdout),
      stderr: decoder.decode(stderr),
      asked: [...this.#asked],
    };
  }

  /** Every file and link below the home folder. */
  async tree(folder = this.home): Promise<string[]> {
    const names: string[] = [];
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      const path = `${folder}/${name}`;
      if (isDirectory) names.push(...await this.tree(path));
      else names.push(path.slice(this.home.length + 1));
    }
    return names.sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
    await Deno.remove(this.home, { recursive: true });
  }
}

Deno.test("install.sh installs the latest kini for this machine, and again", async () => {
  await using world = await World.make();
  for (let times = 0; times < 2; times++) {
    const { code, stdout, stderr, asked } = await world.run();
    assert.equal(code, 0, stderr);
    assert.equal(
      stdout,
      `kini 9.9.9 is in ${world.home}/.local/bin\nNext: ${world.home}/.local/bin/kini doctor\n`,
    );
    assert.deepEqual(asked, [
      "/releases/latest/download/SHA256SUMS",
      `/releases/latest/download/${MACHINE}`,
    ]);
    assert.deepEqual(await world.tree(), [".local/bin/kini"]);
  }
});

Deno.test("install.sh takes a version, a folder and links", async () => {
  await using world = await World.make();
  const { code, stderr, asked } = await world.run(
    "--version v1.2.3 --dir tools/bin --links".split(" "),
  );
  assert.equal(code, 0, stderr);
  assert.equal(asked[0], "/releases/download/v1.2.3/SHA256SUMS");
  assert.deepEqual(await world.tree(), [
    "tools/bin/kini",
    "tools/lib/kini/docker",
    "tools/lib/kini/kind",
  ]);
  assert.equal(
    await Deno.realPath(`${world.home}/tools/lib/kini/docker`),
    await Deno.realPath(`${world.home}/tools/bin/kini`),
  );
});

Deno.test("install.sh installs nothing that is not what was released", async (t) => {
  const cases: [name: string, files: Record<string, string>, want: RegExp][] = [
    ["changed", { [MACHINE]: `${KINI}# more\n` }, /is damaged or was changed/],
    ["not listed", { SHA256SUMS: "" }, /does not list kini-linux-/],
    [
      "listed under a name that only begins like it",
      { SHA256SUMS: `${await sumOf(KINI)}  ${MACHINE}.old\n` },
      /does not list kini-linux-/,
    ],
    [
      "does not start",
      {
        [MACHINE]: "#!/bin/sh\nexit 3\n",
        SHA256SUMS: `${await sumOf("#!/bin/sh\nexit 3\n")}  ${MACHINE}\n`,
      },
      /does not start on this machine/,
    ],
  ];
  for (const [name, files, want] of cases) {
    await t.step(name, async () => {
      await using world = await World.make(files);
      const { code, stderr } = await world.run();
      assert.equal(code, 1);
      assert.match(stderr, want);
      assert.deepEqual(await world.tree(), []);
    });
  }
  await t.step("half of the script", async () => {
    await using world = await World.make();
    const script = await Deno.readTextFile(SCRIPT);
    const { code, asked } = await world.run([], {
      script: script.slice(0, script.length - 200),
    });
    assert.notEqual(code, 0);
    assert.deepEqual(asked, []);
  });
  await t.step("no encryption", async () => {
    await using world = await World.make();
    const { code, stderr, asked } = await world.run([], {
      env: { KINI_INSTALL_TEST: "" },
    });
    assert.equal(code, 1);
    assert.match(stderr, /is not https/);
    assert.deepEqual(asked, []);
  });
  await t.step("no place", async () => {
    await using world = await World.make();
    const { code, stderr } = await world.run([], {
      env: { KINI_RELEASES: "" },
    });
    assert.equal(code, 1);
    assert.match(stderr, /KINI_RELEASES has to be an https:\/\/ URL/);
  });
});

Deno.test("install.sh knows the links that make install makes", async () => {
  await using world = await World.make();
  const folder = `${world.home}/.local/lib/kini`;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.symlink("../../bin/kini", `${folder}/docker`);
  const { code, stderr } = await world.run(["--links"]);
  assert.equal(code, 0, stderr);
  assert.equal(
    await Deno.readTextFile(`${folder}/docker`),
    KINI,
  );
});

Deno.test("install.sh leaves a docker that is not kini's alone", async () => {
  await using world = await World.make();
  const docker = `${world.home}/.local/lib/kini/docker`;
  await Deno.mkdir(`${world.home}/.local/lib/kini`, { recursive: true });
  await Deno.writeTextFile(docker, "another");
  const { code, stderr, asked } = await world.run(["--links"]);
  assert.equal(code, 1);
  assert.match(stderr, /lib\/kini\/docker is not kini's: move it away first/);
  assert.deepEqual(asked, []);
  assert.equal(await Deno.readTextFile(docker), "another");
  assert.deepEqual(await world.tree(), [".local/lib/kini/docker"]);
});

Deno.test("install.sh says what it can't do, before it loads anything", async (t) => {
  const cases: [name: string, args: string[], home: string, want: RegExp][] = [
    ["an option", ["--what"], "/h", /^install: unknown option: --what: --help/],
    ["no folder", ["--dir"], "/h", /^install: --dir needs a folder$/],
    ["no tag", ["--version", ""], "/h", /^install: --version needs a tag$/],
    ["no home", [], "", /^install: HOME is not set: name a folder with --dir$/],
    ["a folder", ["--dir", "in"], "/h", /\/in\/kini is a folder: choose/],
  ];
  for (const [name, args, HOME, want] of cases) {
    await t.step(name, async () => {
      await using world = await World.make();
      await Deno.mkdir(`${world.home}/in/kini`, { recursive: true });
      const { code, stderr, asked } = await world.run(args, { env: { HOME } });
      assert.equal(code, 1);
      assert.match(stderr.trimEnd(), want);
      assert.deepEqual(asked, []);
    });
  }
  await using world = await World.make();
  const { code, stdout } = await world.run(["--help"]);
  assert.equal(code, 0);
  assert.match(stdout, /^Usage: install\.sh .*\n(?:.*\n)+.*--links/);
});

Deno.test("install.sh leaves nothing behind where it can't write", async () => {
  await using world = await World.make();
  await Deno.writeTextFile(`${world.home}/.local`, "in the way");
  const { code, stderr } = await world.run();
  assert.equal(code, 1);
  assert.match(
    stderr,
    /cannot make the folder .*: choose another with --dir\n$/,
  );
  assert.deepEqual(await world.tree(), [".local"]);
});

Deno.test("install.sh takes wget where there is no curl", async () => {
  await using world = await World.make();
  const bin = `${world.home}/bin`;
  await Deno.mkdir(bin);
  const { stdout } = await new Deno.Command("sh", {
    args: [
      "-c",
      'for tool in "$@"; do command -v "$tool"; done',
      "sh",
      ..."sh sed uname mkdir cp chmod mv rm mktemp sha256sum cut".split(" "),
    ],
  }).output();
  for (const path of new TextDecoder().decode(stdout).trim().split("\n")) {
    await Deno.symlink(path, `${bin}/${path.split("/").pop()}`);
  }
  const without = await world.run([], { env: { PATH: bin } });
  assert.match(without.stderr, /there is neither curl nor wget: install one/);
  for (const [name, text] of Object.entries(world.files)) {
    await Deno.writeTextFile(`${world.home}/${name}`, text);
  }
  await Deno.writeTextFile(
    `${bin}/wget`,
    `#!/bin/sh\n[ "$1 $2" = "-q -O" ] && cp '${world.home}'/"\${4##*/}" "$3"\n`,
    { mode: 0o755 },
  );
  const { code, stderr } = await world.run([], { env: { PATH: bin } });
  assert.equal(code, 0, stderr);
  assert.equal(
    await Deno.readTextFile(`${world.home}/.local/bin/kini`),
    KINI,
  );
});
