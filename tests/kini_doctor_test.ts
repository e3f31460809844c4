import assert from "node:assert/strict";
import { FakeIncus } from "./fake_incus.ts";
import { assertRequests, runKini } from "./harness.ts";
import { network, profile } from "./builders.ts";
import { selfSignedCertificate } from "../images/self_signed_certificate.ts";

/** Folders without any program, and with a kind. */
async function withFolder(
  run: (folder: string, env: Record<string, string>) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/bin`);
    await Deno.writeTextFile(
      `${folder}/bin/kind`,
      "#!/bin/sh\necho kind v0.33.0 go1.27.2 linux/amd64\n",
      { mode: 0o755 },
    );
    await Deno.writeTextFile(
      `${folder}/bin/docker`,
      "#!/bin/sh\necho Docker version 26.1.5, build kini-0.0.0\n",
      { mode: 0o755 },
    );
    await run(folder, { HOME: folder, PATH: `${folder}/bin` });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

interface Report {
  schema: number;
  level: string;
  checks: { name: string; level: string; found: string; fix: string[] }[];
}

function levelOf(report: Report, name: string): string | undefined {
  return report.checks.find((one) => one.name === name)?.level;
}

Deno.test("kini doctor only reads, and asks each thing once", async () => {
  await using fake = await FakeIncus.start();
  await withFolder(async (folder, env) => {
    const { stdout, code } = await runKini(["kini", "doctor", "--json"], {
      fake,
      env,
    });
    const report = JSON.parse(stdout) as Report;
    assert.equal(report.schema, 1);
    // The fake's kernel is not this one, so its machine is another.
    assert.deepEqual(
      report.checks.filter(({ level }) => level !== "ok")
        .map(({ name, level }) => `${name} ${level}`),
      [
        "oci-tools unknown",
        "kernel-modules unknown",
        "inotify unknown",
        "ip-forward unknown",
        "conntrack unknown",
        "cgroup unknown",
        "apparmor-userns unknown",
        "subid-ranges unknown",
        "fuse unknown",
      ],
    );
    assert.equal(report.level, "ok");
    assert.equal(code, 0);
    assertRequests(fake, [
      "GET /",
      "GET /1.0",
      "GET /1.0/images?recursion=1",
      "GET /1.0/instances?recursion=1",
      "GET /1.0/networks?recursion=1",
      "GET /1.0/profiles/default",
      "GET /1.0/projects/default",
      "GET /1.0/storage-pools/default",
      "GET /1.0/storage-pools/default/resources",
    ], { anyOrder: true });
    const names: string[] = [];
    for await (const { name } of Deno.readDir(folder)) names.push(name);
    assert.deepEqual(names, ["bin"]);
  });
});

Deno.test("kini doctor exits with 1 for a failure and shows its fix", async () => {
  await using fake = await FakeIncus.start({
    profiles: [profile("default", {
      root: { path: "/", pool: "default", type: "disk" },
    })],
  });
  await withFolder(async (_, env) => {
    const { stdout, stderr, code } = await runKini(["kini", "doctor"], {
      fake,
      env,
    });
    assert.equal(code, 1);
    assert.equal(stderr, "");
    assert.match(
      stdout,
      /^failure {2}profile-network +the profile "default" has no network device\n {2}why: .*\n {2}fix: INCUS_SOCKET=\S+ incus profile device add default eth0 nic name=eth0 network=incusbr0$/m,
    );
    assert.ok(!stdout.includes("\x1b"));
    assert.match(
      stdout,
      /\n\d+ checks: \d+ ok, \d warnings?, 1 failure, \d+ that/,
    );
  });
});

Deno.test("kini doctor is coloured on a terminal only, and not with NO_COLOR", async () => {
  await using fake = await FakeIncus.start();
  await withFolder(async (_, env) => {
    const run = (more: Record<string, string>) =>
      runKini(["kini", "doctor"], {
        fake,
        env: { ...env, ...more },
        terminal: true,
        terminalSize: { columns: 60, rows: 20 },
      });
    const colored = await run({});
    assert.ok(
      colored.stdout.includes("\x1b[32mok      \x1b[0m docker-command"),
      colored.stdout,
    );
    const plain = await run({ NO_COLOR: "1", HTTP_PROXY: "http://p.test" });
    assert.ok(!plain.stdout.includes("\x1b"));
    for (const line of plain.stdout.split("\n")) {
      // A path is one word, and a command stays in one line.
      if (/\/tmp|fix:|checks:/.test(line)) continue;
      assert.ok(line.length <= 60, line);
    }
  });
});

Deno.test("kini doctor without a server tells what it can", async () => {
  await withFolder(async (_, env) => {
    const { stdout, code } = await runKini(["kini", "doctor", "--json"], {
      env: { ...env, KINI_SOCKET: "/nonexistent/unix.socket" },
    });
    const report = JSON.parse(stdout) as Report;
    assert.equal(code, 1);
    assert.equal(levelOf(report, "server"), "failure");
    assert.equal(levelOf(report, "kind-command"), "ok");
    assert.equal(levelOf(report, "network"), "unknown");
  });
});

Deno.test("kini doctor judges no machine by this one when a remote can't be reached", async () => {
  await withFolder(async (folder, env) => {
    const { cert, key } = await selfSignedCertificate();
    await Deno.writeTextFile(
      `${folder}/config.yml`,
      "default-remote: far\nremotes: {far: {addr: 'https://127.0.0.1:1'}}\n",
    );
    await Deno.writeTextFile(`${folder}/client.crt`, cert);
    await Deno.writeTextFile(`${folder}/client.key`, key);
    const { stdout, code } = await runKini(["kini", "doctor", "--json"], {
      env: { ...env, KINI_CONFIG: folder },
    });
    assert.equal(code, 1);
    const report = JSON.parse(stdout) as Report;
    const server = report.checks.find(({ name }) => name === "server");
    assert.match(server!.found, /^Cannot connect to the server "far": tried /);
    for (const name of ["cgroup", "inotify", "kernel-modules"]) {
      assert.equal(levelOf(report, name), "unknown");
    }
  });
});

Deno.test("kini doctor takes a server that fails half the questions", async () => {
  await using fake = await FakeIncus.start();
  for (const path of ["networks", "instances", "images", "projects/default"]) {
    fake.fail(`GET /1.0/${path}`, { status: 500, error: "disk I/O error" });
  }
  await withFolder(async (_, env) => {
    const { stdout } = await runKini(["kini", "doctor", "--json"], {
      fake,
      env,
    });
    const report = JSON.parse(stdout) as Report;
    for (const name of ["project", "unstarted-containers"]) {
      assert.equal(levelOf(report, name), "unknown");
    }
    assert.equal(levelOf(report, "profile-disk"), "ok");
  });
});

/** An `incus` that notes how it is called. */
async function withFakeClient(
  run: (env: Record<string, string>, calls: () => Promise<string>) => Promise<
    void
  >,
): Promise<void> {
  await withFolder(async (folder, env) => {
    await Deno.writeTextFile(
      `${folder}/bin/incus`,
      `#!/bin/sh\necho "$@" >>${folder}/calls\necho done\n`,
      { mode: 0o755 },
    );
    await run(
      env,
      () => Deno.readTextFile(`${folder}/calls`).catch(() => ""),
    );
  });
}

