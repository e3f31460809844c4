import assert from "node:assert/strict";
import { containerInstance, exitedInstance } from "./container_builders.ts";
import { FakeIncus } from "./fake_incus.ts";
import { assertRequests, runKini } from "./harness.ts";

Deno.test("docker info gives kind all of it by three requests", async () => {
  await using fake = await FakeIncus.start();
  fake.addInstance(containerInstance({ name: "c1" }));
  fake.addInstance(exitedInstance({ name: "c2" }));
  const { stdout, stderr, code } = await runKini(
    ["docker", "info", "--format", "{{json .}}"],
    { fake },
  );
  assert.deepEqual([stderr, code], ["", 0]);
  const info = JSON.parse(stdout);
  assert.match(info.CgroupVersion, /^[12]$/);
  assert.match(info.CgroupDriver, /^(systemd|cgroupfs)$/);
  for (const name of ["MemoryLimit", "PidsLimit", "CPUShares"]) {
    assert.equal(typeof info[name], "boolean", name);
  }
  assert.ok(Array.isArray(info.SecurityOptions));
  assert.deepEqual(
    [
      info.Containers,
      info.ContainersRunning,
      info.ContainersStopped,
      info.Images,
    ],
    [2, 1, 1, 1],
  );
  assert.equal(info.Kini.Mode, "oci");
  assertRequests(fake, [
    "GET /1.0",
    "GET /1.0/images?recursion=1",
    "GET /1.0/instances?recursion=1",
  ], { anyOrder: true });
});

Deno.test("docker info asks for no more than is shown", async () => {
  await using fake = await FakeIncus.start();
  for (
    const format of [
      "{{.Driver}}",
      "'{{json .SecurityOptions}}'",
      "{{json .DriverStatus }}",
    ]
  ) {
    const from = fake.requests.length;
    const { stdout, code } = await runKini(
      ["docker", "info", "-f", format],
      { fake },
    );
    assert.equal(code, 0);
    assert.equal(stdout.trim().split("\n").length, 1);
    assertRequests(fake, ["GET /1.0"], { from });
  }
});

Deno.test("docker info says name=userns and name=rootless when KINI_UNPRIVILEGED asks for it", async () => {
  await using fake = await FakeIncus.start();
  const cases: [value: string, rootless: boolean][] = [
    ["true", true],
    ["1", true],
    ["yes", true],
    ["", false],
    ["false", false],
    ["no", false],
  ];
  for (const [value, want] of cases) {
    const { stdout } = await runKini(
      ["docker", "info", "-f", "{{json .SecurityOptions}}"],
      { fake, env: { KINI_UNPRIVILEGED: value } },
    );
    for (const name of ["name=userns", "name=rootless"]) {
      assert.equal(JSON.parse(stdout).includes(name), want, value);
    }
  }
  const { stderr, code } = await runKini(
    ["docker", "info", "-f", "{{.Driver}}"],
    { fake, env: { KINI_UNPRIVILEGED: "maybe" } },
  );
  assert.equal(code, 1);
  assert.equal(
    stderr,
    'KINI_UNPRIVILEGED is "maybe": use "true" or "false", or unset it\n',
  );
});

Deno.test("docker info prints the facts as text", async () => {
  await using fake = await FakeIncus.start();
  const { stdout, code } = await runKini(["docker", "info"], { fake });
  assert.equal(code, 0);
  assert.match(stdout, /^Client:\n Version: {4}\S+\n/);
  assert.match(stdout, /\nServer:\n Containers: 0\n {2}Running: 0\n/);
  assert.match(stdout, /\n {2}Mode: oci \(/);
});

Deno.test("docker info and docker version show the client where there is no server", async () => {
  const env = { KINI_SOCKET: "/nonexistent/unix.socket" };
  const info = await runKini(["docker", "info"], { env });
  assert.equal(info.code, 1);
  assert.match(info.stdout, /^Client:\n/);
  assert.match(info.stderr, /^ERROR: Cannot connect to Incus or LXD: /);
  const version = await runKini(["docker", "version"], { env });
  assert.equal(version.code, 1);
  assert.match(version.stdout, /^Client:\n/);
  assert.match(version.stderr, /^Cannot connect to Incus or LXD: /);
});

Deno.test("docker version names the server by one request", async () => {
  await using fake = await FakeIncus.start();
  const { stdout, code } = await runKini(
    ["docker", "version", "-f", "{{.Server.Version}}"],
    { fake },
  );
  assert.equal(code, 0);
  assert.match(stdout, /^\d+\.\d+/);
  assertRequests(fake, ["GET /1.0"]);
});
