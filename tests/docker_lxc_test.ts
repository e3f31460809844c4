import assert from "node:assert/strict";
import type { Instance, InstancesPost } from "../incus/types.ts";
import { type FakeImage, network, profile, pulledImage } from "./builders.ts";
import { FakeIncus } from "./fake_incus.ts";
import type { FakeIncusOptions } from "./fake_incus/fill.ts";
import { runKini } from "./harness.ts";

/** An LXD 5.0 with busybox as an ordinary image; its network has no DNS, so nothing is sent to one. */
function startLxd(
  options: FakeIncusOptions = {},
  files: Record<string, string> = { "/bin/sh": "", "/etc/resolv.conf": "" },
): Promise<FakeIncus> {
  const image = systemImage("docker.io/library/busybox:1.37");
  return FakeIncus.start({
    kind: "lxd",
    images: [{ ...image, files }],
    networks: [lxdNetwork()],
    profiles: [profile("default", {
      eth0: { name: "eth0", network: "lxdbr0", type: "nic" },
      root: { path: "/", pool: "default", type: "disk" },
    })],
    ...options,
  });
}

/** An image as kini sends it for system containers. */
function systemImage(name: string): FakeImage {
  const { image, files } = pulledImage(name);
  const aliases = (image.aliases ?? []).map((alias) => ({
    ...alias,
    description: JSON.stringify({
      ...JSON.parse(alias.description),
      form: "lxc",
    }),
  }));
  return { image: { ...image, aliases }, ...(files && { files }) };
}

function lxdNetwork(config: Record<string, string> = {}) {
  return network("lxdbr0", {
    config: { "ipv4.address": "10.9.0.1/24", "dns.mode": "none", ...config },
  });
}

function created(fake: FakeIncus): InstancesPost {
  const [body] = fake.bodies<InstancesPost>("POST /1.0/instances");
  assert.ok(body);
  return body;
}

function rawLxc(fake: FakeIncus, name: string): string[] {
  return fake.instance(name).instance.config["raw.lxc"]!.split("\n");
}

Deno.test("docker run on LXD makes a node without privileges on the machine", async () => {
  await using fake = await startLxd();
  const result = await runKini(
    [
      ..."docker run -d --name n1 --privileged -t --tmpfs /run".split(" "),
      ..."-v /lib/modules:/lib/modules:ro busybox:1.37 sleep 9".split(" "),
    ],
    { fake, env: { KINI_UNPRIVILEGED: "1" } },
  );
  assert.equal(result.code, 0, result.stderr);
  const { config, devices } = created(fake);
  assert.equal(config["security.privileged"], "false");
  assert.equal(config["security.nesting"], "true");
  const lines = rawLxc(fake, "n1");
  assert.deepEqual(
    lines.filter((line) => /apparmor|cap\.drop|mount\.auto|cgroup/.test(line)),
    [],
  );
  assert.ok(lines.some((line) => line.startsWith("lxc.init.cmd=")));
  const types = Object.values(devices).map(({ type }) => type);
  assert.ok(!types.includes("unix-char"), String(types));
});

