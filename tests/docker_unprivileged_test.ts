import assert from "node:assert/strict";
import type { InstancesPost } from "../incus/types.ts";
import { profile } from "./builders.ts";
import { FakeIncus } from "./fake_incus.ts";
import { runKini } from "./harness.ts";

/** How kind makes a node where docker says that it is rootless. */
const NODE = [
  ..."docker run --name n1 --hostname n1 --privileged --detach --tty".split(
    " ",
  ),
  ..."--tmpfs /tmp --tmpfs /run --volume /var".split(" "),
  ..."--volume /lib/modules:/lib/modules:ro --net bridge".split(" "),
  ..."--userns=host --init=false".split(" "),
];
const COMMAND = ["busybox:1.37", "sleep", "1000"];
const UNPRIVILEGED = { KINI_UNPRIVILEGED: "true" };

function created(fake: FakeIncus): InstancesPost {
  const [body] = fake.bodies<InstancesPost>("POST /1.0/instances");
  assert.ok(body);
  return body;
}

Deno.test("docker run makes a node without privileges on the machine", async () => {
  await using fake = await FakeIncus.start({
    // The word of a profile doesn't count.
    profiles: [{ ...profile(), config: { "security.privileged": "true" } }],
  });
  const result = await runKini([...NODE, ...COMMAND], {
    fake,
    env: UNPRIVILEGED,
  });
  assert.equal(result.code, 0, result.stderr);
  assert.equal(result.stderr, "");

  const { config, devices } = created(fake);
  assert.equal(config["security.privileged"], "false");
  assert.equal(config["security.nesting"], "true");
  assert.equal(config["security.syscalls.deny_default"], undefined);
  // The server's own confinement stays.
  assert.doesNotMatch(
    config["raw.lxc"]!,
    /apparmor|cap\.drop|mount\.auto|cgroup/,
  );
  const list = Object.values(devices);
  assert.deepEqual(list.filter((one) => one.type === "unix-char"), []);
  const modules = list.find((one) => one.source === "/lib/modules");
  assert.equal(modules?.shift, undefined);
  // What was asked for is shown as it was asked for.
  const { stdout } = await runKini(
    ["docker", "inspect", "-f", "{{.HostConfig.Privileged}}", "n1"],
    { fake },
  );
  assert.equal(stdout, "true\n");
});

Deno.test("docker run covers the network's files of an unprivileged node only", async () => {
  const cases: [Record<string, string>, string[], boolean][] = [
    [UNPRIVILEGED, ["--privileged"], true],
    [UNPRIVILEGED, [], false],
    [{}, ["--privileged"], false],
  ];
  for (const [env, flags, want] of cases) {
    await using fake = await FakeIncus.start();
    const argv = ["docker", "run", "-d", "--name", "n1", ...flags, ...COMMAND];
    const result = await runKini(argv, { fake, env });
    assert.equal(result.code, 0, result.stderr);
    const script = new TextDecoder().decode(
      fake.instance("n1").files.get("/init")!.content,
    );
    assert.equal(/mount -o bind/.test(script), want, script);
  }
});

Deno.test("docker run maps the owners of an unprivileged node's mounts", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const cases: [string, string | undefined, RegExp][] = [
      ["", "true", /^$/],
      [":ro", "true", /^$/],
      [
        ":rslave",
        undefined,
        /^WARNING: files at \/data belong to nobody in this container: /,
      ],
    ];
    for (const [mode, shift, warning] of cases) {
      await using fake = await FakeIncus.start();
      const result = await runKini(
        [...NODE, "-v", `${folder}:/data${mode}`, ...COMMAND],
        { fake, env: UNPRIVILEGED },
      );
      assert.equal(result.code, 0, result.stderr);
      assert.match(result.stderr, warning);
      const device = Object.values(created(fake).devices)
        .find(({ path }) => path === "/data");
      assert.equal(device?.shift, shift, mode);
    }
  } finally {
    await Deno.remove(folder);
  }
});

for (
  const { name, flags, env, stderr } of [
    {
      name: "a mount that would reach out of the container",
      flags: ["-v", "/tmp:/data:rshared"],
      env: UNPRIVILEGED,
      stderr:
        /^docker: Error response from daemon: the mount at \/data can't be rshared .*: leave the propagation out, or unset KINI_UNPRIVILEGED\.$/m,
    },
    {
      name: "a word that is neither yes nor no",
      flags: [],
      env: { KINI_UNPRIVILEGED: "perhaps" },
      stderr:
        /^docker: KINI_UNPRIVILEGED is "perhaps": use "true" or "false", or unset it\.$/m,
    },
    {
      name: "a sysctl of the whole machine",
      flags: ["--sysctl", "vm.swappiness=10"],
      env: UNPRIVILEGED,
      stderr: /sysctl 'vm\.swappiness=10' is not allowed/,
    },
    {
      name: "a device that the machine lacks",
      flags: ["--device", "/dev/kini-no-such-device"],
      env: UNPRIVILEGED,
      stderr: /"\/dev\/kini-no-such-device": no such file or directory/,
    },
  ]
) {
  Deno.test(`docker run of an unprivileged node refuses ${name}, and makes nothing`, async () => {
    await using fake = await FakeIncus.start();
    const result = await runKini([...NODE, ...flags, ...COMMAND], {
      fake,
      env,
    });
    assert.equal(result.code, 125, result.stderr);
    assert.match(result.stderr, stderr);
    assert.equal(result.stdout, "");
    assert.equal(fake.world.instances.size, 0);
  });
}

Deno.test("docker run refuses a bad KINI_UNPRIVILEGED for a load balancer too", async () => {
  await using fake = await FakeIncus.start();
  const result = await runKini(["docker", "run", "-d", ...COMMAND], {
    fake,
    env: { KINI_UNPRIVILEGED: "2" },
  });
  assert.equal(result.code, 125);
  assert.match(result.stderr, /KINI_UNPRIVILEGED is "2"/);
  assert.equal(fake.world.instances.size, 0);
});
