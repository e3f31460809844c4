import assert from "node:assert/strict";
import type { InstancesPost } from "../incus/types.ts";
import { network } from "./builders.ts";
import { FakeIncus } from "./fake_incus.ts";
import { runKini } from "./harness.ts";

const member = (name: string, address: string) => ({
  server_name: name,
  url: `https://${address}:8443`,
  status: "Online",
  groups: ["default"],
});

const CLUSTER = {
  environment: { server_clustered: true, server_name: "m1" },
  members: [member("m1", "10.88.0.11"), member("m2", "10.88.0.12")],
};

/** What kind asks for, as far as it matters for a place. */
const NODE = [
  ..."docker run -d --name k-control-plane --privileged".split(" "),
  ..."--label io.x-k8s.kind.role=control-plane".split(" "),
  "--volume=/lib/modules:/lib/modules:ro",
  "--publish=127.0.0.1:33111:6443/TCP",
  "busybox:1.37",
];
const PLAIN = "docker run -d --name web -p 127.0.0.1:8080:80 busybox:1.37";

function made(fake: FakeIncus): { target?: string; body: InstancesPost } {
  const [request] = fake.requests.filter((one) =>
    one.method === "POST" && one.path === "/1.0/instances"
  );
  assert.ok(request);
  const { target } = request.query;
  return {
    ...(target !== undefined && { target }),
    body: request.body as InstancesPost,
  };
}

Deno.test("docker run names no member to a single server", async () => {
  await using fake = await FakeIncus.start();
  const { code, stderr } = await runKini(NODE, { fake });
  assert.equal(code, 0, stderr);
  assert.equal(made(fake).target, undefined);
});

Deno.test("docker run stays on the member that it asks", async () => {
  await using fake = await FakeIncus.start(CLUSTER);
  const { code, stderr } = await runKini(NODE, { fake });
  assert.equal(code, 0, stderr);
  const { target, body } = made(fake);
  assert.equal(target, "m1");
  assert.equal(body.devices["kini-port-0"]!.listen, "tcp:127.0.0.1:33111");
  assert.equal(
    fake.requests.filter((one) => one.path === "/1.0/cluster/members").length,
    0,
  );
});

Deno.test("docker run opens a cluster's API at the member that it is on", async () => {
  await using fake = await FakeIncus.start(CLUSTER);
  const { code, stderr } = await runKini(NODE, {
    fake,
    env: { KINI_TARGET: "m2" },
  });
  assert.equal(code, 0, stderr);
  assert.equal(stderr, "");
  const { target, body } = made(fake);
  assert.equal(target, "m2");
  assert.equal(body.devices["kini-port-0"]!.listen, "tcp:10.88.0.12:33111");
  assert.equal(
    body.config["user.desktop.docker.io/ports/6443/tcp"],
    "10.88.0.12:33111",
  );
  // The member's own folder, wherever this machine has one.
  assert.equal(body.devices["kini-mount-0"]!.required, "false");
});

Deno.test("docker run says where a published port is, if not here", async () => {
  await using fake = await FakeIncus.start(CLUSTER);
  const { code, stderr } = await runKini(PLAIN.split(" "), {
    fake,
    env: { KINI_TARGET: "m2" },
  });
  assert.equal(code, 0);
  assert.equal(
    stderr,
    "WARNING: the published ports are those of the member m2 (10.88.0.12), " +
      "not of this machine\n",
  );
  assert.equal(
    made(fake).body.devices["kini-port-0"]!.listen,
    "tcp:127.0.0.1:8080",
  );
});

Deno.test("docker run refuses folders of this machine for another member", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (
      const [target, what] of [
        ["m2", 'the member "m2" is'],
        ["@default", "a member of @default may be"],
      ]
    ) {
      await using fake = await FakeIncus.start(CLUSTER);
      const { code, stderr } = await runKini(
        ["docker", "run", "-v", `${folder}:/x`, "busybox:1.37"],
        { fake, env: { KINI_TARGET: target! } },
      );
      assert.equal(code, 125);
      assert.match(
        stderr,
        new RegExp(`cannot bind ${folder}: ${what} another machine`),
      );
      assert.equal(fake.world.instances.size, 0);
    }
  } finally {
    await Deno.remove(folder);
  }
});

