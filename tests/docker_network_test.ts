import assert from "node:assert/strict";
import { fingerprintFor, network, profile } from "./builders.ts";
import { containerInstance, exitedInstance } from "./container_builders.ts";
import { FakeIncus } from "./fake_incus.ts";
import { assertRequests, runKini } from "./harness.ts";

const NETWORKS = "GET /1.0/networks?recursion=1";

/** The command that kind sends. */
const CREATE = [
  "docker",
  "network",
  "create",
  "-d=bridge",
  "-o",
  "com.docker.network.bridge.enable_ip_masquerade=true",
  "-o",
  "com.docker.network.driver.mtu=1400",
  "--ipv6",
  "--subnet",
  "fc00:f853:ccd:e793::/64",
  "kind",
];

async function run(fake: FakeIncus, ...argv: string[]) {
  const { stdout, stderr, code } = await runKini(
    ["docker", "network", ...argv],
    { fake },
  );
  return { stdout, stderr, code };
}

Deno.test("docker network create gives the configured network a name", async () => {
  await using fake = await FakeIncus.start();
  const { stdout, stderr, code } = await runKini(CREATE, { fake });
  assert.deepEqual([stderr, code], ["", 0]);
  assert.match(stdout, /^[0-9a-f]{64}\n$/);
  assertRequests(fake, [NETWORKS, "PATCH /1.0/networks/incusbr0"]);
  const shown = await run(
    fake,
    "ls",
    "--filter=name=^kind$",
    "--format={{.ID}}",
  );
  assert.deepEqual(shown, {
    stdout: `${stdout.slice(0, 12)}\n`,
    stderr: "",
    code: 0,
  });
  const inspected = await run(
    fake,
    "inspect",
    "kind",
    "-f",
    '{{.Id}} {{ index .Options "com.docker.network.driver.mtu" }}',
  );
  assert.equal(inspected.stdout, `${stdout.trim()} 1400\n`);
});

Deno.test("docker network create refuses as docker does", async () => {
  await using fake = await FakeIncus.start();
  await runKini(CREATE, { fake });
  const daemon = "Error response from daemon: ";
  const cases: [argv: string[], stderr: string][] = [
    [["kind"], `${daemon}network with name kind already exists\n`],
    [["incusbr0"], `${daemon}network with name incusbr0 already exists\n`],
    [
      ["bridge"],
      `${daemon}operation is not permitted on predefined bridge network\n`,
    ],
    [
      ["none"],
      `${daemon}operation is not permitted on predefined none network\n`,
    ],
    [[""], `${daemon}invalid name:\n`],
    [
      ["a b"],
      `${daemon}invalid name: a b: only [a-zA-Z0-9][a-zA-Z0-9_.-]* is allowed\n`,
    ],
    [["-d", "foo", "x"], `${daemon}plugin "foo" not found\n`],
    [
      ["--gateway", "10.0.0.1", "x"],
      "every ip-range or gateway must have a corresponding subnet\n",
    ],
  ];
  for (const [argv, stderr] of cases) {
    assert.deepEqual(
      await run(fake, "create", ...argv),
      { stdout: "", stderr, code: 1 },
      argv.join(" "),
    );
  }
});

Deno.test("docker network create says what is missing where no managed network is configured", async () => {
  await using fake = await FakeIncus.start({
    profiles: [profile("default", {
      root: { path: "/", pool: "default", type: "disk" },
    })],
  });
  const { stderr, code } = await run(fake, "create", "kind");
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^Cannot create network "kind": the default profile of Incus has no network that Incus manages/,
  );
});

Deno.test("docker network rm removes names that docker gave", async () => {
  await using fake = await FakeIncus.start();
  const { stdout: id } = await runKini(CREATE, { fake });
  assert.deepEqual(await run(fake, "rm", id.trim()), {
    stdout: id,
    stderr: "",
    code: 0,
  });
  const { stdout } = await run(fake, "ls", "--format", "{{.Name}}");
  assert.equal(stdout, "bridge\nnone\n");
});

Deno.test("docker network rm refuses as docker does, and goes on", async () => {
  await using fake = await FakeIncus.start();
  const { stdout } = await runKini(CREATE, { fake });
  const id = stdout.trim();
  await run(fake, "create", "other");
  fake.addInstance(containerInstance({ name: "c1", network: "kind" }));
  fake.addInstance(exitedInstance({ name: "c2", network: "other" }));
  const daemon = "Error response from daemon: ";
  assert.deepEqual(await run(fake, "rm", "kind", "x", "bridge", "other"), {
    stdout: "other\n",
    stderr:
      `${daemon}error while removing network: network kind id ${id} has active endpoints\n` +
      `${daemon}network x not found\n` +
      `${daemon}bridge is a pre-defined network and cannot be removed\n`,
    code: 1,
  });
  assert.deepEqual(await run(fake, "rm", "-f", "x"), {
    stdout: "",
    stderr: "",
    code: 0,
  });
});

Deno.test("docker network ls lists by one request", async () => {
  await using fake = await FakeIncus.start();
  const { stdout, stderr } = await run(fake, "ls");
  assert.equal(stderr, "");
  assert.match(
    stdout,
    /^NETWORK ID {5}NAME {6}DRIVER {4}SCOPE\n[0-9a-f]{12} {3}bridge {4}bridge {4}local\n[0-9a-f]{12} {3}none {6}null {6}local\n$/,
  );
  assertRequests(fake, [NETWORKS]);
  const none = await run(
    fake,
    "ls",
    "--filter=name=^kind$",
    "--format={{.Name}}",
  );
  assert.deepEqual(none, { stdout: "", stderr: "", code: 0 });
});

