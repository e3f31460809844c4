import assert from "node:assert/strict";
import { FakeIncus } from "./fake_incus.ts";
import { runKini } from "./harness.ts";

async function print(...argv: string[]): Promise<string> {
  const { stdout, stderr, code } = await runKini(argv);
  assert.equal(stderr, "");
  assert.equal(code, 0);
  return stdout;
}

Deno.test("kini version --json", async () => {
  const version = JSON.parse(await print("kini", "version", "--json"));
  assert.match(version.kini, /^\d+\.\d+\.\d+/);
  assert.equal(version.docker, "26.1.5");
  // Only what tools/build made knows its commit.
  assert.equal(version.commit, null);
  assert.equal(await print("kini", "version"), `kini ${version.kini}\n`);
});

Deno.test("kini help shows what --help shows", async () => {
  for (
    const words of [
      [],
      ["doctor"],
      ["images"],
      ["docker"],
      ["docker", "run"],
      ["docker", "network", "ls"],
    ]
  ) {
    assert.equal(
      await print("kini", "help", ...words),
      await print("kini", ...words, "--help"),
    );
  }
  assert.match(
    await print("kini", "help", "environment"),
    /^ {2}KINI_SOCKET$/m,
  );
});

Deno.test("kini says which word is no command", async () => {
  for (
    const [line, want] of [
      ["help foo", 'no command "kini foo": "kini --help" lists them'],
      ["help setup foo", 'no command "kini setup foo": "kini setup --help"'],
      ["help docker network foo", 'no command "kini docker network foo"'],
      ["foo", "'foo' is not a kini command"],
      ["setup foo", "'foo' is not a kini setup command"],
    ] as const
  ) {
    const { stdout, stderr, code } = await runKini([
      "kini",
      ...line.split(" "),
    ]);
    assert.ok(stderr.includes(want), stderr);
    assert.equal(stderr.trimEnd().split("\n").length <= 2, true, stderr);
    assert.equal(stdout, "");
    assert.equal(code, 1);
  }
});

Deno.test("help of every command fits 80 columns and shows examples", async () => {
  const { commandTree } = await import("../commands/command_tree.ts");
  const { kini } = await import("../commands/kini/kini.ts");
  const { docker } = await import("../commands/docker/docker.ts");
  const nodes = [
    ...await commandTree("kini", kini),
    ...await commandTree("docker", docker),
  ];
  assert.ok(nodes.length > 60, `${nodes.length}`);
  for (const { path, summary } of nodes) {
    const text = await print(...path.split(" "), "--help");
    for (const line of text.split("\n")) {
      assert.ok(line.length <= 80, `${path}: ${line}`);
    }
    assert.ok(text.includes(summary), path);
    const shown = /^Examples:\n((?: {2}\S.*\n)+)/m.exec(text)?.[1] ?? "";
    const examples = shown.split("\n").filter(Boolean);
    assert.ok(
      examples.length >= 1 && examples.length <= 3,
      `${path}: ${shown}`,
    );
  }
});

