import assert from "node:assert/strict";
import type { InstancesPost } from "../incus/types.ts";
import { containerInstance } from "./container_builders.ts";
import { instance, network, profile, pulledImage } from "./builders.ts";
import { FakeIncus } from "./fake_incus.ts";
import { assertRequests, runKini, startKini } from "./harness.ts";

/** The command line by which kind makes a control plane, but for the image. */
const KIND = [
  ..."docker run --name n1 --hostname n1".split(" "),
  ..."--label io.x-k8s.kind.role=control-plane --privileged".split(" "),
  ..."--security-opt seccomp=unconfined --security-opt apparmor=unconfined"
    .split(" "),
  ..."--tmpfs /tmp --tmpfs /run --volume /var".split(" "),
  ..."-e KIND_EXPERIMENTAL_CONTAINERD_SNAPSHOTTER --detach --tty".split(" "),
  ..."--label io.x-k8s.kind.cluster=c --net bridge".split(" "),
  ..."--restart=on-failure:1 --init=false --cgroupns=private".split(" "),
  "--publish=127.0.0.1:33111:6443/TCP",
  ..."-e KUBECONFIG=/etc/kubernetes/admin.conf".split(" "),
  "busybox:1.37",
  "sleep",
  "1000",
];

function created(fake: FakeIncus): InstancesPost {
  const [body] = fake.bodies<InstancesPost>("POST /1.0/instances");
  assert.ok(body);
  return body;
}

Deno.test("docker run makes a node of kind's command line", async () => {
  await using fake = await FakeIncus.start();
  const result = await runKini(KIND, { fake });
  assert.equal(result.code, 0, result.stderr);
  assert.match(result.stdout, /^[0-9a-f]{64}\n$/);
  assert.equal(result.stderr, "");

  const { config, devices } = created(fake);
  assert.equal(config["user.kini.id"], result.stdout.trim());
  assert.equal(config["user.io.x-k8s.kind.role"], "control-plane");
  assert.equal(config["user.io.x-k8s.kind.cluster"], "c");
  assert.equal(config["security.privileged"], "true");
  assert.equal(config["environment.KUBECONFIG"], "/etc/kubernetes/admin.conf");
  assert.equal(
    config["environment.KIND_EXPERIMENTAL_CONTAINERD_SNAPSHOTTER"],
    "overlayfs",
  );
  // What ran when the host went down comes back by itself.
  assert.equal(config["boot.autostart"], undefined);
  assert.match(config["raw.lxc"]!, /^lxc\.apparmor\.profile=unconfined$/m);
  assert.doesNotMatch(config["raw.lxc"]!, /lxc\.uts\.name/);

  const list = Object.values(devices);
  assert.deepEqual(devices["kini-port-0"], {
    type: "proxy",
    bind: "host",
    listen: "tcp:127.0.0.1:33111",
    connect: "tcp:127.0.0.1:6443",
  });
  const tmpfs = list.filter((one) => one.source === "tmpfs:");
  assert.deepEqual(tmpfs.map((one) => one.path).sort(), ["/run", "/tmp"]);
  // The anonymous volume is a part of the root disk.
  assert.equal(list.some((one) => one.path === "/var"), false);
  assert.ok(list.some((one) => one.path === "/dev/kmsg"));
});

Deno.test("docker run asks the server for no more than it needs", async () => {
  await using fake = await FakeIncus.start();
  await runKini(["docker", "run", "-d", "--name", "c1", "busybox:1.37"], {
    fake,
  });
  assertRequests(fake, [
    "GET /1.0",
    "GET /1.0/images/aliases/docker.io/library/busybox:1.37",
    "GET /1.0/networks?recursion=1",
    "GET /1.0/profiles/default",
    "POST /1.0/instances",
    "GET /1.0/operations/op1/wait?timeout=-1",
    "HEAD /1.0/instances/c1/files?path=/bin/sh",
    "HEAD /1.0/instances/c1/files?path=/init",
    "POST /1.0/instances/c1/files?path=/init",
    "PATCH /1.0/instances/c1",
    "PUT /1.0/instances/c1/state",
    "GET /1.0/operations/op2/wait?timeout=-1",
    "GET /1.0/instances/c1?recursion=1",
  ], { anyOrder: true });
});

