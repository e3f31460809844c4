/**
 * `kini kind`, with a script in place of kind.
 */
import assert from "node:assert/strict";
import { runKini, type RunResult, startKini } from "./harness.ts";

interface World {
  home: string;
  env: Record<string, string>;
  run(...argv: string[]): Promise<RunResult>;
  /** What the script wrote. */
  said(): Promise<string>;
}

/** A folder with spaces in its name that has kind, and a kini. */
async function withKind(
  script: string,
  test: (world: World) => Promise<void>,
): Promise<void> {
  const home = await Deno.makeTempDir();
  try {
    const bin = `${home}/my programs`;
    await Deno.mkdir(bin);
    for (
      const [path, text] of [
        [`${home}/kini`, "#!/bin/sh\n"],
        [`${bin}/kind`, `#!/bin/bash\ncd '${home}'\n${script}\n`],
      ] as const
    ) await Deno.writeTextFile(path, text, { mode: 0o755 });
    const env = {
      KINI_LAUNCHER: `${home}/kini`,
      PATH: `${bin}:/usr/bin:/bin`,
    };
    await test({
      home,
      env,
      run: (...argv) => runKini(argv, { env }),
      said: () => Deno.readTextFile(`${home}/said`),
    });
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

Deno.test("kini kind hands arguments and the exit code through", async () => {
  const script = `printf '<%s>' "$@" >said
    echo " $KIND_EXPERIMENTAL_PROVIDER" >>said
    readlink -f "$(type -P docker)" >>said
    dirname "$(type -P docker)" >>said
    exit 42`;
  await withKind(script, async ({ home, run, said }) => {
    Deno.env.set("KIND_EXPERIMENTAL_PROVIDER", "podman");
    try {
      const argv = ["--help", "-h", "a b", "", "--", "--version", "-"];
      const { code, stderr } = await run("kini", "kind", ...argv);
      assert.equal(stderr, "");
      assert.equal(code, 42);
      const [words, docker, folder] = (await said()).split("\n");
      // Under the name kind, the provider is its user's choice.
      const given = argv.map((one) => `<${one}>`).join("");
      assert.equal(words, `${given} `);
      assert.equal(docker, await Deno.realPath(`${home}/kini`));
      await assert.rejects(Deno.stat(folder!), Deno.errors.NotFound);
      assert.equal((await run("kind", "x")).code, 42);
      assert.match(await said(), /^<x> podman\n/);
    } finally {
      Deno.env.delete("KIND_EXPERIMENTAL_PROVIDER");
    }
  });
});

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.test(`kini kind passes ${signal} on`, async () => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    const script = `sleep 60 & sleeper=$!
      trap 'kill $sleeper; echo ${signal} >said; exit 7' ${signal}
      trap 'kill $sleeper' EXIT
      echo ready >/dev/tcp/127.0.0.1/${port}
      wait`;
    await withKind(script, async ({ env, said }) => {
      const running = startKini(["kini", "kind", "create", "cluster"], { env });
      try {
        const ready = await Promise.race([listener.accept(), running.done]);
        assert.ok("close" in ready, JSON.stringify(ready));
        ready.close();
        running.signal(signal);
        assert.equal((await running.done).code, 7);
        assert.equal(await said(), `${signal}\n`);
      } finally {
        running.signal("SIGTERM");
        await running.done;
      }
    });
  });
}

Deno.test("kini kind says what keeps kind from running", async () => {
  await withKind("", async ({ home, run, env }) => {
    const kind = `${home}/my programs/kind`;
    await Deno.writeTextFile(kind, "no program");
    const broken = await run("kini", "kind", "version");
    assert.equal(
      broken.stderr,
      `Cannot run "${kind}": exec format error: is it the kind for this machine?\n`,
    );
    assert.equal(broken.code, 1);
    const none = await runKini(["kini", "kind", "version"], {
      env: { ...env, PATH: `/nonexistent:${home}` },
    });
    assert.match(
      none.stderr,
      /^Cannot run kind: there is none in PATH: install/,
    );
    assert.equal(none.code, 127);
    const before = Deno.env.get("TMPDIR");
    try {
      for (
        const [folder, want] of [
          [`${home}/none`, /^Cannot make a folder for kind's docker: no such/],
          [`${home}/a:b`, /^Cannot put ".*a:b.*" into PATH: there is a colon/],
        ] as const
      ) {
        if (folder.includes(":")) await Deno.mkdir(folder);
        Deno.env.set("TMPDIR", folder);
        assert.match((await run("kini", "kind", "version")).stderr, want);
      }
    } finally {
      if (before === undefined) Deno.env.delete("TMPDIR");
      else Deno.env.set("TMPDIR", before);
    }
    // Nothing is left in it.
    await Deno.remove(`${home}/a:b`);
  });
});

Deno.test("two kinis in PATH don't call each other as kind without end", async () => {
  const script = "echo real >said; exit 3";
  await withKind(script, async ({ home, env, said }) => {
    // One kini finds another, which has been called by it.
    await Deno.mkdir(`${home}/other`);
    await Deno.writeTextFile(`${home}/other/kini`, "", { mode: 0o755 });
    await Deno.symlink(`${home}/other/kini`, `${home}/other/kind`);
    const { code } = await runKini(["kind", "x"], {
      env: {
        ...env,
        KINI_KIND_CALLERS: `${home}/other/kini`,
        PATH: `${home}/other:${env.PATH}`,
      },
    });
    assert.equal(code, 3);
    assert.equal(await said(), "real\n");
  });
});
