/**
 * A cluster of two Incus servers on one Ethernet: kind's nodes on both. The
 * servers are in namespaces of their own within the host, which they leave as it
 * was.
 */
import assert from "node:assert/strict";
import { lab, leftovers, lines, ok, type RunOptions, sh } from "./lab.ts";

const IMAGE = "kindest/node:v1.35.0";
const MEMBER = "/kini/tests/lab/member";
const FIRST = "10.88.0.11";
const SECOND = "10.88.0.12";

const FOLDER = "/tmp/kini-cluster";

/** A command beside a member. */
const on = (member: string, ...command: string[]) => [
  MEMBER,
  "run",
  member,
  ...command,
];

async function withCluster(run: () => Promise<void>): Promise<void> {
  await ok([MEMBER, "down"]);
  const before = await leftovers();
  try {
    await sh(`
      mkdir ${FOLDER}
      member=${MEMBER}
      $member up m1 ${FIRST}
      $member up m2 ${SECOND}
      $member run m1 incus admin init --preseed <<END
config: {core.https_address: "${FIRST}:8443"}
cluster: {server_name: m1, enabled: true}
storage_pools: [{name: default, driver: dir}]
profiles: [{name: default, devices: {root: {type: disk, path: /, pool: default}}}]
END
      token=$($member run m1 incus cluster add m2 --quiet | tail -n 1)
      $member run m2 incus admin init --preseed <<END
cluster: {enabled: true, server_address: "${SECOND}:8443", cluster_token: $token, member_config: []}
END
      for one in m1 m2; do
        $member run m1 incus network create lan bridge.external_interfaces=eth1 --target $one
      done
      $member run m1 incus network create lan ipv4.address=none ipv6.address=none
      $member run m1 incus profile device add default eth0 nic network=lan name=eth0
      $member run m1 incus cluster group create second
      $member run m1 incus cluster group add m2 second
    `);
    await run();
  } finally {
    await ok([MEMBER, "down"]);
    await sh(`rm -rf ${FOLDER}`);
  }
  assert.deepEqual(await leftovers(), before);
}