Deno.test("docker run passes the snapshotter that the user chose", async () => {
  await using fake = await FakeIncus.start();
  const name = "KIND_EXPERIMENTAL_CONTAINERD_SNAPSHOTTER";
  await runKini(KIND, { fake, env: { [name]: "native" } });
  assert.equal(created(fake).config[`environment.${name}`], "native");
});

Deno.test("docker run chooses a snapshotter only where one is asked for", async () => {
  await using fake = await FakeIncus.start();
  await runKini(
    ["docker", "run", "-d", "--privileged", "--name", "c1", "busybox:1.37"],
    { fake },
  );
  assert.equal(
    Object.keys(created(fake).config).some((key) => /SNAPSHOTTER/.test(key)),
    false,
  );
});

Deno.test("docker run puts the command into /init, word by word", async () => {
  await using fake = await FakeIncus.start();
  await runKini(
    ["docker", "run", "-d", "--name", "c1", "busybox:1.37"].concat(
      "sh",
      "-c",
      "echo 'a b' && sleep 1",
    ),
    { fake },
  );
  const script = fake.instance("c1").files.get("/init");
  assert.ok(script);
  const text = new TextDecoder().decode(
    (script as unknown as { content: Uint8Array }).content,
  );
  assert.match(text, /^#!\/bin\/sh\n/);
  assert.match(
    text,
    /\nexec sh -c 'echo '\\''a b'\\'' && sleep 1' <\/dev\/null\n$/,
  );
});

Deno.test("docker run links /init to a program of an image without a shell, by its name in PATH", async () => {
  await using fake = await FakeIncus.start({
    images: [
      pulledImage("docker.io/kindest/haproxy:1", {
        entrypoint: ["haproxy", "-W", "-f", "/a b.cfg"],
        cmd: [],
        stopSignal: "SIGUSR1",
      }, { "/usr/sbin/haproxy": "" }),
    ],
  });
  fake.fail("HEAD /1.0/instances/*/files?path=/bin/sh", {
    status: 404,
    error: "",
  });
  const result = await runKini(
    ["docker", "run", "-d", "--name", "lb", "--label"]
      .concat("io.x-k8s.kind.role=external-load-balancer")
      .concat("kindest/haproxy:1"),
    { fake },
  );
  assert.equal(result.code, 0, result.stderr);
  const { files, instance: { config, devices } } = fake.instance("lb");
  assert.equal(files.get("/init")?.type, "symlink");
  assert.equal(files.readText("/init"), "/usr/sbin/haproxy");
  assert.equal(config["oci.entrypoint"], "/init -W -f '/a b.cfg'");
  assert.match(config["raw.lxc"]!, /^lxc\.signal\.halt=SIGUSR1$/m);
  assert.deepEqual(devices["kini-dns-udp"], {
    type: "proxy",
    bind: "instance",
    listen: "udp:127.0.0.11:53",
    connect: "udp:10.0.3.1:53",
  });
  // They are nobody's ports.
  const { stdout } = await runKini(["docker", "port", "lb"], { fake });
  assert.equal(stdout, "");
});

Deno.test("docker run refuses a name that is taken, as docker does", async () => {
  await using fake = await FakeIncus.start();
  const holder = fake.addInstance(containerInstance({ name: "n1" }));
  const result = await runKini(KIND, { fake });
  assert.equal(result.code, 125);
  assert.match(
    result.stderr,
    /^docker: Error response from daemon: Conflict\. The container name "\/n1" is already in use by container "[0-9a-f]{64}"\. You have to remove/,
  );
  assert.equal(result.stdout, "");
  assert.ok(holder);
  assert.equal(fake.world.instances.size, 1);
});

Deno.test("docker run leaves a foreign instance of the name alone", async () => {
  await using fake = await FakeIncus.start();
  fake.addInstance(instance("n1"));
  const result = await runKini(KIND, { fake });
  assert.equal(result.code, 125);
  assert.match(result.stderr, /an instance that is not kini's/);
  assert.equal(fake.world.instances.size, 1);
});

for (
  const { name, pattern } of [
    { name: "the start", pattern: "PUT /1.0/instances/n1/state" },
    { name: "the first program", pattern: "POST /1.0/instances/n1/files" },
    { name: "the entrypoint", pattern: "PATCH /1.0/instances/n1" },
  ]
) {
  Deno.test(`docker run removes what it made when ${name} fails`, async () => {
    await using fake = await FakeIncus.start();
    fake.fail(pattern, { status: 403, error: "no luck" });
    const result = await runKini(KIND, { fake });
    assert.equal(result.code, 125);
    assert.match(
      result.stderr,
      /^docker: Error response from daemon: no luck/,
    );
    assert.equal(result.stdout, "");
    assert.equal(fake.world.instances.size, 0);
    assert.deepEqual(fake.faultsLeft, []);
  });
}

Deno.test("docker run tells why the second start failed, after the first is tidied up", async () => {
  await using fake = await FakeIncus.start();
  const start = "PUT /1.0/instances/n1/state";
  const failure = {
    operation: "Failed to run: /usr/bin/incusd forkstart n1: exit status 1",
  };
  fake.fail(start, failure);
  fake.fail(start, {
    status: 400,
    error: "Failed to create instance start operation: " +
      'Instance is busy running a "stop" operation',
  }, 2);
  fake.fail(start, failure);
  const result = await runKini(KIND, { fake });
  assert.equal(result.code, 125);
  assert.match(result.stderr, /Failed to run: .*forkstart n1/);
  assert.deepEqual(fake.faultsLeft, []);
  assert.equal(fake.world.instances.size, 0);
});

Deno.test("docker run that is interrupted removes what it made", async () => {
  await using fake = await FakeIncus.start();
  const { promise, resolve } = Promise.withResolvers<void>();
  fake.fail("PUT /1.0/instances/n1/state", { after: promise });
  const running = startKini(KIND, { fake });
  await fake.received("PUT /1.0/instances/n1/state");
  running.signal("SIGINT");
  resolve();
  const result = await running.done;
  assert.equal(result.code, 130);
  assert.equal(fake.world.instances.size, 0);
});

Deno.test("docker run says that a port is taken, and leaves nothing", async () => {
  await using fake = await FakeIncus.start();
  fake.world.busyPorts.add("tcp:127.0.0.1:33111");
  const result = await runKini(KIND, { fake });
  assert.equal(result.code, 125);
  assert.match(
    result.stderr,
    /127\.0\.0\.1:33111 failed: port is already allocated/,
  );
  assert.equal(fake.world.instances.size, 0);
});

for (
  const { name, argv, code, stderr } of [
    {
      name: "an unknown flag",
      argv: ["--foo", "busybox"],
      code: 125,
      stderr: /unknown flag: --foo/,
    },
    {
      name: "an image in upper case",
      argv: ["Busybox"],
      code: 125,
      stderr: /repository name \(library\/Busybox\) must be lowercase/,
    },
    {
      name: "a name that Incus can't have",
      argv: ["--name", "a.b", "busybox:1.37"],
      code: 125,
      stderr: /Incus cannot name an instance "a\.b"/,
    },
    {
      name: "an unknown network",
      argv: ["--network", "nope", "busybox:1.37"],
      code: 125,
      stderr: /network nope not found/,
    },
    {
      name: "the host's network",
      argv: ["--network", "host", "busybox:1.37"],
      code: 125,
      stderr: /network mode "host" can't be had on Incus/,
    },
    {
      name: "a named volume",
      argv: ["-v", "data:/data", "busybox:1.37"],
      code: 125,
      stderr: /named volumes such as "data" are not supported yet/,
    },
    {
      name: "sctp",
      argv: ["-p", "9:9/sctp", "busybox:1.37"],
      code: 125,
      stderr: /9\/sctp can't be published/,
    },
    {
      name: "a bad amount of swap",
      argv: ["--memory-swap=lots", "busybox:1.37"],
      code: 125,
      stderr: /^invalid argument "lots" for "--memory-swap" flag: /,
    },
    {
      name: "a bad restart policy",
      argv: ["--restart=sometimes", "busybox:1.37"],
      code: 125,
      stderr: /restart policy/,
    },
    {
      name: "a value with a line break",
      argv: ["-e", "A=1\n2", "busybox:1.37"],
      code: 125,
      stderr: /environment variable A has a line break/,
    },
    { name: "no image", argv: [], code: 1, stderr: /at least 1 argument/ },
  ]
) {
  Deno.test(`docker run refuses ${name}, and makes nothing`, async () => {
    await using fake = await FakeIncus.start();
    const result = await runKini(["docker", "run", "-d", ...argv], { fake });
    assert.equal(result.code, code, result.stderr);
    assert.match(result.stderr, stderr);
    assert.equal(result.stdout, "");
    assert.equal(fake.world.instances.size, 0);
  });
}

for (
  const { env, pattern } of [
    {
      env: { KINI_MODE: "vm" },
      pattern: /KINI_MODE is "vm": use "oci" or "lxc"/,
    },
    {
      env: { KINI_MODE: "lxc", KINI_IMAGE_SERVER: "ftp://x/" },
      pattern: /KINI_IMAGE_SERVER is "ftp:\/\/x\/": use the address of a/,
    },
    {
      env: { KINI_MODE: "lxc", KINI_LXC_IMAGES: "x" },
      pattern:
        /KINI_LXC_IMAGES is "x": use "kubeadm" or "kindest", or unset it/,
    },
    {
      env: { KINI_UNPRIVILEGED: "perhaps" },
      pattern: /KINI_UNPRIVILEGED is "perhaps": use "true" or "false"/,
    },
  ]
) {
  Deno.test(`docker run refuses ${JSON.stringify(env)}`, async () => {
    await using fake = await FakeIncus.start();
    const result = await runKini(KIND, { fake, env });
    assert.equal(result.code, 125);
    assert.match(result.stderr, pattern);
    assert.equal(fake.world.instances.size, 0);
  });
}

Deno.test("docker run says what a server without OCI lacks", async () => {
  await using fake = await FakeIncus.start({ without: ["instance_oci"] });
  const result = await runKini(KIND, { fake, env: { KINI_MODE: "oci" } });
  assert.equal(result.code, 125);
  assert.match(result.stderr, /has no OCI containers/);
});

Deno.test("docker run of a container that ends at once shows its output and code", async () => {
  await using fake = await FakeIncus.start();
  const running = startKini(
    ["docker", "run", "--rm", "--name", "c1", "busybox:1.37", "sh"],
    { fake },
  );
  await fake.received("GET /1.0/instances/c1/logs/migration_kini_console.log");
  fake.instance("c1").print("hello\r\n");
  fake.exit("c1", { code: 3 });
  const result = await running.done;
  assert.equal(result.stdout, "hello\n");
  assert.equal(result.code, 3);
  assert.equal(fake.world.instances.size, 0);
});

Deno.test("docker run makes no folder of a bind for an image that can't be had", async () => {
  await using fake = await FakeIncus.start();
  const folder = await Deno.makeTempDir();
  try {
    const result = await runKini(
      ["docker", "run", "--pull=never", "-v", `${folder}/new:/data`, "nope:1"],
      { fake },
    );
    assert.equal(result.code, 125);
    assert.match(result.stderr, /No such image: nope:1/);
    assert.deepEqual(await Array.fromAsync(Deno.readDir(folder)), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("docker run hands every signal to the container", async () => {
  await using fake = await FakeIncus.start();
  const running = startKini(
    ["docker", "run", "--name", "c1", "busybox:1.37", "sh"],
    { fake },
  );
  await fake.received("GET /1.0/instances/c1/logs/migration_kini_console.log");
  const both = Promise.withResolvers<void>();
  fake.onSignal = () => {
    if (fake.instance("c1").signals.length === 2) both.resolve();
    return false;
  };
  running.signal("SIGINT");
  running.signal("SIGINT");
  await both.promise;
  fake.exit("c1", { code: 4 });
  assert.equal((await running.done).code, 4);
  assert.deepEqual(fake.instance("c1").signals, [2, 2]);
});

Deno.test("docker run --sig-proxy=false ends with the signal, the container goes on", async () => {
  await using fake = await FakeIncus.start();
  const running = startKini(
    ["docker", "run", "--rm", "--sig-proxy=false", "--name", "c1"].concat(
      "busybox:1.37",
      "sh",
    ),
    { fake },
  );
  await fake.received("GET /1.0/instances/c1/logs/migration_kini_console.log");
  running.signal("SIGINT");
  const result = await running.done;
  assert.equal(result.code, 130);
  assert.equal(result.stderr, "");
  const { instance } = fake.instance("c1");
  assert.equal(instance.status, "Running");
  // The server removes it, now that nobody waits for its end.
  assert.equal(instance.ephemeral, true);
});

Deno.test("docker run -d --rm lets the server remove it, once it is started", async () => {
  await using fake = await FakeIncus.start();
  const run = ["docker", "run", "-d", "--rm", "--name", "c1", "busybox:1.37"];
  const result = await runKini(run, { fake });
  assert.equal(result.code, 0, result.stderr);
  // What tells why a program can't be run would be gone with the instance.
  assert.equal(created(fake).ephemeral, undefined);
  assert.equal(fake.instance("c1").instance.ephemeral, true);
});

Deno.test("docker run -d --rm removes what was over before that", async () => {
  await using fake = await FakeIncus.start();
  const started = Promise.withResolvers<void>();
  fake.fail("GET /1.0/instances/c1?recursion=1", { after: started.promise });
  const running = startKini(
    ["docker", "run", "-d", "--rm", "--name", "c1", "busybox:1.37", "true"],
    { fake },
  );
  await fake.received("GET /1.0/instances/c1?recursion=1");
  fake.exit("c1", { code: 0 });
  started.resolve();
  const result = await running.done;
  assert.equal(result.code, 0, result.stderr);
  assert.equal(fake.world.instances.size, 0);
});

Deno.test("docker run gives an IPv6 address before the first process", async () => {
  await using fake = await FakeIncus.start();
  const result = await runKini(
    ["docker", "run", "-d", "--name", "c1", "--restart=always"].concat(
      "--sysctl=net.ipv6.conf.all.disable_ipv6=0",
      "busybox:1.37",
    ),
    { fake },
  );
  assert.equal(result.code, 0, result.stderr);
  const { config, devices } = created(fake);
  const [, address = ""] =
    /^lxc\.net\.0\.ipv6\.address=(fd42::[0-9a-f:]+)\/64$/m.exec(
      config["raw.lxc"]!,
    ) ?? [];
  assert.ok(address, config["raw.lxc"]);
  assert.match(config["raw.lxc"]!, /^lxc\.net\.0\.ipv6\.gateway=fd42::1$/m);
  assert.match(devices.eth0?.hwaddr ?? "", /^02(:[0-9a-f]{2}){5}$/);
  // One that comes back after a reboot keeps its IPv4 address too.
  assert.match(devices.eth0?.["ipv4.address"] ?? "", /^10\.0\.3\.\d+$/);
  assert.equal(devices.eth0?.["ipv6.address"], undefined);
  const shown = await runKini(
    ["docker", "inspect", "-f"].concat(
      "{{range .NetworkSettings.Networks}}{{.GlobalIPv6Address}} {{.MacAddress}}{{end}}",
      "c1",
    ),
    { fake },
  );
  assert.equal(shown.stdout, `${address} ${devices.eth0?.hwaddr}\n`);
  const script = new TextDecoder().decode(
    fake.instance("c1").files.get("/init")?.content,
  );
  assert.match(script, /<\/proc\/net\/if_inet6/);
  assert.ok(script.includes(`${address}`), script);
});

Deno.test("docker run takes the network, or the profile, that KINI_NETWORK names", async () => {
  const lan = { type: "nic", network: "br1", "limits.max": "1Gbit" };
  const root = { path: "/", pool: "default", type: "disk" };
  await using fake = await FakeIncus.start({
    networks: [
      network("incusbr0", { used_by: ["/1.0/profiles/default"] }),
      network("br1", {
        config: { "ipv4.address": "10.7.0.1/24", "ipv6.address": "fd07::1/64" },
        used_by: ["/1.0/profiles/kp"],
      }),
    ],
    profiles: [profile(), profile("kp", { lan, root })],
  });
  for (const name of ["br1", "profile:kp"]) {
    const result = await runKini(
      [
        "docker",
        "run",
        "-d",
        "--name",
        name.replace(/.*:/, ""),
        "busybox:1.37",
      ],
      { fake, env: { KINI_NETWORK: name } },
    );
    assert.equal(result.code, 0, result.stderr);
  }
  const [byNetwork, byProfile] = fake.bodies<InstancesPost>(
    "POST /1.0/instances",
  );
  assert.equal(byNetwork?.profiles, undefined);
  assert.equal(byNetwork?.devices.eth0?.network, "br1");
  assert.deepEqual(byProfile?.profiles, ["kp"]);
  const { hwaddr, ...device } = byProfile?.devices.lan ?? {};
  assert.ok(hwaddr);
  assert.deepEqual(device, {
    type: "nic",
    name: "eth0",
    network: "br1",
    "limits.max": "1Gbit",
  });
});

Deno.test("docker run tries again when the server can't say why a port can't be had", async () => {
  await using fake = await FakeIncus.start();
  fake.fail("PUT /1.0/instances/c1/state", {
    operation: "Error occurred when starting proxy device: Error: Failed to " +
      "receive fd from listener process: Failed to receive file descriptor " +
      "via abstract unix socket",
  });
  const taken = "Error occurred when starting proxy device: Error: Failed to " +
    "listen on 0.0.0.0:8090: listen tcp 0.0.0.0:8090: bind: address already " +
    "in use";
  fake.fail("PUT /1.0/instances/c1/state", { operation: taken });
  const { code, stderr } = await runKini(
    ["docker", "run", "-d", "--name", "c1", "-p", "8090-8092:80"].concat(
      "busybox:1.37",
    ),
    { fake },
  );
  assert.equal(code, 0, stderr);
  assert.equal(
    fake.instance("c1").instance.devices["kini-port-0"]?.listen,
    "tcp:0.0.0.0:8091",
  );
});

Deno.test("docker run looks for the image anew when it is gone", async () => {
  await using fake = await FakeIncus.start();
  fake.fail("POST /1.0/instances", { status: 404, error: "Image not found" });
  fake.fail("POST /1.0/instances", { operation: "Image not found" });
  const result = await runKini(KIND, { fake });
  assert.equal(result.code, 0, result.stderr);
  assert.deepEqual(fake.faultsLeft, []);
  assert.equal(fake.instance("n1").instance.status, "Running");
});

Deno.test("docker run waits until the server has tidied up after the last one of the name", async () => {
  await using fake = await FakeIncus.start();
  fake.fail("PATCH /1.0/instances/c1", {
    status: 400,
    error:
      'Failed to create instance update operation: Instance is busy running a "stop" operation',
  });
  const { stderr, code } = await runKini(
    ["docker", "run", "-d", "--name", "c1", "busybox:1.37", "sleep", "9"],
    { fake },
  );
  assert.deepEqual([stderr, code], ["", 0]);
  assert.deepEqual(fake.faultsLeft, []);
  assert.equal(fake.instance("c1").running, true);
});
