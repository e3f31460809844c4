import assert from "node:assert/strict";
import { FakeIncus } from "../tests/fake_incus.ts";
import { runKini } from "../tests/harness.ts";
import { formatCall, logCall, openLog, requestLog } from "./call_log.ts";

Deno.test("formatCall() leaves secrets out", () => {
  const cases: [string[], string][] = [
    [["run", "-e", "A=s3cret", "i"], "docker run -e A=… i"],
    [["run", "-e", "HTTP_PROXY", "i"], "docker run -e HTTP_PROXY i"],
    [["run", "--env=A=s3cret=x", "i"], "docker run --env=A=… i"],
    [["run", "--env", "A=s3cret"], "docker run --env A=…"],
    [["run", "-eA=s3cret"], "docker run -eA=…"],
    [["run", "-ite", "A=s3cret"], "docker run -ite A=…"],
    [["run", "-iteA=s3cret"], "docker run -iteA=…"],
    [
      ["login", "-u", "ada", "-p", "s3cret", "r.test"],
      "docker login -u ada -p … r.test",
    ],
    [["login", "-ps3cret"], "docker login -p…"],
    [["login", "--password=s3cret"], "docker login --password=…"],
    [["login", "--password", "s3cret"], "docker login --password …"],
    [
      ["login", "--password-stdin", "r.test"],
      "docker login --password-stdin r.test",
    ],
    [
      ["exec", "c", "kubeadm", "join", "--token", "s3cret"],
      "docker exec c kubeadm join --token …",
    ],
    [
      ["exec", "c", "kubeadm", "--certificate-key=s3cret"],
      "docker exec c kubeadm --certificate-key=…",
    ],
    [["commit", "-c", "ENV A=s3cret", "c"], "docker commit -c 'ENV …' c"],
    [["commit", "--change=env A s3cret"], "docker commit '--change=ENV …'"],
    [["build", "--build-arg", "A=s3cret"], "docker build --build-arg A=…"],
    [
      ["pull", "https://ada:s3cret@r.test/a"],
      "docker pull https://…@r.test/a",
    ],
    [
      ["run", "-p", "127.0.0.1:0:6443", "--label", "a=b", "it's"],
      "docker run -p 127.0.0.1:0:6443 --label a=b 'it'\\''s'",
    ],
    [["run", "--label", "token=s3cret"], "docker run --label token=…"],
    [["run", "i", "env", "X=s3cret", "A"], "docker run i env X=… A"],
    [
      ["exec", "c", "sh", "-c", "password=s3cret; A=s3cret b"],
      "docker exec c sh -c 'password=…; A=… b'",
    ],
    [["pull", "ada:s3cret@r.test/a"], "docker pull …@r.test/a"],
    [
      ["pull", "https://r.test/x?token=s3cret"],
      "docker pull 'https://r.test/x?token=…'",
    ],
    [
      [
        "exec",
        "c",
        "curl",
        "-u",
        "ada:s3cret",
        "-HAuthorization: Bearer s3cret",
      ],
      "docker exec c curl -u ada:… '-HAuthorization: …'",
    ],
    [
      ["exec", "c", "x", '{"password": "s3cret", "a": 1}'],
      `docker exec c x '{"password": …, "a": 1}'`,
    ],
    // What is no secret stays readable.
    [
      ["exec", "c", "kubeadm", "init", "--skip-token-print", "-v=6"],
      "docker exec c kubeadm init --skip-token-print -v=6",
    ],
    [
      [
        "run",
        "-u",
        "1000:1000",
        "--user=0:0",
        "a:1@sha256:00",
        "d/a:1@sha256:0",
      ],
      "docker run -u 1000:1000 --user=0:0 a:1@sha256:00 d/a:1@sha256:0",
    ],
    [
      ["ps", "--filter", "label=io.x-k8s.kind.cluster=kind", "-f", "name=a"],
      "docker ps --filter label=io.x-k8s.kind.cluster=kind -f name=a",
    ],
    [["exec", "c", "sh", "-c", "a\nb"], "docker exec c sh -c 'a\\nb'"],
  ];
  for (const [argv, want] of cases) {
    const line = formatCall("docker", argv);
    assert.equal(line, want);
    assert.doesNotMatch(line, /s3cret|\n/);
  }
});

Deno.test("requestLog() leaves the secrets of operations out", () => {
  const lines: string[] = [];
  requestLog((line) => void lines.push(line))(
    "GET",
    "/1.0/operations/a/websocket?secret=s3cret&project=p",
    101,
    1.26,
  );
  assert.deepEqual(lines, [
    "GET /1.0/operations/a/websocket?secret=…&project=p 101 1.3 ms",
  ]);
});

Deno.test("KINI_LOG=debug shows each call on stderr, and how it ended", async () => {
  await using fake = await FakeIncus.start();
  const { stdout, stderr } = await runKini(
    ["docker", "ps", "-a", "--format", "{{.Names}}"],
    { fake, env: { KINI_LOG: "debug" } },
  );
  assert.equal(stdout, "");
  assert.match(
    stderr,
    /^kini: docker ps -a --format {{\.Names}}\n(?:kini: .*\n)*kini: exit code 0 after \d+ ms\n$/,
  );
});

Deno.test("KINI_LOG with a path appends to a private file", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/kini.log`;
    const env = { KINI_LOG: path };
    await runKini(["docker", "--version"], { env });
    const { stderr, code } = await runKini(["docker", "rm"], { env });
    assert.equal(code, 1);
    assert.doesNotMatch(stderr, /kini:/);
    const lines = (await Deno.readTextFile(path)).trimEnd().split("\n");
    assert.equal(lines.length, 4);
    assert.match(lines[0]!, /^\S+Z \d+ docker --version$/);
    assert.match(lines[3]!, /exit code 1 after/);
    assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a log that can't be written stops nothing", async () => {
  const { stdout, stderr, code } = await runKini(["docker", "--version"], {
    env: { KINI_LOG: "/nonexistent/kini.log" },
  });
  assert.equal(code, 0);
  assert.match(stdout, /^Docker version/);
  assert.match(
    stderr,
    /^kini: Cannot write the log "\/nonexistent\/kini\.log": no such file or directory\n$/,
  );
});

Deno.test("openLog() refuses what it doesn't know", async () => {
  assert.throws(
    () =>
      openLog({
        stderr: { line: () => Promise.resolve() },
        env: () => "info",
      }),
    RangeError,
  );
  const { stderr, code } = await runKini(["docker", "ps"], {
    env: { KINI_LOG: "info" },
  });
  assert.match(stderr, /KINI_LOG is "info": use "debug"/);
  assert.equal(code, 1);
});

Deno.test("logCall() is over when stderr has taken its last line", async () => {
  const lines: string[] = [];
  const slow = Promise.withResolvers<void>();
  const end = logCall(
    {
      env: () => "debug",
      stderr: {
        line: async (text) => {
          await slow.promise;
          lines.push(text);
        },
      },
    },
    "docker",
    ["ps"],
  );
  const ended = end!(3);
  assert.deepEqual(lines, []);
  slow.resolve();
  await ended;
  assert.equal(lines[0], "kini: docker ps");
  assert.match(lines[1]!, /^kini: exit code 3 after \d+ ms$/);
});