Deno.test("docker run leaves the choice in a group to the server", async () => {
  await using fake = await FakeIncus.start(CLUSTER);
  const { code, stderr } = await runKini(
    ["docker", "run", "-d", "--name", "job", "busybox:1.37"],
    { fake, env: { KINI_TARGET: "@default" } },
  );
  assert.equal(code, 0, stderr);
  assert.equal(made(fake).target, "@default");
});

Deno.test("docker run makes nothing where KINI_TARGET is wrong", async (t) => {
  const cases: [target: string, clustered: boolean, want: RegExp][] = [
    ["m9", true, /no member "m9": the members are m1, m2\.$/m],
    ["@x", true, /no group "x" with members: the groups are default\.$/m],
    ["m1,", true, /^docker: KINI_TARGET is "m1,": use the name of a member/m],
    [
      "m1",
      false,
      /"m1", but the server is not part of a cluster: unset it\.$/m,
    ],
  ];
  for (const [target, clustered, want] of cases) {
    await t.step(target, async () => {
      // The image is not there: nothing is fetched for nothing.
      await using fake = await FakeIncus.start({
        ...(clustered && CLUSTER),
        images: [],
      });
      const { code, stdout, stderr } = await runKini(NODE, {
        fake,
        env: { KINI_TARGET: target },
      });
      assert.equal(code, 125);
      assert.equal(stdout, "");
      assert.match(stderr, want);
      assert.deepEqual(
        fake.requests.filter((one) => one.method !== "GET"),
        [],
      );
    });
  }
});

Deno.test("docker run puts nodes on several members only in a network of all", async (t) => {
  const refused =
    /puts nodes on several members of the cluster, but network bridge \(incusbr0\) is another one on each of them: use one that they share with KINI_NETWORK, or name one member\.$/m;
  const cases: [
    target: string,
    config: Record<string, string>,
    want: RegExp | undefined,
  ][] = [
    ["m2,m1", {}, refused],
    ["*", { "ipv4.address": "10.9.0.1/24" }, refused],
    ["@default", {}, refused],
    ["m2", {}, undefined],
    ["m2,m1", { "bridge.external_interfaces": "eth1" }, undefined],
    ["m2,m1", { "tunnel.all.protocol": "vxlan" }, undefined],
  ];
  for (const [target, config, want] of cases) {
    await t.step(`${target} ${JSON.stringify(config)}`, async () => {
      await using fake = await FakeIncus.start({
        ...CLUSTER,
        networks: [network("incusbr0", { config })],
      });
      fake.onStart = (one) => void (one.leased = "192.0.2.9/24");
      const { code, stderr } = await runKini(NODE, {
        fake,
        env: { KINI_TARGET: target },
      });
      assert.equal(code, want ? 125 : 0, stderr);
      if (want) assert.match(stderr, want);
      assert.equal(fake.world.instances.size, want ? 0 : 1);
    });
  }
});

Deno.test("docker exec has kubeadm certify the addresses of all members", async () => {
  await using fake = await FakeIncus.start({
    ...CLUSTER,
    onExec: async (process) => ({ stdout: await process.readText() }),
  });
  assert.equal((await runKini(NODE, { fake })).code, 0);
  const { code, stdout, stderr } = await runKini(
    "docker exec --privileged -i k-control-plane cp /dev/stdin /kind/kubeadm.conf"
      .split(" "),
    { fake, stdin: "certSANs:\n- localhost\n" },
  );
  assert.equal(code, 0, stderr);
  assert.equal(
    stdout,
    'certSANs:\n- "10.88.0.11"\n- "10.88.0.12"\n- localhost\n',
  );
});
