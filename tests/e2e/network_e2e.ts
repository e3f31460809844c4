/**
 * Networks: IPv6 clusters, published ports, reboots of the host, and
 * `KINI_NETWORK`, on a real Incus and a real LXD.
 */
import assert from "node:assert/strict";
import {
  lab,
  labCommand,
  leftovers,
  lines,
  ok,
  removeAll,
  type RunOptions,
  sh,
} from "./lab.ts";

const IMAGE = "kindest/node:v1.35.0";
const BOTH = "{{range .NetworkSettings.Networks}}{{.IPAddress}}," +
  "{{.GlobalIPv6Address}}{{end}}";

/** Servers, and what the tests choose of `KINI_NETWORK` on them. */
const HOSTS = [
  {
    name: "incus",
    bridge: "incusbr0",
    client: "incus",
    what: "OCI containers",
    setting: "profile:kinie2e",
  },
  {
    name: "lxd",
    bridge: "lxdbr0",
    client: "lxc",
    what: "system containers",
    setting: "kinie2e",
  },
] as const;

type Host = (typeof HOSTS)[number];

/** A cluster, and what is to be seen of it. */
const CLUSTERS = [
  {
    host: HOSTS[0],
    family: "dual",
    roles: ["control-plane"],
    server: /^ *server: https:\/\/127\.0\.0\.1:\d+$/m,
    nodeIp: /^\d+\.\d+\.\d+\.\d+,[0-9a-f:]+$/,
  },
  {
    host: HOSTS[1],
    family: "ipv6",
    roles: ["control-plane", "worker"],
    server: /^ *server: https:\/\/\[::1\]:\d+$/m,
    nodeIp: /^[0-9a-f:]+$/,
  },
];

for (const { host, family, roles, server, nodeIp } of CLUSTERS) {
  Deno.test(`a cluster with ipFamily ${family} of ${host.what} outlives a reboot of its host`, async () => {
    const options: RunOptions = { host: host.name };
    const before = await clear(host);
    const config = "kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n" +
      `networking: {ipFamily: ${family}}\nnodes:\n` +
      roles.map((role) => `- role: ${role}\n`).join("");
    const nodes = roles.map((role) => `kind-${role}`);
    try {
      const made = await lab(
        ["kind", "create", "cluster", "--image", IMAGE, "--config", "-"],
        {
          ...options,
          stdin: config,
          timeout: 240_000,
          env: { HTTP_PROXY: "http://192.0.2.1:3128", NO_PROXY: "example.com" },
        },
      );
      assert.equal(made.code, 0, made.stderr);
      assert.match(await ok(["kind", "get", "kubeconfig"], options), server);
      await awaitReady(nodes.length, options);

      const control = nodes[0]!;
      for (const node of nodes) {
        const inside = (...command: string[]) =>
          ok(["docker", "exec", node, ...command], options);
        // What docker told kind is what is there, and what names lead to.
        const [ipv4 = "", ipv6 = ""] = await addresses(node, options);
        assert.match(ipv4, /^\d+\.\d+\.\d+\.\d+$/);
        assert.match(ipv6, /^fd42:[0-9a-f:]+$/);
        const shown = await inside("ip", "-o", "-6", "address", "show", "eth0");
        assert.ok(shown.includes(` ${ipv6}/64 scope global`), shown);
        assert.doesNotMatch(shown, / scope global .*(tentative|dadfailed)/);
        assert.match(
          await inside("ip", "-6", "route", "show", "default"),
          /^default via fd42:/m,
        );
        const conf = await inside("cat", "/kind/kubeadm.conf");
        const [, given = ""] = /node-ip: (\S+)/.exec(conf) ?? [];
        assert.match(given, nodeIp);
        assert.ok(given.split(",").includes(ipv6), given);
        const [, wanted = ""] = await addresses(control, options);
        await sh(
          `
          for _ in $(seq 300); do
            docker exec ${node} getent ahostsv6 ${control} | grep -q '^${wanted} ' && exit 0
            sleep 0.2
          done
          docker exec ${node} getent ahosts ${control}; exit 1`,
          options,
        );
        // The proxy reaches the first process, and each command.
        const subnets = lines(
          await ok(
            ["docker", "network", "inspect", "kind", "-f"].concat(
              "{{range .IPAM.Config}}{{println .Subnet}}{{end}}",
            ),
            options,
          ),
        ).filter((line) => line !== "");
        assert.equal(subnets.length, 2);
        assert.match(subnets[0]!, /^\d+\./);
        for (
          const environment of [
            (await inside("cat", "/proc/1/environ")).split("\0"),
            lines(await inside("env")),
          ]
        ) {
          assert.ok(environment.includes("HTTP_PROXY=http://192.0.2.1:3128"));
          const found = environment.find((one) => one.startsWith("NO_PROXY="));
          for (const part of [...subnets, "example.com", node]) {
            assert.ok(found?.slice(9).split(",").includes(part), found);
          }
        }
        await inside("touch", "/var/lib/kept");
      }

      const seen = () =>
        Promise.all(nodes.map(async (node) => [
          ...await addresses(node, options),
          await ok(["docker", "port", node], options),
        ]));
      const old = await seen();
      await labCommand("down", host.name);
      await labCommand("up", host.name);
      // The server starts them one after the other, in its own time.
      await awaitReady(nodes.length, options);
      assert.deepEqual(await seen(), old);
      for (const node of nodes) {
        await ok(
          ["docker", "exec", node, "test", "-e", "/var/lib/kept"],
          options,
        );
      }
    } finally {
      await lab(["kind", "delete", "cluster"], options);
    }
    assert.deepEqual(await leftovers(host.name), before);
  });
}

