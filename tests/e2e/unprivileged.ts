/**
 * `KINI_UNPRIVILEGED=true`: clusters whose nodes are in a user namespace.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Host } from "./host.ts";
import { lines, type Result, type RunOptions } from "./lab.ts";

const IMAGE = "kindest/node:v1.35.0";
/** kind makes no rootless cluster where docker says that nothing can be limited. */
const ALL_CONTROLLERS = "/kini/tests/lab/with-controllers";
const ARCHIVE = "/tmp/kini-e2e-busybox.tar";
const LOGS = "/tmp/kini-e2e-logs";
const FOLDER = "/var/tmp/kini-e2e-mount";

/** Registers tests of a place: a server, and a cluster with these workers. */
export function testUnprivileged(
  name: "incus" | "lxd",
  where: string,
  kind: string,
  workers: string[],
): void {
  const host = new Host(name, {
    kind,
    env: { KINI_UNPRIVILEGED: "true", KINI_LXC_IMAGES: "kindest" },
  });
  const docker = (...args: string[]) => host.docker(...args);
  const sh = (script: string) => host.sh(script);
  const runKind = (args: string, options: RunOptions = {}): Promise<Result> =>
    host.run([ALL_CONTROLLERS, "kind", ...args.split(" ")], options);
  const okKind = async (args: string): Promise<string> => {
    const { code, stdout, stderr } = await runKind(args);
    assert.equal(code, 0, `kind ${args}: ${stderr}`);
    return stdout;
  };

  Deno.test(`kind ${kind} makes a cluster of unprivileged nodes on ${where}`, async (t) => {
    const before = await host.clear();
    const nodes = ["kind-control-plane", ...workers];
    const node = nodes[0]!;
    const inside = (...command: string[]) => docker("exec", node, ...command);
    try {
      await sh(`
        mkdir ${FOLDER}
        echo "of root" >${FOLDER}/root; chmod 600 ${FOLDER}/root
        touch ${FOLDER}/five; chown 5:7 ${FOLDER}/five
      `);
      const made = await runKind(
        `create cluster --image ${IMAGE} --config - --wait 120s`,
        { stdin: configOf(workers.length) },
      );
      assert.equal(made.code, 0, made.stderr);
      assert.match(made.stderr, /Ready after/);

      await t.step("every node is root in a user namespace only", async () => {
        for (const name of nodes) {
          for (const map of ["uid_map", "gid_map"]) {
            const text = await docker("exec", name, "cat", `/proc/1/${map}`);
            const [first, ...more] = lines(text).map((line) =>
              line.trim().split(/\s+/).map(Number)
            );
            assert.equal(more.length, 0, text);
            const [within, outside, count] = first!;
            assert.equal(within, 0, text);
            assert.ok(outside! > 0 && count! >= 65536, text);
            if (map !== "uid_map") continue;
            // The same from the machine.
            const pid = await docker("inspect", "-f", "{{.State.Pid}}", name);
            assert.equal(
              await sh(`stat -c %u /proc/${pid.trim()}`),
              `${outside}\n`,
            );
          }
          const config = await host.config(name);
          assert.equal(config["security.privileged"], "false");
        }
      });

      await t.step("kind has adapted the cluster", async () => {
        assert.match(
          await inside("cat", "/kind/kubeadm.conf"),
          /"?KubeletInUserNamespace"?: true/,
        );
        assert.equal(
          await inside("systemctl", "is-system-running"),
          "running\n",
        );
        await inside("sh", "-c", "head -c 0 /dev/fuse");
        const ready = await host.ok(["kubectl", "get", "nodes"]);
        assert.equal(ready.match(/ Ready /g)?.length, nodes.length, ready);
      });

      await t.step("what makes containers works in a node", async () => {
        assert.equal(
          await inside("unshare", "-mpnf", "sh", "-euc", CONTAINER_WORK),
          "merged\n",
        );
      });

      await t.step("streams can be opened by their paths", async () => {
        const text = "first\nsecond\n";
        await host.ok(
          ["docker", "exec", "-i", node, "cp", "/dev/stdin", "/root/in"],
          { stdin: text },
        );
        assert.equal(await inside("cat", "/root/in"), text);
        const both = await host.run(
          ["docker", "exec", node, "sh", "-c"].concat(
            "echo out >/dev/stdout; echo err >/dev/stderr; exit 5",
          ),
        );
        assert.deepEqual(both, { code: 5, stdout: "out\n", stderr: "err\n" });
      });

      await t.step("an extra mount has the machine's owners", async () => {
        assert.equal(
          await inside("stat", "-c", "%n %u:%g", "/data/root", "/data/five"),
          "/data/root 0:0\n/data/five 5:7\n",
        );
        assert.equal(await inside("cat", "/data/root"), "of root\n");
        await inside("touch", "/data/new");
        assert.equal(await sh(`stat -c %u:%g ${FOLDER}/new`), "0:0\n");
      });

      await t.step(
        "kind load takes archives, and images of docker",
        async () => {
          await sh(
            `skopeo copy -q docker://docker.io/library/busybox:1.37 ` +
              `docker-archive:${ARCHIVE}:docker.io/library/busybox:1.37`,
          );
          await okKind(`load image-archive ${ARCHIVE}`);
          await docker("pull", "-q", "debian:trixie-slim");
          await okKind("load docker-image debian:trixie-slim");
          for (const name of nodes) {
            const images = lines(
              await docker(
                ...`exec ${name} ctr -n k8s.io images ls -q`.split(" "),
              ),
            );
            for (const image of ["busybox:1.37", "debian:trixie-slim"]) {
              const full = `docker.io/library/${image}`;
              assert.ok(images.includes(full), `${name}: ${images}`);
            }
          }
        },
      );

      await t.step("a node comes back from a restart", async () => {
        await docker("restart", node);
        assert.match(await inside("cat", "/proc/1/uid_map"), /^ *0 +[1-9]/);
        await host.awaitReady(nodes.length);
        // Pods get the node's own, whatever has written it.
        await inside("sh", "-c", "test -w /etc/resolv.conf");
        assert.match(await inside("cat", "/etc/resolv.conf"), /^nameserver /m);
      });

      await t.step("kind export logs collects them", async () => {
        await okKind(`export logs ${LOGS}`);
        const read = (file: string) => sh(`cat ${LOGS}/${file}`);
        assert.match(await read("docker-info.txt"), /^ {2}rootless$/m);
        for (const name of nodes) {
          const serial = await read(`${name}/serial.log`);
          assert.match(serial, /this node runs in a user namespace/);
          assert.match(serial, /Reached target .*Multi-User System/);
          assert.match(await read(`${name}/journal.log`), /systemd/);
          assert.match(await read(`${name}/kubelet.log`), /kubelet/);
          assert.match(await read(`${name}/images.log`), /IMAGE ID/);
        }
      });

      await okKind("delete cluster");
      assert.equal(await okKind("get clusters"), "");
    } finally {
      await runKind("delete cluster");
      await sh(`rm -rf ${FOLDER} ${ARCHIVE} ${LOGS}`);
    }
    assert.deepEqual(await host.leftovers(), before);
  });

  Deno.test(`docker cp and commit of an unprivileged container have the owners of inside on ${where}`, async () => {
    const before = await host.clear();
    const image = "kini-e2e-owners:1";
    try {
      await docker(
        ..."run -d --privileged --name u1 debian:trixie-slim sleep 1000".split(
          " ",
        ),
      );
      await docker(
        ..."exec u1 sh -c".split(" "),
        "touch /root/f; chown 5:7 /root/f; chmod 640 /root/f",
      );
      const listed = /^-rw-r----- 5\/7 .*f$/m;
      const list = "tar --numeric-owner -tvf -";
      assert.match(await sh(`docker cp -a u1:/root/f - | ${list}`), listed);
      await docker("commit", "u1", image);
      const layer = await sh(`
        mkdir /tmp/kini-e2e-image
        docker save ${image} | tar -x -C /tmp/kini-e2e-image
        layer=$(jq -r '.[0].Layers[0]' /tmp/kini-e2e-image/manifest.json)
        ${list} </tmp/kini-e2e-image/"$layer"
        rm -r /tmp/kini-e2e-image
      `);
      assert.match(layer, listed);
      const owners = lines(layer).map((line) => line.split(/\s+/)[1]);
      assert.deepEqual(
        [...new Set(owners)].filter((one) => !/^\d{1,5}\/\d{1,5}$/.test(one!)),
        [],
      );
      assert.ok(owners.includes("0/0"));

      await docker("stop", "-t", "1", "u1");
      assert.match(await sh(`docker cp -a u1:/root/f - | ${list}`), listed);
    } finally {
      await host.run(["docker", "rm", "-f", "u1"]);
      await host.run(["docker", "rmi", image]);
    }
    assert.deepEqual(await host.leftovers(), before);
  });

  Deno.test(`what an unprivileged container can't have is said, and nothing is made on ${where}`, async () => {
    const before = await host.clear();
    const run = "docker run -d --privileged";
    const command = "busybox:1.37 sleep 1000";
    const cases: [script: string, stderr: RegExp][] = [
      [
        // A file system that can't map owners.
        `mkdir /run/o /run/o/{l,u,w,m}
         mount -t tmpfs tmpfs /run/o/u; mkdir /run/o/u/{u,w}
         mount -t overlay o -o lowerdir=/run/o/l,upperdir=/run/o/u/u,workdir=/run/o/u/w /run/o/m
         code=0; ${run} -v /run/o/m:/data ${command} || code=$?
         umount /run/o/m /run/o/u; rm -r /run/o; exit $code`,
        /cannot mount \/run\/o\/m: its file system can't map owners, /,
      ],
      [
        `${run} -v /tmp:/data:rshared ${command}`,
        /the mount at \/data can't be rshared /,
      ],
      [
        `${run} --sysctl net.core.rmem_max=65536 ${command}`,
        /the sysctl net\.core\.rmem_max can't be set from a user namespace/,
      ],
      [
        // A machine without the device.
        `unshare --mount bash -euc 'mkdir /run/d; mount -t tmpfs t /run/d
           mknod -m 666 /run/d/null c 1 3; mknod -m 666 /run/d/urandom c 1 9
           mount --move /run/d /dev; rmdir /run/d
           exec ${run} --device /dev/fuse ${command}'`,
        /"\/dev\/fuse": no such file or directory \(unprivileged nodes need it: run "modprobe fuse" as root\)/,
      ],
      [
        `KINI_UNPRIVILEGED=perhaps ${run} ${command}`,
        /KINI_UNPRIVILEGED is "perhaps": use "true" or "false", or unset it/,
      ],
    ];
    for (const [script, stderr] of cases) {
      const result = await host.run(["bash", "-euc", script]);
      assert.match(result.stderr, stderr);
      assert.equal(result.code, 125, script);
    }
    // kind shows it too.
    const refused = await runKind(`create cluster --image ${IMAGE}`, {
      env: { KINI_UNPRIVILEGED: "perhaps" },
    });
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /KINI_UNPRIVILEGED is "perhaps"/);
    assert.deepEqual(await host.leftovers(), before);
  });
}

/** What a container runtime does in a node, in namespaces of its own. */
const CONTAINER_WORK = `
  mount -t proc proc /mnt
  mount -t sysfs sysfs /mnt
  echo 0 >/proc/sys/net/ipv4/ip_unprivileged_port_start
  mkdir -p /var/work/lower /var/work/upper /var/work/work
  echo merged >/var/work/lower/file
  mount -t overlay overlay /mnt \
    -o lowerdir=/var/work/lower,upperdir=/var/work/upper,workdir=/var/work/work
  cat /mnt/file
  rm /mnt/file
  test -c /var/work/upper/file
`;

function configOf(workers: number): string {
  return `
kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
nodes:
- role: control-plane
  extraMounts:
  - hostPath: ${FOLDER}
    containerPath: /data
${"- role: worker\n".repeat(workers)}`;
}
