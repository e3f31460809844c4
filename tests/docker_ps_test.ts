import assert from "node:assert/strict";
import { fingerprintFor, instance } from "./builders.ts";
import { containerInstance, exitedInstance } from "./container_builders.ts";
import { FakeIncus } from "./fake_incus.ts";
import { assertRequests, runKini } from "./harness.ts";

const CLUSTER = "io.x-k8s.kind.cluster";
const LIST = "GET /1.0/instances?recursion=1";

/** What liblxc notes when the first process of a container ends with 3. */
const ENDED_WITH_3 =
  'lxc c2 20260102030400.500 NOTICE   start - ../src/lxc/start.c:signal_handler:446 - Container "c2" init process 7 ended on error (3)\n';

/** A node of the cluster `kind`, a container that stopped, and an instance of somebody else's. */
async function startFake(): Promise<FakeIncus> {
  const fake = await FakeIncus.start();
  fake.addInstance(containerInstance({
    name: "kind-control-plane",
    image: "kindest/node:v1.35.0",
    imageId: "sha256:0",
    labels: { [CLUSTER]: "kind" },
    network: "kind",
    publishes: [{
      hostIp: "127.0.0.1",
      hostPort: 40001,
      containerPort: 6443,
      protocol: "tcp",
    }],
  }, {
    created_at: "2026-01-02T03:04:00Z",
    devices: {
      "kini-port-0": {
        type: "proxy",
        bind: "host",
        listen: "tcp:127.0.0.1:40001",
        connect: "tcp:127.0.0.1:6443",
      },
    },
  }));
  fake.addInstance(
    exitedInstance({ name: "c2" }, { created_at: "2026-01-02T03:03:00Z" }),
    { logs: { "lxc.log": ENDED_WITH_3 } },
  );
  fake.addInstance(instance("mine"));
  return fake;
}

Deno.test("docker ps shows what runs, by one request", async () => {
  await using fake = await startFake();
  const { stdout, stderr, code } = await runKini(["docker", "ps"], { fake });
  assert.equal(stderr, "");
  assert.equal(code, 0);
  const [header, row, end] = stdout.split("\n");
  assert.match(
    header!,
    /^CONTAINER ID {3}IMAGE {18}COMMAND {8}CREATED .* STATUS .* PORTS .* NAMES$/,
  );
  assert.match(
    row!,
    /^[0-9a-f]{12} {3}kindest\/node:v1\.35\.0 {3}"sleep 1000" .* 127\.0\.0\.1:40001->6443\/tcp {3}kind-control-plane$/,
  );
  assert.equal(end, "");
  assertRequests(fake, [LIST]);
});

Deno.test("docker ps answers kind's calls by one request", async () => {
  await using fake = await startFake();
  const cases: [argv: string[], want: string][] = [
    [
      ["--filter", `label=${CLUSTER}`, "--format", `{{.Label "${CLUSTER}"}}`],
      "kind\n",
    ],
    [
      ["--filter", `label=${CLUSTER}=kind`, "--format", "{{.Names}}"],
      "kind-control-plane\n",
    ],
    [["--filter", `label=${CLUSTER}=other`, "--format", "{{.Names}}"], ""],
  ];
  for (const [argv, want] of cases) {
    const from = fake.requests.length;
    const result = await runKini(["docker", "ps", "-a", ...argv], { fake });
    assert.deepEqual(
      [result.stdout, result.stderr, result.code],
      [want, "", 0],
      argv.join(" "),
    );
    assertRequests(fake, [LIST], { from });
  }
});

Deno.test("docker ps asks how a container ended only when that is shown", async () => {
  await using fake = await startFake();
  const cases: [argv: string[], want: string, requests: string[]][] = [
    [
      ["-a", "--format", "{{.Names}} {{.State}}"],
      "kind-control-plane running\nc2 exited\n",
      [LIST],
    ],
    [
      ["-a", "--filter", "status=exited", "--format", "{{.Status}}"],
      "Exited (3) 4 seconds ago\n",
      [LIST, "GET /1.0/instances/c2/logs/lxc.log"],
    ],
    [
      ["-a", "-q", "--filter", "exited=3"],
      `${fingerprintFor("c2").slice(0, 12)}\n`,
      [LIST, "GET /1.0/instances/c2/logs/lxc.log"],
    ],
    [["-a", "--filter", "exited=0", "--format", "{{.Names}}"], "", [
      LIST,
      "GET /1.0/instances/c2/logs/lxc.log",
    ]],
    [["-q"], `${fingerprintFor("kind-control-plane").slice(0, 12)}\n`, [LIST]],
  ];
  for (const [argv, want, requests] of cases) {
    const from = fake.requests.length;
    const { stdout, stderr } = await runKini(["docker", "ps", ...argv], {
      fake,
    });
    assert.deepEqual([stdout, stderr], [want, ""], argv.join(" "));
    assertRequests(fake, requests, { from });
  }
});