const NO_IPV6 = network("incusbr0", {
  config: { "ipv4.address": "10.0.3.1/24", "ipv6.address": "none" },
});
const SET_IPV6 = "network set incusbr0 ipv6.address=auto ipv6.nat=true\n";

Deno.test("kini doctor --fix asks, and takes no for an answer", async () => {
  await using fake = await FakeIncus.start({ networks: [NO_IPV6] });
  await withFakeClient(async (env, calls) => {
    const { stderr } = await runKini(["kini", "doctor", "--fix"], {
      fake,
      env,
      stdin: "n\n",
    });
    assert.match(stderr, /Run them\? \[y\/N\] Nothing was done\./);
    assert.equal(await calls(), "");
  });
});

Deno.test("kini doctor --fix runs the safe commands and looks again", async () => {
  await using fake = await FakeIncus.start({ networks: [NO_IPV6] });
  for (const options of [{ stdin: "y\n" }, { yes: true }]) {
    await withFakeClient(async (env, calls) => {
      const { stdout, stderr, code } = await runKini(
        ["kini", "doctor", "--fix", ...("yes" in options ? ["--yes"] : [])],
        { fake, env, ...("stdin" in options && { stdin: options.stdin }) },
      );
      assert.equal(code, 0);
      assert.equal(await calls(), SET_IPV6);
      assert.match(stderr, /network-ipv6: INCUS_SOCKET=.*\ndone$/m);
      assert.equal(stderr.includes("Run them?"), "stdin" in options);
      assert.equal(stdout.match(/^\d+ checks:/gm)?.length, 2);
    });
  }
});

Deno.test("kini doctor --fix has nothing to do for a healthy server", async () => {
  await using fake = await FakeIncus.start();
  await withFolder(async (_, env) => {
    const { stderr, code } = await runKini(["kini", "doctor", "--fix"], {
      fake,
      env,
    });
    assert.equal(stderr, "There is nothing that could be mended safely.\n");
    assert.equal(code, 0);
  });
});

Deno.test("kini doctor --fix --json is refused", async () => {
  const { stderr, code } = await runKini(["kini", "doctor", "--fix", "--json"]);
  assert.match(stderr, /--fix and --json don't go together/);
  assert.equal(code, 125);
});