Deno.test("a cluster of two servers has containers where KINI_TARGET says", async (t) => {
  await withCluster(async () => {
    const targeted = (target: string): RunOptions => ({
      env: { KINI_TARGET: target },
      timeout: 600_000,
    });
    const docker = (...args: string[]) => ok(on("m1", "docker", ...args));
    const locations = async () =>
      lines(
        await ok(on("m1", "incus", "list", "--format", "csv", "-c", "nL")),
      ).sort();

    await t.step("nothing is made for a target that is none", async () => {
      const images = await docker("images", "-q");
      for (
        const [target, want] of [
          ["m3", /no member "m3": the members are m1, m2\.$/m],
          [
            "@x",
            /no group "x" with members: the groups are default, second\.$/m,
          ],
        ] as const
      ) {
        const { code, stderr } = await lab(
          on("m1", "docker", "run", "-d", "busybox:1.37"),
          targeted(target),
        );
        assert.equal(code, 125);
        assert.match(stderr, want);
      }
      assert.deepEqual(await locations(), []);
      assert.equal(await docker("images", "-q"), images);
    });

    await t.step("kini doctor finds a target that is none", async () => {
      const placement = async (
        target: string,
        env: Record<string, string> = {},
      ) => {
        const { stdout } = await lab(on("m1", "kini", "doctor", "--json"), {
          env: { KINI_TARGET: target, ...env },
        });
        const { checks } = JSON.parse(stdout) as {
          checks: { name: string; level: string; fix: string[] }[];
        };
        const { level, fix } = checks.find(({ name }) => name === "placement")!;
        return [level, ...fix];
      };
      assert.deepEqual(await placement("m3"), ["failure", "unset KINI_TARGET"]);
      assert.deepEqual(await placement("m3,@second,@x"), [
        "failure",
        "export KINI_TARGET=@second",
      ]);
      for (const target of ["@second", "m2,m1", "*", ""]) {
        assert.deepEqual(await placement(target), ["ok"]);
      }
      // As `incus admin init` makes it: one of its own on each member.
      await sh(`
        for one in m1 m2; do
          ${MEMBER} run m1 incus network create own --target $one
        done
        ${MEMBER} run m1 incus network create own ipv4.address=10.89.0.1/24 ipv6.address=none`);
      const own = { KINI_NETWORK: "own" };
      assert.deepEqual(await placement("m2,m1", own), [
        "failure",
        "export KINI_TARGET=m1",
      ]);
      assert.deepEqual(await placement("m1", own), ["ok"]);
      await ok(on("m1", "incus", "network", "delete", "own"));
    });

    await t.step("without a target, the member that is asked", async () => {
      for (const [name, member] of [["c1", "m1"], ["c2", "m2"]] as const) {
        await ok(
          on(member, ..."docker run -d --name".split(" "), name)
            .concat("busybox:1.37", "sleep", "1000"),
        );
      }
      assert.deepEqual(await locations(), ["c1,m1", "c2,m2"]);
      await docker("rm", "-f", "c1", "c2");
    });

    await t.step("a container on the other member is as one here", async () => {
      const started = await lab(
        on(
          "m1",
          ..."docker run -d --name web -p 8080:80 busybox:1.37".split(" "),
        )
          .concat(
            "sh",
            "-c",
            "echo hello; echo page >/index.html; exec httpd -f -h /",
          ),
        targeted("@second"),
      );
      assert.equal(started.code, 0, started.stderr);
      assert.match(
        started.stderr,
        /^WARNING: the published ports are those of the member m2 \(10\.88\.0\.12\)/m,
      );
      assert.deepEqual(await locations(), ["web,m2"]);
      await sh(
        `${MEMBER} run m1 curl -sS --retry 60 --retry-connrefused --retry-delay 1 ${SECOND}:8080 | grep -qx page`,
      );
      assert.equal(await docker("logs", "web"), "hello\n");
      assert.equal(
        await ok(on("m1", "docker", "exec", "-i", "web", "cat"), {
          stdin: "through",
        }),
        "through",
      );
      const failed = await lab(
        on("m1", "docker", "exec", "web", "sh", "-c", "echo no >&2; exit 7"),
      );
      assert.deepEqual(failed, { code: 7, stdout: "", stderr: "no\n" });
      await docker("cp", "/etc/debian_version", "web:/tmp/v");
      assert.equal(
        await docker("exec", "web", "cat", "/tmp/v"),
        await ok(["cat", "/etc/debian_version"]),
      );
      assert.equal(
        await docker(
          "inspect",
          "-f",
          "{{.State.Status}} {{.Config.Image}}",
          "web",
        ),
        "running busybox:1.37\n",
      );
      assert.match(
        await docker("ps", "--format", "{{.Names}} {{.Ports}}"),
        /^web 0\.0\.0\.0:8080->80\/tcp/,
      );
      await docker("rm", "-f", "web");
      assert.deepEqual(await locations(), []);
    });

    await t.step("kind's nodes go round over the members", async () => {
      const kind = (...args: string[]) =>
        ok(on("m1", "kind", ...args), targeted("m2,m1"));
      const nodes = ["kind-control-plane", "kind-worker"];
      await sh(
        `printf 'kind: Cluster\\napiVersion: kind.x-k8s.io/v1alpha4\\nnodes: [{role: control-plane}, {role: worker}]\\n' >${FOLDER}/two.yaml`,
      );
      await kind(
        ..."create cluster --wait 120s --config".split(" "),
        `${FOLDER}/two.yaml`,
        "--image",
        IMAGE,
      );
      assert.deepEqual(await locations(), [
        "kind-control-plane,m2",
        "kind-worker,m1",
      ]);
      // Here, and by the address of the member that has the control plane.
      assert.match(
        await sh("grep server: /root/.kube/config"),
        new RegExp(`https://${SECOND}:\\d+$`, "m"),
      );
      const ready = await ok(on("m1", "kubectl", "get", "nodes"));
      for (const name of nodes) {
        assert.match(ready, new RegExp(`^${name}\\s+Ready\\s`, "m"));
      }
      const table = await ok(on("m1", "kini", "cluster", "ls"));
      assert.match(
        table,
        /kind-control-plane\s.*\s10\.88\.0\.\d+\s.*\(m2\)$/m,
      );
      assert.match(table, /kind-worker\s.*\s10\.88\.0\.\d+\s.*\(m1\)$/m);
      await sh(
        `skopeo copy -q docker://docker.io/library/busybox:1.37 docker-archive:${FOLDER}/b.tar:docker.io/library/busybox:1.37`,
      );
      await kind("load", "image-archive", `${FOLDER}/b.tar`);
      for (const name of nodes) {
        assert.match(
          await docker("exec", name, "crictl", "images"),
          /busybox\s+1\.37/,
        );
      }
      await kind("export", "logs", `${FOLDER}/logs`);
      for (const name of nodes) {
        await sh(`grep -q . ${FOLDER}/logs/${name}/serial.log`);
      }
      await kind("delete", "cluster");
      assert.deepEqual(await locations(), []);
    });

    await t.step("in LXC mode, nodes of kubeadm images do so", async () => {
      const lxc = (kubeadm: string): RunOptions => ({
        env: {
          KINI_TARGET: "m2,m1",
          KINI_MODE: "lxc",
          KINI_LXC_IMAGES: kubeadm,
          KINI_CACHE: `${FOLDER}/cache`,
        },
        timeout: 600_000,
      });
      const plain = await lab(
        on("m1", "docker", "run", "-d", "busybox:1.37"),
        lxc("kindest"),
      );
      assert.equal(plain.code, 125);
      assert.match(plain.stderr, /the server has no subnet in network bridge/);
      await ok(
        on("m1", "kind", "create", "cluster", "--config")
          .concat(`${FOLDER}/two.yaml`, "--image", IMAGE, "--wait", "60s"),
        lxc("kubeadm"),
      );
      assert.deepEqual(await locations(), [
        "kind-control-plane,m2",
        "kind-worker,m1",
      ]);
      const ready = await ok(on("m1", "kubectl", "get", "nodes", "-o", "wide"));
      assert.match(ready, /^kind-control-plane\s+Ready\s.*\s10\.88\.0\.\d+\s/m);
      assert.match(ready, /^kind-worker\s+\w+\s.*\s10\.88\.0\.\d+\s/m);
      await ok(on("m1", "kind", "delete", "cluster"));
      assert.deepEqual(await locations(), []);
    });
  });
});