/** What bash offers for a command line, with kini and docker as they are given. */
async function complete(
  line: string,
  options: { docker?: string } = {},
): Promise<string[]> {
  const code = await print("kini", "completion", "bash");
  // As the shell has them: broken at colons and equals signs.
  const words = line.split(" ").flatMap((word) =>
    word === "" ? [""] : word.match(/[:=]+|[^:=]+/g) ?? []
  );
  const script = `
    docker() { ${options.docker ?? "echo Docker version 1, build kini-1"}; }
    kini() { shift; docker "$@"; }
    ${code}
    COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")})
    COMP_CWORD=${words.length - 1}
    "$(complete -p ${words[0]} | sed 's/.*-F \\([^ ]*\\).*/\\1/')"
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = await new Deno.Command("bash", {
    args: ["--norc", "-euc", script],
  }).output();
  const decoder = new TextDecoder();
  assert.equal(decoder.decode(stderr), "");
  return decoder.decode(stdout).split("\n").filter(Boolean).sort();
}

Deno.test("kini completion bash: commands, groups, flags", async () => {
  const cases: [string, string[]][] = [
    ["kini doc", ["docker", "doctor"]],
    ["kini doctor --", ["--fix", "--help", "--json", "--yes"]],
    ["kini images ", ["verify"]],
    ["kini docker net", ["network"]],
    ["docker netw", ["network"]],
    ["docker network ", ["create", "inspect", "ls", "rm"]],
    ["kini docker network l", ["ls"]],
    ["docker run --priv", ["--privileged"]],
    // A flag's value is the user's own affair.
    ["docker run --name ", []],
    ["docker run --name c1 --rm --priv", ["--privileged"]],
    ["docker nonsense ", []],
    ["kini completion ", ["bash", "fish", "zsh"]],
    ["kini setup activate f", ["fish"]],
    ["kini completion bash ", []],
    ["kini help env", ["environment"]],
    // What follows belongs to the container.
    ["docker exec c1 ls --", []],
    ["docker run -v /a:/b --priv", ["--privileged"]],
  ];
  for (const [line, want] of cases) {
    const found = await complete(line);
    if (line === "docker network ") {
      for (const word of want) assert.ok(found.includes(word), line);
    } else assert.deepEqual(found, want, line);
  }
});

Deno.test("kini completion bash: what is there", async () => {
  const docker = `
    case $1 in
      ps) printf 'kind-control-plane\\nkind-worker\\n' ;;
      images)
        printf '%s\\n' busybox:1.36 busybox:1.37 '<none>:<none>' \\
          'busybox:$(echo run >&2)' ;;
      network) printf 'kind\\nother\\n' ;;
      *) echo build kini-1 ;;
    esac`;
  assert.deepEqual(await complete("docker stop kind-w", { docker }), [
    "kind-worker",
  ]);
  assert.deepEqual(await complete("kini docker logs -f kind-c", { docker }), [
    "kind-control-plane",
  ]);
  const images = ["$(echo run >&2)", "1.36", "1.37"];
  for (
    const [line, want] of [
      ["docker rmi busy", images.map((tag) => `busybox:${tag}`)],
      ["docker rmi busybox:", images],
      ["docker image inspect a busybox:1.3", ["1.36", "1.37"]],
      ["docker rmi <", []],
      ["docker inspect b", images.map((tag) => `busybox:${tag}`)],
      ["docker inspect kind-w", ["kind-worker"]],
      ["docker run --network k", ["kind"]],
      ["docker run --network=k", ["kind"]],
      ["docker network create k", []],
      ["docker network connect k", ["kind"]],
      ["docker network connect kind kind-w", ["kind-worker"]],
      ["docker network connect kind kind-worker k", []],
      ["docker exec kind-worker k", []],
    ] as const
  ) assert.deepEqual(await complete(line, { docker }), want, line);
  // Without a server there is nothing, and nothing is said.
  const down =
    "case $1 in --version) echo build kini-1;; *) echo no >&2; exit 1;; esac";
  assert.deepEqual(await complete("docker rm ", { docker: down }), []);
});

Deno.test("kini completion bash leaves another docker alone", async () => {
  const code = await print("kini", "completion", "bash");
  const { stdout } = await new Deno.Command("bash", {
    args: [
      "--norc",
      "-c",
      `docker() { echo Docker version 26.1.5, build a72d7cd; }\n${code}\ncomplete -p`,
    ],
  }).output();
  const text = new TextDecoder().decode(stdout);
  assert.match(text, /-F _kini kini$/m);
  assert.doesNotMatch(text, /docker$/m);
});

Deno.test("kini completion refuses other shells", async () => {
  const { stderr, code } = await runKini(["kini", "completion", "tcsh"]);
  assert.equal(
    stderr,
    'Cannot complete in "tcsh": kini knows bash, zsh, fish\n',
  );
  assert.equal(code, 1);
});

Deno.test("kini completion zsh and fish name every command", async () => {
  const zsh = await print("kini", "completion", "zsh");
  const fish = await print("kini", "completion", "fish");
  for (const path of ["kini doctor", "docker network ls", "docker run"]) {
    assert.ok(zsh.includes(`'${path}')`), path);
    assert.ok(fish.includes(`= "${path}"' -l help`), path);
  }
});

Deno.test("kini man prints a page with every command and variable", async () => {
  const page = await print("kini", "man");
  for (
    const text of [
      ".TH KINI 1",
      '.SS "kini doctor [OPTIONS]"',
      '.SS "docker run [OPTIONS] IMAGE [COMMAND] [ARG...]"',
      "\\fB\\-\\-privileged\\fR",
      "\\fBKINI_SOCKET\\fR",
    ]
  ) assert.ok(page.includes(text), text);
  // No line is a request by accident.
  for (const line of page.split("\n")) {
    assert.doesNotMatch(line, /^'/);
    if (line.startsWith(".")) {
      assert.match(line, /^\.(?:TH|S[HS]|TP|PP|EX|EE|B|I|BR|RI|br)\b/);
      assert.equal(line.split('"').length % 2, 1, line);
    }
  }
});

Deno.test("the words ask no server", async () => {
  await using fake = await FakeIncus.start();
  for (
    const words of ["version", "help environment", "completion bash", "man"]
  ) await runKini(["kini", ...words.split(" ")], { fake });
  assert.deepEqual(fake.requestLines(), []);
});