Deno.test("docker run on LXD makes a system container with an address and the command as its first process", async () => {
  await using fake = await startLxd();
  const result = await runKini(
    [
      ..."docker run -d --name n1 --hostname n1 --privileged -t".split(" "),
      ..."--tmpfs /tmp -w /work -e container=docker --tmpfs".split(" "),
      "/with blank",
      "busybox:1.37",
      "sleep",
      "it's 1",
    ],
    { fake },
  );
  assert.equal(result.code, 0, result.stderr);
  assert.equal(result.stderr, "");

  const { config, devices } = created(fake);
  for (const key of Object.keys(config)) assert.doesNotMatch(key, /^oci\./);
  const address = devices.eth0?.["ipv4.address"] ?? "";
  assert.match(address, /^10\.9\.0\.\d+$/);
  assert.deepEqual(devices.eth0, {
    type: "nic",
    name: "eth0",
    network: "lxdbr0",
    "ipv4.address": address,
  });
  assert.ok(!Object.values(devices).some((one) => one.source === "tmpfs:"));

  const { instance, files } = fake.instance("n1");
  const lines = rawLxc(fake, "n1");
  assert.deepEqual(
    lines.filter((line) => /^lxc\.(net|init|mount\.entry)/.test(line)),
    [
      `lxc.net.0.ipv4.address=${address}/24`,
      "lxc.net.0.ipv4.gateway=10.9.0.1",
      "lxc.mount.entry=shm dev/shm tmpfs rw,nosuid,nodev,noexec,size=65536k,create=dir 0 0",
      "lxc.mount.entry=tmpfs tmp tmpfs rw,noexec,nosuid,nodev,create=dir 0 0",
      "lxc.mount.entry=tmpfs with\\040blank tmpfs rw,noexec,nosuid,nodev,create=dir 0 0",
      "lxc.init.cmd=/init",
      "lxc.init.cwd=/work",
    ],
  );
  assert.ok(lines.includes("lxc.apparmor.profile=unconfined"));
  assert.equal(instance.config["environment.HOME"], "/root");
  assert.equal(instance.config["environment.TERM"], "xterm");
  assert.match(instance.config["environment.PATH"] ?? "", /\/sbin/);

  const text = (path: string) =>
    new TextDecoder().decode(files.get(path)?.content);
  assert.match(text("/init"), /^export container=docker$/m);
  assert.match(text("/init"), /^exec sleep 'it'\\''s 1'$/m);
  assert.equal(files.get("/init")?.mode, 0o755);
  assert.equal(files.get("/work")?.type, "directory");
  assert.match(
    text("/etc/hosts"),
    new RegExp(`^${address.replaceAll(".", "\\.")}\tn1$`, "m"),
  );
  assert.equal(text("/etc/resolv.conf"), "nameserver 10.9.0.1\n");
  assert.equal(text("/etc/hostname"), "n1\n");

  const shown = await runKini(
    ["docker", "ps", "--format", "{{.Names}} {{.Image}} {{.State}}"],
    { fake },
  );
  assert.equal(shown.stdout, "n1 busybox:1.37 running\n");
});

Deno.test("docker run on LXD gives the same name the same address, and no address twice", async () => {
  await using fake = await startLxd({
    networks: [lxdNetwork({ "ipv4.address": "10.9.0.1/29" })],
  });
  const run = async (name: string) => {
    const result = await runKini(
      ["docker", "run", "-d", "--name", name, "busybox:1.37", "sleep", "9"],
      { fake },
    );
    return result.code === 0
      ? fake.instance(name).instance.devices.eth0!["ipv4.address"]!
      : result.stderr;
  };
  const first = await run("n1");
  const others = [];
  for (const name of ["n2", "n3", "n4", "n5"]) others.push(await run(name));
  assert.deepEqual([first, ...others].sort(), [
    "10.9.0.2",
    "10.9.0.3",
    "10.9.0.4",
    "10.9.0.5",
    "10.9.0.6",
  ]);
  assert.match(await run("n6"), /has no free address left/);
  await runKini(["docker", "rm", "-f", "n1"], { fake });
  assert.equal(await run("n1"), first);
});

Deno.test("docker run on LXD chooses another address when one is taken meanwhile", async () => {
  await using fake = await startLxd();
  fake.fail("POST /1.0/instances", {
    operation:
      'Failed creating instance record: IP address "10.9.0.9" already defined on another NIC',
  });
  const result = await runKini(
    ["docker", "run", "-d", "--name", "n1", "busybox:1.37", "sleep", "9"],
    { fake },
  );
  assert.equal(result.code, 0, result.stderr);
  const tried = fake.bodies<InstancesPost>("POST /1.0/instances").map((body) =>
    body.devices.eth0?.["ipv4.address"]
  );
  assert.equal(tried.length, 2);
  assert.notEqual(tried[0], tried[1]);
});

Deno.test("docker run on LXD runs as the image's user, and a program without a shell as it is", async () => {
  await using fake = await startLxd({}, {
    "/etc/passwd": "app:x:1000:1001::/home/app:/bin/sh\n",
    "/app": "",
  });
  fake.fail("HEAD /1.0/instances/*/files?path=/bin/sh", {
    status: 404,
    error: "",
  });
  const result = await runKini(
    ["docker", "run", "-d", "--name", "n1", "-u", "app"]
      .concat("busybox:1.37", "/app", "two words", "it's"),
    { fake },
  );
  assert.equal(result.code, 0, result.stderr);
  assert.deepEqual(
    rawLxc(fake, "n1").filter((line) => line.startsWith("lxc.init")),
    [
      `lxc.init.cmd=/app 'two words' "it's"`,
      "lxc.init.uid=1000",
      "lxc.init.gid=1001",
    ],
  );
  const { config }: Instance = fake.instance("n1").instance;
  assert.equal(config["environment.HOME"], "/home/app");

  // A bare name, which no shell would look for.
  fake.fail("HEAD /1.0/instances/*/files?path=/bin/sh", {
    status: 404,
    error: "",
  });
  await runKini(
    ["docker", "run", "-d", "--name", "n2", "-e", "PATH=/nowhere:/"]
      .concat("busybox:1.37", "app", "-x"),
    { fake },
  );
  assert.ok(rawLxc(fake, "n2").includes("lxc.init.cmd=/app -x"));

  fake.fail("HEAD /1.0/instances/*/files?path=/bin/sh", {
    status: 404,
    error: "",
  });
  const refused = await runKini(
    ["docker", "run", "busybox:1.37", "/app", `both ' and "`],
    { fake },
  );
  assert.equal(refused.code, 125);
  assert.match(refused.stderr, /can't be passed .* has no \/bin\/sh/);
  assert.equal(fake.world.instances.size, 2);
});

Deno.test("docker run on LXD needs a bridge that the server manages", async () => {
  await using fake = await startLxd({
    networks: [network("lxdbr0", { type: "macvlan" })],
  });
  const result = await runKini(
    ["docker", "run", "-d", "busybox:1.37", "sleep", "9"],
    { fake },
  );
  assert.equal(result.code, 125);
  assert.match(result.stderr, /is not a bridge that the server manages/);
  assert.equal(fake.world.instances.size, 0);
});

Deno.test("docker run on LXD needs a subnet of the server's", async (t) => {
  const cases: [name: string, config: Record<string, string>, code: number][] =
    [
      ["untold", {}, 125],
      ["none", { "ipv4.address": "none", "ipv6.address": "none" }, 125],
      ["IPv6", { "ipv4.address": "none", "ipv6.address": "fd42::1/64" }, 0],
    ];
  for (const [name, config, code] of cases) {
    await t.step(name, async () => {
      await using fake = await startLxd({
        networks: [network("lxdbr0", { config })],
      });
      const result = await runKini(
        ["docker", "run", "-d", "busybox:1.37", "sleep", "9"],
        { fake },
      );
      assert.equal(result.code, code, result.stderr);
      if (code === 0) return;
      assert.match(
        result.stderr,
        /(has no subnet in|does not tell a restricted client about) network bridge, and .* or make nodes of kubeadm images\.$/m,
      );
      assert.equal(fake.world.instances.size, 0);
    });
  }
});

Deno.test("docker run --network none on LXD gives no address", async () => {
  await using fake = await startLxd();
  const result = await runKini(
    ["docker", "run", "-d", "--name", "n1", "--network", "none"]
      .concat("busybox:1.37", "sleep", "9"),
    { fake },
  );
  assert.equal(result.code, 0, result.stderr);
  assert.deepEqual(created(fake).devices.eth0, { type: "none" });
  assert.ok(!rawLxc(fake, "n1").some((line) => line.startsWith("lxc.net")));
});

for (
  const { kind, env, want } of [
    { kind: "lxd", env: {}, want: "lxc (the server has no OCI containers)" },
    { kind: "incus", env: {}, want: "oci (the best that the server can do)" },
    {
      kind: "incus",
      env: { KINI_MODE: "lxc" },
      want: 'lxc (KINI_MODE is "lxc")',
    },
  ]
) {
  Deno.test(`docker info of ${kind} with ${JSON.stringify(env)} says ${want}`, async () => {
    await using fake = await FakeIncus.start({ kind });
    const result = await runKini(["docker", "info"], { fake, env });
    assert.equal(result.code, 0, result.stderr);
    assert.ok(result.stdout.includes(`Mode: ${want}\n`), result.stdout);
  });
}