Deno.test("docker network inspect shows members when they are shown", async () => {
  await using fake = await FakeIncus.start();
  fake.addInstance(containerInstance({ name: "c1" }));
  fake.addInstance(exitedInstance({ name: "c2" }));
  const { stdout } = await run(fake, "inspect", "bridge");
  const [shown] = JSON.parse(stdout);
  const members = Object.entries<Record<string, unknown>>(shown.Containers);
  assert.equal(members.length, 1);
  const [id, member] = members[0]!;
  assert.equal(id, fingerprintFor("c1"));
  assert.equal(member.Name, "c1");
  assert.equal(member.IPv4Address, "10.0.3.10/24");
  for (const value of Object.values(member)) {
    assert.equal(typeof value, "string");
  }
  assertRequests(fake, [NETWORKS, "GET /1.0/instances?recursion=2"]);

  const from = fake.requests.length;
  const mtu = await run(
    fake,
    "inspect",
    "bridge",
    "-f",
    '{{ index .Options "com.docker.network.driver.mtu" }}',
  );
  assert.deepEqual(mtu, { stdout: "\n", stderr: "", code: 0 });
  assertRequests(fake, [NETWORKS], { from });
});

Deno.test("docker network inspect gives kind the subnets", async () => {
  await using fake = await FakeIncus.start();
  const { stdout } = await run(
    fake,
    "inspect",
    "-f",
    '{{range (index (index . "IPAM") "Config")}}{{index . "Subnet"}} {{end}}',
    "bridge",
  );
  assert.equal(stdout, "10.0.3.0/24 fd42::/64 \n");
});

Deno.test("docker network create --ipv6 says what kind knows where there is no IPv6", async () => {
  await using fake = await FakeIncus.start({
    networks: [network("incusbr0", {
      config: { "ipv4.address": "10.0.3.1/24", "ipv6.address": "none" },
      used_by: ["/1.0/profiles/default"],
    })],
  });
  const refused = await runKini(CREATE, { fake });
  assert.equal(refused.code, 1);
  assert.match(
    refused.stderr,
    /^Error response from daemon: Cannot read IPv6 setup for bridge incusbr0: /,
  );
  const { code } = await run(fake, "create", "-d=bridge", "kind");
  assert.equal(code, 0);
});

Deno.test("docker network connect and disconnect give and take names", async () => {
  await using fake = await FakeIncus.start({
    networks: [
      network("incusbr0", { used_by: ["/1.0/profiles/default"] }),
      network("br1"),
    ],
  });
  await run(fake, "create", "kind");
  fake.addInstance(containerInstance({ name: "c1" }));
  fake.addInstance(containerInstance({ name: "alone", network: "none" }));
  const names = async () => {
    const { stdout } = await runKini(
      ["docker", "inspect", "c1", "-f"].concat(
        "{{range $k, $v := .NetworkSettings.Networks}}{{$k}} {{$v.IPAddress}} {{end}}",
      ),
      { fake },
    );
    return stdout.trim();
  };
  const before = await names();
  assert.match(before, /^bridge \S+$/);
  const done = { stdout: "", stderr: "", code: 0 };
  assert.deepEqual(await run(fake, "connect", "kind", "c1"), done);
  assert.equal(await names(), `${before} ${before.replace("bridge", "kind")}`);
  const { stdout } = await run(
    fake,
    ..."inspect kind -f {{range.Containers}}{{.Name}}{{end}}".split(" "),
  );
  assert.equal(stdout, "c1\n");

  const daemon = "Error response from daemon: ";
  const id = fingerprintFor("c1");
  for (
    const [argv, why] of [
      [
        "connect kind c1",
        "endpoint with name c1 already exists in network kind",
      ],
      ["connect nope c1", "network nope not found"],
      ["connect kind nope", "No such container: nope"],
      [
        "connect kind alone",
        "container cannot be connected to multiple networks with one of the networks in private (none) mode",
      ],
      [
        "connect br1 c1",
        'container c1 is on the server\'s network "incusbr0" and can\'t get on "br1" as well: make it with --network br1',
      ],
      ["disconnect nope c1", "network nope not found"],
      ["disconnect kind nope", "No such container: nope"],
      ["disconnect br1 c1", `container ${id} is not connected to network br1`],
    ] as const
  ) {
    assert.deepEqual(
      await run(fake, ...argv.split(" ")),
      { stdout: "", stderr: `${daemon}${why}\n`, code: 1 },
      argv,
    );
  }
  assert.deepEqual(await run(fake, "disconnect", "bridge", "c1"), done);
  assert.equal(await names(), before.replace("bridge", "kind"));
  const last = await run(fake, "disconnect", "kind", "c1");
  assert.equal(last.code, 1);
  assert.match(last.stderr, /container c1 would be left without any network/);
});

Deno.test("docker network ls and create keep to the network that KINI_NETWORK names", async () => {
  await using fake = await FakeIncus.start({
    networks: [
      network("incusbr0", { used_by: ["/1.0/profiles/default"] }),
      network("br1"),
    ],
  });
  const list = async (env: Record<string, string>) => {
    const { stdout } = await runKini(
      ["docker", "network", "ls", "--format", "{{.Name}}"],
      { fake, env },
    );
    return stdout;
  };
  const env = { KINI_NETWORK: "br1" };
  await runKini(["docker", "network", "create", "kind"], { fake, env });
  assert.ok(fake.requestLines().includes("PATCH /1.0/networks/br1"));
  assert.equal(await list(env), "bridge\nincusbr0\nkind\nnone\n");
  assert.equal(await list({}), "br1\nbridge\nnone\n");
});