/** Answers a line on tcp 80, and a packet on udp 53. */
const ECHO = `
if (fork) {
  $s = IO::Socket::INET->new(Listen => 5, LocalPort => 80) or die;
  while ($c = $s->accept) { $l = <$c>; print $c "tcp $l"; close $c }
} else {
  $s = IO::Socket::INET->new(Proto => "udp", LocalPort => 53) or die;
  while (1) { $s->recv($m, 512); $s->send("udp $m") }
}`;

/** Asks until there is an answer: protocol, address, port. */
const ASK = `
import socket, sys, time
protocol, host, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
family = socket.AF_INET6 if ":" in host else socket.AF_INET
kind = socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM
for _ in range(30):
    try:
        with socket.socket(family, kind) as s:
            s.settimeout(2)
            s.connect((host, port))
            s.send(b"hello\\n")
            answer = s.recv(512)
            if answer:
                print(answer.decode(), end="")
                sys.exit()
    except OSError as error:
        print(error, file=sys.stderr)
    time.sleep(0.5)
sys.exit("no answer")
`;

for (const host of HOSTS) {
  Deno.test(`published ports of ${host.what} carry bytes of tcp and udp, by IPv4 and IPv6`, async () => {
    const options: RunOptions = { host: host.name };
    const before = await clear(host);
    const docker = (...args: string[]) => ok(["docker", ...args], options);
    try {
      await docker(
        ..."run -d --name echo -p 127.0.0.1:18080:80 -p [::1]:18080:80".split(
          " ",
        ),
        ..."-p 18081:80 -p [::]:18082:80 -p 0.0.0.0:18053:53/udp".split(" "),
        ..."-p [::1]:18054:53/udp -p 0:80 -p 0:53/udp".split(" "),
        ..."-p 18090-18092:80 debian:trixie-slim".split(" "),
        "perl",
        "-MIO::Socket::INET",
        "-e",
        ECHO,
      );
      const ports = lines(await docker("port", "echo"));
      const chosen = (protocol: string, known: number[]) => {
        const all = ports.map((line) => / -> (.*):(\d+)$/.exec(line)!)
          .filter((match) => match.input.includes(`/${protocol} `))
          .map((match) => Number(match[2]));
        const [port = 0] = all.filter((one) => !known.includes(one));
        assert.ok(port > 1024, ports.join("\n"));
        return port;
      };
      const tcp = chosen("tcp", [18080, 18081, 18082, 18090]);
      const udp = chosen("udp", [18053, 18054]);
      assert.deepEqual(
        new Set(ports),
        new Set([
          "80/tcp -> 127.0.0.1:18080",
          "80/tcp -> [::1]:18080",
          "80/tcp -> 0.0.0.0:18081",
          "80/tcp -> [::]:18081",
          "80/tcp -> [::]:18082",
          `80/tcp -> 0.0.0.0:${tcp}`,
          `80/tcp -> [::]:${tcp}`,
          "80/tcp -> 0.0.0.0:18090",
          "80/tcp -> [::]:18090",
          "53/udp -> 0.0.0.0:18053",
          "53/udp -> [::1]:18054",
          `53/udp -> 0.0.0.0:${udp}`,
          `53/udp -> [::]:${udp}`,
        ]),
      );
      for (
        const [protocol, address, port] of [
          ["tcp", "127.0.0.1", 18080],
          ["tcp", "::1", 18080],
          ["tcp", "127.0.0.1", 18081],
          ["tcp", "::1", 18081],
          ["tcp", "::1", 18082],
          ["tcp", "127.0.0.1", tcp],
          ["tcp", "127.0.0.1", 18090],
          ["udp", "127.0.0.1", 18053],
          ["udp", "::1", 18054],
          ["udp", "127.0.0.1", udp],
          ["udp", "::1", udp],
        ] as const
      ) {
        assert.equal(
          await ok(
            ["python3", "-c", ASK, protocol, address, String(port)],
            options,
          ),
          `${protocol} hello\n`,
          `${address}:${port}`,
        );
      }

      // The next of a range; a port that is taken; one that can't be had.
      await docker(
        ..."run -d --name next -p 18090-18092:80 busybox:1.37 sleep 900".split(
          " ",
        ),
      );
      assert.equal(
        await docker("port", "next"),
        "80/tcp -> 0.0.0.0:18091\n80/tcp -> [::]:18091\n",
      );
      for (
        const [publish, reason] of [
          [
            "18081:80",
            /Bind for 0\.0\.0\.0:18081 failed: port is already allocated\.$/m,
          ],
          ["192.0.2.7:80:80", /bind: cannot assign requested address\.$/m],
          ["7:7/sctp", /7\/sctp can't be published: the server forwards tcp/],
        ] as const
      ) {
        const result = await lab(
          ["docker", "run", "-d", "-p", publish]
            .concat("busybox:1.37", "sleep", "900"),
          options,
        );
        assert.equal(result.code, 125, result.stderr);
        assert.match(result.stderr, reason);
      }
    } finally {
      await removeAll(options);
    }
    assert.deepEqual(await leftovers(host.name), before);
  });
}

Deno.test("KINI_NETWORK chooses the network, or the profile, of containers", async () => {
  for (const host of HOSTS) {
    const options: RunOptions = { host: host.name };
    const { client } = host;
    const before = await clear(host);
    try {
      await sh(
        `
        ${client} network create kinie2e ipv4.address=10.99.7.1/24 ipv6.address=none
        ${client} profile create kinie2e
        ${client} profile device add kinie2e lan nic network=kinie2e name=eth0
        ${client} profile device add kinie2e root disk path=/ pool=default
        `,
        options,
      );
      const env = { KINI_NETWORK: host.setting };
      const run = (...args: string[]) =>
        ok(["docker", ...args], { ...options, env });
      assert.deepEqual(
        lines(await run("network", "ls", "--format", "{{.Name}}")),
        ["bridge", host.bridge, "none"].sort(),
      );
      await run("network", "create", "e2e");
      await run(
        ..."run -d --name chosen --network e2e busybox:1.37 sleep 900".split(
          " ",
        ),
      );
      assert.match(
        await run("inspect", "-f", BOTH, "chosen"),
        /^10\.99\.7\.\d+,$/m,
      );
      assert.equal(
        await run(
          ..."network inspect -f {{range.Containers}}{{.Name}}{{end}} e2e"
            .split(" "),
        ),
        "chosen\n",
      );
      // Without it, the name is not known: it was given to another network.
      const other = await lab(
        ["docker", "network", "inspect", "e2e"],
        options,
      );
      assert.match(other.stderr, /network e2e not found/);

      const node = await lab(
        ["docker", "run", "-d", "--name", "node", "--network", "e2e"].concat(
          "--label=io.x-k8s.kind.cluster=x",
          "--sysctl=net.ipv6.conf.all.disable_ipv6=0",
          "--sysctl=net.ipv6.conf.all.forwarding=1",
          "busybox:1.37",
        ),
        { ...options, env },
      );
      assert.equal(node.code, 125);
      assert.match(
        node.stderr,
        new RegExp(
          "^docker: network e2e has no IPv6, which ipFamily asks for: give it " +
            `one with "${client} network set kinie2e ipv6\\.address=auto`,
        ),
      );
      await run("rm", "-f", "chosen");
      await run("network", "rm", "e2e");
    } finally {
      await removeAll(options);
      await sh(
        `${client} profile delete kinie2e; ${client} network delete kinie2e`,
        options,
      );
    }
    for (const setting of ["no-such", "profile:no-such", "profile:", "a b"]) {
      for (const command of ["run -d busybox:1.37", "network create e2e"]) {
        const result = await lab(["docker", ...command.split(" ")], {
          ...options,
          env: { KINI_NETWORK: setting },
        });
        assert.equal(result.code, command.startsWith("run") ? 125 : 1);
        assert.match(
          result.stderr,
          new RegExp(
            `^(docker: )?KINI_NETWORK is "${setting}"[^\n]+or unset it`,
          ),
        );
      }
    }
    assert.deepEqual(await leftovers(host.name), before);
  }
});

Deno.test("network connect gives a container the name of its network; --dns is heeded", async () => {
  for (const host of HOSTS) {
    const options: RunOptions = { host: host.name };
    const before = await clear(host);
    const docker = (...args: string[]) => ok(["docker", ...args], options);
    const shown = () =>
      docker("inspect", "-f", "{{json .NetworkSettings.Networks.kind}}", "reg");
    try {
      // As the scripts for a local registry do.
      await sh(
        "docker network inspect kind || docker network create kind",
        options,
      );
      await docker(
        ..."run -d --network bridge --name reg busybox:1.37 sleep 900".split(
          " ",
        ),
      );
      assert.equal(await shown(), "null\n");
      await docker("network", "connect", "kind", "reg");
      assert.match(await shown(), /"IPAddress":"\d+\.\d+\.\d+\.\d+"/);
      const again = await lab(
        ["docker", "network", "connect", "kind", "reg"],
        options,
      );
      assert.deepEqual(
        [again.code, again.stderr],
        [
          1,
          "Error response from daemon: endpoint with name reg already exists in network kind\n",
        ],
      );
      await docker("network", "disconnect", "kind", "reg");
      assert.equal(await shown(), "null\n");

      const text = await docker(
        ..."run --rm --dns 192.0.2.53 --dns-search a.test --dns-search b.test"
          .split(" "),
        ..."busybox:1.37 cat /etc/resolv.conf".split(" "),
      );
      assert.deepEqual(
        lines(text).filter((line) => !line.startsWith("options")),
        ["nameserver 192.0.2.53", "search a.test b.test"],
      );
    } finally {
      await removeAll(options);
    }
    assert.deepEqual(await leftovers(host.name), before);
  }
});

async function clear(host: Host): Promise<string[]> {
  await removeAll({ host: host.name });
  return await leftovers(host.name);
}

async function addresses(node: string, options: RunOptions): Promise<string[]> {
  return (await ok(["docker", "inspect", "-f", BOTH, node], options)).trim()
    .split(",");
}

/** Waits until kubectl on the host sees so many nodes that are ready. */
async function awaitReady(count: number, options: RunOptions): Promise<void> {
  await sh(
    `
    for _ in $(seq 300); do
      [ "$(kubectl get nodes 2>/dev/null | grep -c ' Ready ')" = ${count} ] && exit 0
      sleep 0.3
    done
    kubectl get nodes; exit 1`,
    { ...options, timeout: 300_000 },
  );
}
