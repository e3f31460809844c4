/**
 * `kini doctor` on a real server: each fault is made, found, and mended by the
 * command that was printed for it.
 */
import assert from "node:assert/strict";
import { lab, lines, sh } from "./lab.ts";

interface Finding {
  name: string;
  level: string;
  found: string;
  why: string;
  fix: string[];
  safe: boolean;
}

/** Runs the doctor under a shell's PATH and settings, set by `before`. */
async function examine(before = ""): Promise<Map<string, Finding>> {
  const { stdout, stderr } = await lab([
    "bash",
    "-c",
    `${before}\nkini doctor --json`,
  ]);
  assert.equal(stderr, "");
  const { checks } = JSON.parse(stdout) as { checks: Finding[] };
  return new Map(checks.map((one) => [one.name, one]));
}

/** What is not well, as `name level`. */
function complaints(findings: Map<string, Finding>): string[] {
  return [...findings.values()].filter(({ level }) => level !== "ok")
    .map(({ name, level }) => `${name} ${level}`);
}

/**
 * What the lab lacks: it has the controllers that its machine leaves to it, and
 * the room that is on the machine's disk.
 */
async function labsOwn(): Promise<string[]> {
  const [controllers = "", room = ""] = lines(
    await sh(`
      cat /sys/fs/cgroup/cgroup.controllers
      df --output=avail -k /var/lib/incus/storage-pools/default | tail -n 1`),
  );
  const all = ["cpu", "cpuset", "memory", "pids"].every((one) =>
    controllers.split(" ").includes(one)
  );
  const free = Number(room) / 2 ** 20;
  return [
    ...(free < 3 ? ["storage-space failure", "image-store warning"] : []),
    ...(free >= 3 && free < 10 ? ["storage-space warning"] : []),
    ...(all ? [] : ["cgroup failure"]),
  ];
}

/** What the lab's set-up gave it. */
async function heal(): Promise<void> {
  await sh(`
    incus profile show default | grep -q eth0: ||
      incus profile device add default eth0 nic name=eth0 network=incusbr0
    incus profile show default | grep -q root: ||
      incus profile device add default root disk path=/ pool=default
    incus network unset incusbr0 dns.mode
    test "$(incus network get incusbr0 ipv6.address)" != none ||
      incus network set incusbr0 ipv6.address=auto ipv6.nat=true
    docker ps -aq | xargs -r docker rm -f >/dev/null
    rm -rf ~/.cache/kini/images`);
}

/** Makes a fault, sees that it is found, and pastes what is said to mend it. */
async function faultAndFix(
  name: string,
  level: string,
  fault: string,
  also: RegExp = /^$/,
): Promise<void> {
  const own = await labsOwn();
  try {
    await sh(fault);
    const sick = await examine();
    assert.deepEqual(
      complaints(sick).filter((one) => !own.includes(one) && !also.test(one)),
      [`${name} ${level}`],
    );
    const { fix, why } = sick.get(name)!;
    assert.ok(why);
    await sh(fix.join("\n"));
    assert.deepEqual(complaints(await examine()), own);
  } finally {
    await heal();
  }
}

Deno.test("kini doctor finds nothing in a healthy lab", async () => {
  const findings = await examine();
  assert.deepEqual(complaints(findings), await labsOwn());
  assert.equal(findings.get("mode")!.found.split(",")[0], "oci");
  assert.match(findings.get("kind-command")!.found, /^kind v0\.33\.0: /);
});