Deno.test("docker ps picks by its filters and limits", async () => {
  await using fake = await startFake();
  const cases: [argv: string[], want: string][] = [
    [["-n", "1"], "kind-control-plane"],
    [["-l"], "kind-control-plane"],
    [["-n", "2"], "kind-control-plane c2"],
    [["-a", "-f", "name=^c"], "c2"],
    [["-a", "-f", "ancestor=busybox:1.37"], "c2"],
    [["-a", "-f", "ancestor=nothing"], ""],
    [["-f", "network=kind"], "kind-control-plane"],
    [["-f", "publish=40001"], "kind-control-plane"],
    [["-f", "publish=1"], ""],
    [["-a", "-f", `id=${fingerprintFor("c2").slice(0, 8)}`], "c2"],
  ];
  for (const [argv, want] of cases) {
    const { stdout, stderr } = await runKini(
      ["docker", "ps", ...argv, "--format", "{{.Names}}"],
      { fake },
    );
    assert.deepEqual(
      [stdout.trim().replaceAll("\n", " "), stderr],
      [want, ""],
      argv.join(" "),
    );
  }
});

Deno.test("docker ps fails as docker does", async () => {
  await using fake = await startFake();
  const cases: { argv: string[]; code: number; stderr: RegExp }[] = [
    {
      argv: ["--filter", "foo=bar"],
      code: 1,
      stderr: /^Error response from daemon: invalid filter 'foo'\n$/,
    },
    {
      argv: ["--filter", "bad"],
      code: 125,
      stderr:
        /^invalid argument "bad" for "-f, --filter" flag: bad format of filter \(expected name=value\)\n/,
    },
    {
      argv: ["--format", "{{.Foo}}"],
      code: 1,
      stderr:
        /^failed to execute template: template: :1:2: executing "" at <\.Foo>: can't evaluate field Foo in type \*formatter\.ContainerContext\n$/,
    },
    {
      argv: ["--format", "{{"],
      code: 1,
      stderr: /^failed to parse template: template: :1: unclosed action\n$/,
    },
    { argv: ["c1"], code: 1, stderr: /accepts no arguments/ },
  ];
  for (const { argv, code, stderr } of cases) {
    const result = await runKini(["docker", "ps", ...argv], { fake });
    assert.match(result.stderr, stderr);
    assert.deepEqual([result.code, result.stdout], [code, ""]);
  }
});

Deno.test("docker ps lists the others when somebody broke one container's record", async () => {
  await using fake = await startFake();
  const broken = containerInstance({ name: "c3" });
  broken.config["user.kini.container"] = "{";
  fake.addInstance(broken);
  const { stdout, stderr, code } = await runKini(["docker", "ps"], { fake });
  assert.deepEqual([stderr, code], ["", 0]);
  assert.match(stdout, /kind-control-plane\n/);
  assert.match(stdout, / c3\n/);
});

Deno.test("docker ps shows what is on its way from one state to another", async () => {
  const states = {
    Stopping: "running",
    Aborting: "running",
    Freezing: "running",
    Frozen: "paused",
    Stopped: "exited",
    Error: "dead",
  };
  await using fake = await FakeIncus.start();
  for (const status of Object.keys(states)) {
    fake.addInstance(containerInstance({ name: status }, { status }));
  }
  const { stdout } = await runKini(
    ["docker", "ps", "-a", "--format", "{{.Names}} {{.State}}"],
    { fake },
  );
  assert.deepEqual(
    Object.fromEntries(stdout.trim().split("\n").map((row) => row.split(" "))),
    states,
  );
});
