/**
 * LXC mode with kubeadm images, which the server fetches from an image server:
 * clusters on LXD 5.0, which has no OCI containers.
 */
import assert from "node:assert/strict";
import { Host } from "./host.ts";
import { lines } from "./lab.ts";

const IMAGE = "kindest/node:v1.35.0";
const SERVER = "https://images.linuxcontainers.org/capn";
const NODES = ["kind-control-plane", "kind-worker"];
const TWO_NODES = `
kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
nodes:
- role: control-plane
- role: worker
containerdConfigPatches:
- |-
  [debug]
    level = "debug"
`;

const LXD = new Host("lxd");

Deno.test("kind 0.33 makes a cluster of two kubeadm nodes on LXD", async () => {
  const before = await LXD.clearImages();
  try {
    const made = await LXD.run(
      ["kind", "create", "cluster", "--image", IMAGE, "--config", "-"]
        .concat("--wait", "60s"),
      {
        stdin: TWO_NODES,
        env: {
          HTTP_PROXY: "http://10.255.0.1:3128",
          NO_PROXY: "127.0.0.1,localhost,.lxd",
        },
        timeout: 300_000,
      },
    );
    assert.equal(made.code, 0, made.stderr);
    assert.match(made.stderr, /Ready after/);
    assert.deepEqual(
      lines(await LXD.ok(["kind", "get", "nodes"])).sort(),
      NODES,
    );
    await LXD.awaitReady(2);
    assert.match(await LXD.docker("images"), /^kindest\/node +v1\.35\.0 /m);
    for (const node of NODES) await checkNode(node);
    await checkApart();
    await checkCluster();
    await LXD.loadArchive(NODES);
    await LXD.exportLogs(NODES, {
      folder: {
        "docker-info.txt": new RegExp(
          `Mode: lxc .*\n.*Node Images: kubeadm images of ${SERVER}`,
        ),
      },
      node: { "serial.log": /Multi-User System/ },
    });
    await restart();
  } finally {
    await LXD.run(["kind", "delete", "cluster"]);
  }
  assert.equal(await LXD.ok(["kind", "get", "clusters"]), "");
  await LXD.docker("rmi", IMAGE);
  assert.equal(await LXD.sh("lxc image list --format csv"), "");
  assert.deepEqual(await LXD.leftovers(), before);
});

