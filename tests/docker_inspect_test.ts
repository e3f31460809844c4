import assert from "node:assert/strict";
import { fingerprintFor, pulledImage } from "./builders.ts";
import { containerInstance, exitedInstance } from "./container_builders.ts";
import { FakeIncus } from "./fake_incus.ts";
import { assertRequests, runKini } from "./harness.ts";

const ROLE = "io.x-k8s.kind.role";
const NODE = "docker.io/kindest/node:v1.35.0";

async function startFake(): Promise<FakeIncus> {
  const fake = await FakeIncus.start();
  fake.addInstance(containerInstance({
    name: "c1",
    labels: { [ROLE]: "control-plane" },
    exposedPorts: ["6443/tcp"],
    publishes: [{
      hostIp: "127.0.0.1",
      hostPort: 40001,
      containerPort: 6443,
      protocol: "tcp",
    }],
  }, {
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
    exitedInstance({ name: "c2", labels: { [ROLE]: "worker" } }),
  );
  fake.addImage(pulledImage(NODE));
  return fake;
}

Deno.test("docker inspect answers kind's calls by one request", async () => {
  await using fake = await startFake();
  const cases: [name: string, template: string, want: string][] = [
    ["c1", `{{ index .Config.Labels "${ROLE}"}}`, "control-plane"],
    ["c2", `{{ index .Config.Labels "${ROLE}"}}`, "worker"],
    ["c1", '{{ index .Config.Labels "desktop.docker.io/ports/6443/tcp" }}', ""],
    [
      "c1",
      "{{range .NetworkSettings.Networks}}{{.IPAddress}},{{.GlobalIPv6Address}}{{end}}",
      "10.0.3.10,fd42::10",
    ],
    [
      "c1",
      '{{ with (index (index .NetworkSettings.Ports "6443/tcp") 0) }}{{ printf "%s\t%s" .HostIp .HostPort }}{{ end }}',
      "127.0.0.1\t40001",
    ],
    ["c1", "{{.State.Running}}", "true"],
    ["c2", "{{.State.Running}}", "false"],
  ];
  for (const [name, template, want] of cases) {
    const from = fake.requests.length;
    const result = await runKini(
      ["docker", "inspect", "--format", template, name],
      { fake },
    );
    assert.deepEqual(
      [result.stdout, result.stderr, result.code],
      [`${want}\n`, "", 0],
      template,
    );
    assertRequests(fake, [`GET /1.0/instances/${name}?recursion=1`], { from });
  }
});

Deno.test("docker inspect prints a container as JSON", async () => {
  await using fake = await startFake();
  const { stdout, code } = await runKini(["docker", "inspect", "c1"], { fake });
  const [shown] = JSON.parse(stdout);
  assert.equal(code, 0);
  assert.equal(shown.Name, "/c1");
  assert.equal(shown.Id, fingerprintFor("c1"));
  assert.equal(shown.State.Status, "running");
  assert.equal(shown.NetworkSettings.Networks.bridge.IPAddress, "10.0.3.10");
  assertRequests(fake, ["GET /1.0/instances/c1?recursion=1"]);
});

Deno.test("docker inspect fails for the port of a stopped container", async () => {
  await using fake = await startFake();
  const result = await runKini([
    "docker",
    "inspect",
    "-f",
    '{{ with (index (index .NetworkSettings.Ports "6443/tcp") 0) }}{{ .HostPort }}{{ end }}',
    "c2",
  ], { fake });
  assert.equal(result.code, 1);
  assert.match(result.stderr, /^template parsing error: .*error calling index/);
});

Deno.test("docker inspect asks how a container ended only when that is shown", async () => {
  await using fake = await startFake();
  fake.instance("c2").logs.set(
    "lxc.log",
    'lxc c2 20260102030401.250 NOTICE   start - ../src/lxc/start.c:signal_handler:446 - Container "c2" init process 7 ended on signal (9)\n',
  );
  const { stdout } = await runKini(
    [
      "docker",
      "inspect",
      "-f",
      "{{.State.ExitCode}} {{.State.FinishedAt}}",
      "c2",
    ],
    { fake },
  );
  assert.equal(stdout, "137 2026-01-02T03:04:01.250Z\n");
  assertRequests(fake, [
    "GET /1.0/instances/c2?recursion=1",
    "GET /1.0/instances/c2/logs/lxc.log",
  ]);
});

Deno.test("docker inspect finds a container by the start of its id", async () => {
  await using fake = await startFake();
  const id = fingerprintFor("c1").slice(0, 12);
  const { stdout, stderr } = await runKini(
    ["docker", "inspect", "-f", "{{.Name}}", id],
    { fake },
  );
  assert.deepEqual([stdout, stderr], ["/c1\n", ""]);
});

Deno.test("docker inspect --type=image tells kind that an image is there", async () => {
  await using fake = await startFake();
  const digest = fingerprintFor(`${NODE} manifest`);
  for (
    const name of [
      "kindest/node:v1.35.0",
      `kindest/node:v1.35.0@sha256:${digest}`,
      `kindest/node@sha256:${digest}`,
    ]
  ) {
    const from = fake.requests.length;
    const { stdout, code } = await runKini(
      ["docker", "inspect", "--type=image", name],
      { fake },
    );
    assert.equal(code, 0, name);
    const [shown] = JSON.parse(stdout);
    assert.deepEqual(shown.RepoTags, ["kindest/node:v1.35.0"]);
    assert.deepEqual(shown.RepoDigests, [`kindest/node@sha256:${digest}`]);
    assert.equal(shown.Architecture, "amd64");
    assertRequests(fake, ["GET /1.0/images?recursion=1"], { from });
  }
});

Deno.test("docker image inspect gives an image's id by one request", async () => {
  await using fake = await startFake();
  const { stdout } = await runKini(
    ["docker", "image", "inspect", "-f", "{{ .Id }}", "kindest/node:v1.35.0"],
    { fake },
  );
  assert.equal(stdout, `sha256:${fingerprintFor(`${NODE} config`)}\n`);
  assertRequests(fake, [`GET /1.0/images/aliases/${NODE}`]);
});

Deno.test("docker image inspect loads what the alias does not tell", async () => {
  await using fake = await startFake();
  const { stdout } = await runKini([
    "docker",
    "image",
    "inspect",
    "-f",
    "{{.Size}} {{.Architecture}} {{.RepoTags}}",
    "kindest/node:v1.35.0",
  ], { fake });
  assert.equal(stdout, "2000000 amd64 [kindest/node:v1.35.0]\n");
});

Deno.test("docker inspect finds images and networks too", async () => {
  await using fake = await startFake();
  const cases: [name: string, template: string, want: string][] = [
    ["kindest/node:v1.35.0", "{{.Os}}", "linux"],
    [fingerprintFor(`${NODE} config`).slice(0, 12), "{{.Os}}", "linux"],
    ["bridge", "{{.Driver}}", "bridge"],
  ];
  for (const [name, template, want] of cases) {
    const { stdout, stderr } = await runKini(
      ["docker", "inspect", "-f", template, name],
      { fake },
    );
    assert.deepEqual([stdout, stderr], [`${want}\n`, ""]);
  }
});

Deno.test("docker inspect says what is not there, and shows the rest", async () => {
  await using fake = await startFake();
  const daemon = "Error response from daemon: ";
  const cases: [argv: string[], stdout: string, stderr: string][] = [
    [["inspect", "x"], "[]\n", "Error: No such object: x\n"],
    [
      ["inspect", "-f", "{{.Name}}", "x", "c1", "y"],
      "/c1\n",
      "Error: No such object: x\nError: No such object: y\n",
    ],
    [["inspect", "-f", "{{.Name}}", "x"], "\n", "Error: No such object: x\n"],
    [["inspect", "BAD NAME"], "[]\n", "Error: No such object: BAD NAME\n"],
    [["inspect", ""], "[]\n", "Error: No such object: \n"],
    [
      ["inspect", "--type=container", "x"],
      "[]\n",
      `${daemon}No such container: x\n`,
    ],
    [["container", "inspect", "x"], "[]\n", `${daemon}No such container: x\n`],
    [["image", "inspect", "x"], "[]\n", `${daemon}No such image: x:latest\n`],
    [
      ["image", "inspect", `x@sha256:${"0".repeat(64)}`],
      "[]\n",
      `${daemon}No such image: x@sha256:${"0".repeat(64)}\n`,
    ],
    [["network", "inspect", "x"], "[]\n", `${daemon}network x not found\n`],
    [
      ["network", "inspect", "x", "bridge", "-f", "{{.Name}}"],
      "bridge\n",
      `${daemon}network x not found\n`,
    ],
    [
      ["inspect", "--type=volume", "x"],
      "[]\n",
      `${daemon}get x: no such volume\n`,
    ],
    [
      ["inspect", "--type=foo", "x"],
      "",
      '"foo" is not a valid value for --type\n',
    ],
  ];
  for (const [argv, stdout, stderr] of cases) {
    const result = await runKini(["docker", ...argv], { fake });
    assert.deepEqual(
      [result.stdout, result.stderr, result.code],
      [stdout, stderr, 1],
      argv.join(" "),
    );
  }
});

Deno.test("docker inspect reads its template before it asks the server", async () => {
  await using fake = await startFake();
  const { code, stdout, stderr } = await runKini(
    ["docker", "inspect", "-f", "{{.Name", "c1"],
    { fake },
  );
  assert.deepEqual([code, stdout], [64, ""]);
  assert.equal(
    stderr,
    "template parsing error: template: :1: unclosed action\n",
  );
  assertRequests(fake, []);
});

Deno.test("docker context inspect names the server's socket", async () => {
  await using fake = await startFake();
  const { stdout, code } = await runKini([
    "docker",
    "context",
    "inspect",
    "--format",
    '{{ (index .Endpoints "docker").Host }}',
    "default",
  ], { fake });
  assert.deepEqual([stdout, code], [`unix://${fake.socket}\n`, 0]);
  assertRequests(fake, []);
  const missing = await runKini(["docker", "context", "inspect", "x"], {
    fake,
  });
  assert.deepEqual([missing.stdout, missing.code], ["[]\n", 1]);
  assert.match(missing.stderr, /^context "x": context not found: /);
});

Deno.test("docker inspect ends quietly when nobody reads what it found before an error", async () => {
  await using fake = await FakeIncus.start();
  fake.addInstance(containerInstance({ name: "c1" }));
  const result = await runKini(["docker", "inspect", "c1", "nope"], {
    fake,
    onStdout: () => {
      throw new Deno.errors.BrokenPipe();
    },
  });
  assert.equal(result.code, 141);
  assert.equal(result.stderr, "");
});