Deno.test("kini doctor: another docker first in PATH", async () => {
  const before = `
    mkdir -p /tmp/other
    printf '#!/bin/sh\\necho Docker version 26.1.5+dfsg1, build a72d7cd\\n' >/tmp/other/docker
    chmod +x /tmp/other/docker
    export PATH=/tmp/other:$PATH`;
  try {
    const finding = (await examine(before)).get("docker-command")!;
    assert.equal(finding.level, "warning");
    assert.match(finding.found, /\/tmp\/other\/docker \(Docker version 26/);
    const mended = await examine(`${before}\n${finding.fix.join("\n")}`);
    assert.equal(mended.get("docker-command")!.level, "ok");
  } finally {
    await sh("rm -rf /tmp/other");
  }
});

Deno.test("kini doctor: no docker and no kind in PATH", async () => {
  const before = `
    mkdir /tmp/links
    ln -s "$(readlink -f "$(command -v kini)")" /tmp/links/kini
    export HOME=/tmp/links PATH=/tmp/links:/usr/bin:/bin`;
  try {
    const findings = await examine(before);
    assert.equal(findings.get("docker-command")!.level, "warning");
    assert.equal(findings.get("kind-command")!.level, "failure");
    const { fix } = findings.get("docker-command")!;
    const mended = await examine(
      `${before.replace("mkdir", "mkdir -p").replace("ln -s", "ln -sf")}\n${
        fix.join("\n")
      }`,
    );
    assert.equal(mended.get("docker-command")!.level, "ok");
  } finally {
    await sh("rm -rf /tmp/links");
  }
});

Deno.test("kini doctor: settings of the environment", async () => {
  const faults: [string, string, string][] = [
    ["mode", "failure", "export KINI_MODE=ocl"],
    ["settings", "failure", "export KINI_UNPRIVILEGED=perhaps"],
    ["kind-provider", "failure", "export KIND_EXPERIMENTAL_PROVIDER=podman"],
    ["proxy", "warning", "export HTTPS_PROXY=http://proxy.invalid:3128"],
  ];
  for (const [name, level, before] of faults) {
    const finding = (await examine(before)).get(name)!;
    assert.equal(finding.level, level, name);
    const mended = await examine(`${before}\n${finding.fix.join("\n")}`);
    assert.equal(mended.get(name)!.level, "ok", name);
  }
});

Deno.test("kini doctor: a socket that the user may not use", async () => {
  const { stdout, code } = await lab([
    ..."setpriv --reuid=65534 --regid=65534 --clear-groups".split(" "),
    ..."env HOME=/nonexistent kini doctor --json".split(" "),
  ]);
  assert.equal(code, 1);
  const { checks } = JSON.parse(stdout) as { checks: Finding[] };
  const server = checks.find(({ name }) => name === "server")!;
  assert.match(server.found, /permission denied/);
  assert.deepEqual(server.fix, [
    "sudo usermod -aG incus-admin nobody",
    "newgrp incus-admin",
  ]);
});

Deno.test("kini doctor: no network device in the profile", async () => {
  await faultAndFix(
    "profile-network",
    "failure",
    "incus profile device remove default eth0 >/dev/null",
    /^network\S* unknown$/,
  );
});

Deno.test("kini doctor: no root disk in the profile", async () => {
  await faultAndFix(
    "profile-disk",
    "failure",
    "incus profile device remove default root >/dev/null",
    /^storage-\S+ unknown$/,
  );
});

Deno.test("kini doctor: a network without IPv6, without DNS", async () => {
  await faultAndFix(
    "network-ipv6",
    "warning",
    "incus network set incusbr0 ipv6.address=none",
  );
  await faultAndFix(
    "network-dns",
    "warning",
    "incus network set incusbr0 dns.mode=none",
  );
});

Deno.test("kini doctor: projects that aren't there, that are empty, that forbid", async () => {
  const before = "export KINI_PROJECT=k8s";
  const mend = async (name: string, found: RegExp) => {
    const finding = (await examine(before)).get(name)!;
    assert.equal(finding.level, "failure");
    assert.match(finding.found, found);
    await sh(finding.fix.join("\n"));
    assert.equal((await examine(before)).get(name)!.level, "ok");
  };
  try {
    await mend("project", /no project "k8s"/);
    await sh(`
      incus project delete k8s
      incus project create k8s -c features.images=false -c restricted=true`);
    await mend("project", /blocks containers\.nesting, /);
    await mend("profile-disk", /no root disk/);
    await mend("profile-network", /no network device/);
    // And the server agrees that this is all that a node needs.
    await sh(`${before}
      docker run -d --privileged --name doctor-node -p 127.0.0.1::80 \
        -v /tmp:/host busybox:1.37 sleep 1000 >/dev/null
      docker rm -f doctor-node >/dev/null`);
  } finally {
    await sh(`
      incus list --project k8s -f csv -c n |
        xargs -r incus delete -f --project k8s
      incus project delete k8s`);
  }
});

Deno.test("kini doctor: what earlier runs left", async () => {
  await faultAndFix(
    "unstarted-containers",
    "warning",
    "docker create --name doctor-left busybox:1.37 true >/dev/null",
  );
  await faultAndFix(
    "unfinished-images",
    "warning",
    `mkdir -p ~/.cache/kini/images/partial
     chmod 700 ~/.cache/kini/images
     echo '{"imageLayoutVersion":"1.0.0"}' >~/.cache/kini/images/oci-layout
     echo '{"schemaVersion":2,"manifests":[]}' >~/.cache/kini/images/index.json
     head -c 1000 /dev/urandom >~/.cache/kini/images/partial/${"0".repeat(64)}`,
  );
  await faultAndFix(
    "image-store",
    "warning",
    "mkdir -p -m 755 ~/.cache/kini/images",
  );
});

Deno.test("kini doctor --fix mends what is safe, and says what it did", async () => {
  await sh("incus network set incusbr0 ipv6.address=none");
  try {
    const { stdout, stderr } = await lab(["kini", "doctor", "--fix", "--yes"]);
    assert.match(
      stderr,
      /^network-ipv6: incus network set incusbr0 ipv6\.address=auto ipv6\.nat=true$/m,
    );
    assert.equal(lines(stdout).filter((one) => /checks:/.test(one)).length, 2);
    assert.deepEqual(complaints(await examine()), await labsOwn());
  } finally {
    await heal();
  }
});

Deno.test("kini doctor: a server that is down, or says nothing", async () => {
  // The lab keeps its daemon running; only what starts it again is held.
  const pid = (await sh("cat /run/lab/incusd.pid")).trim();
  await sh(`kill -STOP ${pid}`);
  try {
    const silent = (await examine()).get("server")!;
    assert.equal(silent.level, "failure");
    assert.match(silent.found, /no answer in \d+ seconds/);
  } finally {
    await sh(`kill -CONT ${pid}`);
  }
  assert.deepEqual(complaints(await examine()), await labsOwn());

  const keeper = (await sh(`ps -o ppid= -p ${pid}`)).trim();
  await sh(`kill -STOP ${keeper}; kill -KILL ${pid}`);
  try {
    const findings = await examine();
    const down = findings.get("server")!;
    assert.equal(down.level, "failure");
    assert.equal(findings.get("network")!.level, "unknown");
    assert.deepEqual(down.fix, ["/etc/init.d/incus start"]);
    await sh(`${down.fix.join("\n")}; incus admin waitready --timeout 60`);
    assert.deepEqual(complaints(await examine()), await labsOwn());
  } finally {
    // The lab's own daemon again.
    await sh(`
      /etc/init.d/incus stop || true
      incus admin shutdown --timeout 30 2>/dev/null || true
      kill -CONT ${keeper}
      incus admin waitready --timeout 60`);
  }
});