/** A node is a system of its own, with what kind looks for. */
async function checkNode(node: string): Promise<void> {
  const inside = (...command: string[]) => LXD.docker("exec", node, ...command);
  const config = await LXD.config(node);
  assert.equal(config["user.kini.image-kind"], "kubeadm");
  assert.equal(await inside("cat", "/kind/version"), "v1.35.0");
  assert.equal(await inside("cat", "/proc/1/comm"), "systemd\n");
  assert.equal(await inside("systemctl", "is-system-running"), "running\n");
  assert.match(
    await inside("sh", "-c", "findmnt -no PROPAGATION /"),
    /^shared\n$/,
  );
  const [address = ""] = await LXD.addresses(node);
  assert.match(
    await inside("cat", "/etc/hosts"),
    new RegExp(`^${address.replaceAll(".", "\\.")}\t${node}$`, "m"),
  );
  assert.equal(
    config["user.kini.address"],
    `${address}/24`,
  );
  for (const other of NODES) {
    const [theirs] = await LXD.addresses(other);
    const found = await inside("getent", "ahostsv4", other);
    assert.equal(found.split(/\s/)[0], theirs);
  }
  for (const service of ["containerd", "kubelet"]) {
    const environment = await inside(
      "sh",
      "-c",
      `cat /proc/$(systemctl show -P MainPID ${service})/environ`,
    );
    assert.ok(
      environment.split("\0").includes("HTTP_PROXY=http://10.255.0.1:3128"),
      environment,
    );
  }
  const command = await inside(
    "sh",
    "-c",
    "tr '\\0' ' ' </proc/$(systemctl show -P MainPID kubelet)/cmdline",
  );
  assert.match(command, / --cgroup-root= /);
  // kind's patch went through the image's link.
  assert.match(
    await inside("cat", "/etc/containerd/config.toml"),
    /level = ['"]debug['"]/,
  );
  assert.equal(
    await inside("readlink", "/etc/containerd/config.toml"),
    "config.default.toml\n",
  );
  assert.match(await inside("crictl", "images"), /IMAGE ID/);
  assert.match(
    await LXD.docker("logs", node),
    /Reached target .*Multi-User System/,
  );
}

/** Nodes of one image are machines of their own. */
async function checkApart(): Promise<void> {
  const uuids = new Set<string>();
  const machines = new Set<string>();
  for (const node of NODES) {
    const own = await LXD.docker("exec", node, "cat", "/kind/product_uuid");
    assert.match(own, /^[-0-9a-f]{36}\n$/);
    uuids.add(own);
    // The kernel may show none of the machine.
    const shown = await LXD.docker(
      ..."exec NODE sh -c".replace("NODE", node).split(" "),
      "f=/sys/class/dmi/id/product_uuid; if [ -e $f ]; then cat $f; else cat /kind/product_uuid; fi",
    );
    assert.equal(shown, own);
    machines.add(await LXD.docker("exec", node, "cat", "/etc/machine-id"));
  }
  assert.equal(uuids.size, NODES.length);
  assert.equal(machines.size, NODES.length);
}

/** What kind made of the files that it read from the node. */
async function checkCluster(): Promise<void> {
  const kubectl = (args: string) => LXD.ok(["kubectl", ...args.split(" ")]);
  const set = JSON.parse(
    await kubectl("get ds kube-flannel-ds -n kube-flannel -o json"),
  );
  const env = set.spec.template.spec.initContainers.flatMap(
    (one: { env?: { name: string; value: string }[] }) => one.env ?? [],
  );
  assert.deepEqual(env, [{ name: "POD_SUBNET", value: "10.244.0.0/16" }]);
  const { items: [standard] } = JSON.parse(await kubectl("get sc -o json"));
  assert.equal(standard.provisioner, "rancher.io/local-path");
  assert.match(
    await kubectl("get deploy -n local-path-storage"),
    /local-path-provisioner/,
  );
}

/** Address, identity and data stay, and the cluster works again. */
async function restart(): Promise<void> {
  const node = "kind-worker";
  const facts = async () => [
    await LXD.addresses(node),
    await LXD.docker("exec", node, "cat", "/kind/product_uuid"),
  ];
  const before = await facts();
  await LXD.docker("exec", node, "touch", "/var/lib/kept");
  await LXD.docker("restart", node);
  assert.deepEqual(await facts(), before);
  await LXD.docker("exec", node, "test", "-e", "/var/lib/kept");
  await LXD.awaitReady(2);
}

Deno.test("without a kubeadm image of the version nothing is made, and the nearest are named", async () => {
  const before = await LXD.clearImages();
  const missing = await LXD.run(
    ["docker", "run", "-d", "--privileged", "kindest/node:v1.35.9"],
    { env: { KINI_LXC_IMAGES: "kubeadm" } },
  );
  assert.equal(missing.code, 125);
  // v1.35.5 is there for another processor only.
  assert.match(
    missing.stderr,
    /no kubeadm image v1\.35\.9 for amd64; the nearest are v1\.35\.0, v1\.34\.0, v1\.33\.5/,
  );
  const otherwise = await LXD.run(
    ["docker", "pull", "kindest/node:v1.35.9"],
    { env: { KINI_LXC_IMAGES: "kubeadm" } },
  );
  assert.equal(otherwise.code, 1);
  assert.match(otherwise.stderr, /^Error response from daemon: .* the nearest/);
  assert.deepEqual(await LXD.leftovers(), before);
});

Deno.test("without KINI_LXC_IMAGES, kindest/node takes the place of what can't be had", async () => {
  const before = await LXD.clearImages();
  const env = { KINI_IMAGE_SERVER: `${SERVER}/nothing` };
  const pulled = await LXD.run(["docker", "pull", IMAGE], { env });
  assert.equal(pulled.code, 0, pulled.stderr);
  assert.match(
    pulled.stderr,
    /^kini: the image server \S+ can't be used: .* 404 Not Found: using kindest\/node:v1\.35\.0 itself$/m,
  );
  assert.match(pulled.stdout, /Pulling from kindest\/node/);
  await LXD.docker("rmi", IMAGE);
  assert.deepEqual(await LXD.leftovers(), before);
});

Deno.test("an alias on the server comes before the image server", async () => {
  const before = await LXD.clearImages();
  await LXD.sh(`
    lxc remote remove capn 2>/dev/null || :
    lxc remote add capn ${SERVER} --protocol simplestreams --public
    lxc image copy capn:kubeadm/v1.35.0 local: --alias kubeadm/v1.36.0
    lxc remote remove capn
  `);
  const env = {
    KINI_LXC_IMAGES: "kubeadm",
    // Nobody is there.
    KINI_IMAGE_SERVER: "https://127.0.0.1:9/capn",
  };
  const image = "kindest/node:v1.36.0";
  await LXD.ok(["docker", "inspect", "--type=image", image], { env });
  const made = await LXD.run(
    ["docker", "run", "-d", "--privileged", "-t", "--name", "n1", image],
    { env },
  );
  assert.equal(made.code, 0, made.stderr);
  assert.equal(
    await LXD.docker("exec", "n1", "cat", "/kind/version"),
    "v1.36.0",
  );
  await LXD.docker("rm", "-f", "n1");
  await LXD.clearImages();
  assert.deepEqual(await LXD.leftovers(), before);
});

Deno.test("kini doctor asks the image server in LXC mode", async () => {
  const level = async (env: Record<string, string> = {}) => {
    const { stdout } = await LXD.run(["kini", "doctor", "--json"], { env });
    const { checks } = JSON.parse(stdout);
    const found = checks.find(({ name }: { name: string }) =>
      name === "image-server"
    );
    return `${found.level}: ${found.found}`;
  };
  assert.equal(await level(), `ok: ${SERVER} has 3 versions of Kubernetes`);
  assert.match(
    await level({
      KINI_IMAGE_SERVER: "https://127.0.0.1:9/capn",
      KINI_LXC_IMAGES: "kubeadm",
    }),
    /^failure: /,
  );
});
