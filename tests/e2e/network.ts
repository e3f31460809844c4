/**
 * Networks: IPv6 clusters, published ports, reboots of the host, and the
 * variables that choose a network.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Host } from "./host.ts";
import { labCommand, lines } from "./lab.ts";

const IMAGE = "kindest/node:v1.35.0";
const BOTH = "{{range .NetworkSettings.Networks}}{{.IPAddress}}," +
  "{{.GlobalIPv6Address}}{{end}}";

/** A cluster, and what is to be seen of it. */
export interface ClusterCase {
  family: "dual" | "ipv6";
  roles: string[];
  /** Whether the server has a network of the name that kind is told. */
  ownNetwork: boolean;
  /** The address in the kubeconfig. */
  server: RegExp;
  nodeIp: RegExp;
}

/** What kind is told by `KIND_EXPERIMENTAL_DOCKER_NETWORK`. */
const NETWORK = "kinie2e";

/** Registers a test of a cluster with IPv6, on a network of another name than kind's. */
export function testCluster(
  host: Host,
  what: string,
  { family, roles, ownNetwork, server, nodeIp }: ClusterCase,
): void {
  Deno.test(`a cluster with ipFamily ${family} of ${what} outlives a reboot of its host`, async () => {
    const before = await host.clear();
    const config = "kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n" +
      `networking: {ipFamily: ${family}}\nnodes:\n` +
      roles.map((role) => `- role: ${role}\n`).join("");
    const nodes = roles.map((role) => `kind-${role}`);
    try {
      if (ownNetwork) await host.sh(`${host.client} network create ${NETWORK}`);
      const made = await host.run(
        ["kind", "create", "cluster", "--image", IMAGE, "--config", "-"],
        {
          stdin: config,
          env: {
            HTTP_PROXY: "http://192.0.2.1:3128",
            NO_PROXY: "example.com",
            KIND_EXPERIMENTAL_DOCKER_NETWORK: NETWORK,
          },
        },
      );
      assert.equal(made.code, 0, made.stderr);
      assert.match(await host.ok(["kind", "get", "kubeconfig"]), server);
      await host.awaitReady(nodes.length);

      const control = nodes[0]!;
      for (const node of nodes) {
        const inside = (...command: string[]) =>
          host.ok(["docker", "exec", node, ...command]);
        // Without a network of the name, it is one more of the server's own.
        assert.equal(
          await host.sh(
            `${host.client} query /1.0/instances/${node} | jq -r .expanded_devices.eth0.network
            docker inspect -f '{{range $name, $_ := .NetworkSettings.Networks}}{{$name}}{{end}}' ${node}`,
          ),
          `${ownNetwork ? NETWORK : host.bridge}\n${NETWORK}\n`,
        );
        // What docker told kind is what is there, and what names lead to.
        const [ipv4 = "", ipv6 = ""] = await host.addresses(node);
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
        const [, wanted = ""] = await host.addresses(control);
        await host.sh(
          `
          for _ in $(seq 300); do
            docker exec ${node} getent ahostsv6 ${control} | grep -q '^${wanted} ' && exit 0
            sleep 0.2
          done
          docker exec ${node} getent ahosts ${control}; exit 1`,
        );
        // The proxy reaches the first process, and each command.
        const subnets = lines(
          await host.ok(
            ["docker", "network", "inspect", NETWORK, "-f"].concat(
              "{{range .IPAM.Config}}{{println .Subnet}}{{end}}",
            ),
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
          ...await host.addresses(node),
          await host.ok(["docker", "port", node]),
        ]));
      const old = await seen();
      await labCommand("down", host.name);
      await labCommand("up", host.name);
      // The server starts them one after the other, in its own time.
      await host.awaitReady(nodes.length);
      assert.deepEqual(await seen(), old);
      for (const node of nodes) {
        await host.docker("exec", node, "test", "-e", "/var/lib/kept");
      }
    } finally {
      await host.run(["kind", "delete", "cluster"]);
      const program = ownNetwork ? host.client : "docker";
      await host.run([program, "network", "rm", NETWORK]);
    }
    assert.deepEqual(await host.leftovers(), before);
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

/** Registers a test of published ports. */
export function testPorts(host: Host, what: string): void {
  Deno.test(`published ports of ${what} carry bytes of tcp and udp, by IPv4 and IPv6`, async () => {
    const before = await host.clear();
    const docker = (...args: string[]) => host.docker(...args);
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
          await host.ok(
            ["python3", "-c", ASK, protocol, address, String(port)],
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
        const result = await host.run(
          ["docker", "run", "-d", "-p", publish]
            .concat("busybox:1.37", "sleep", "900"),
        );
        assert.equal(result.code, 125, result.stderr);
        assert.match(result.stderr, reason);
      }
    } finally {
      await host.clear();
    }
    assert.deepEqual(await host.leftovers(), before);
  });
}

/** Registers a test of `KINI_NETWORK` with a value for the network, or profile, `kinie2e`. */
export function testSetting(host: Host, own: string): void {
  Deno.test(`KINI_NETWORK=${own} chooses where containers are`, async () => {
    const { client } = host;
    const before = await host.clear();
    try {
      await host.sh(
        `
        ${client} network create kinie2e ipv4.address=10.99.7.1/24 ipv6.address=none
        ${client} profile create kinie2e
        ${client} profile device add kinie2e lan nic network=kinie2e name=eth0
        ${client} profile device add kinie2e root disk path=/ pool=default
        `,
      );
      const env = { KINI_NETWORK: own };
      const run = (...args: string[]) => host.ok(["docker", ...args], { env });
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
      const other = await host.run(
        ["docker", "network", "inspect", "e2e"],
      );
      assert.match(other.stderr, /network e2e not found/);

      const node = await host.run(
        ["docker", "run", "-d", "--name", "node", "--network", "e2e"].concat(
          "--label=io.x-k8s.kind.cluster=x",
          "--sysctl=net.ipv6.conf.all.disable_ipv6=0",
          "--sysctl=net.ipv6.conf.all.forwarding=1",
          "busybox:1.37",
        ),
        { env },
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
      await host.clear();
      await host.sh(
        `${client} profile delete kinie2e; ${client} network delete kinie2e`,
      );
    }
    for (const setting of ["no-such", "profile:no-such", "profile:", "a b"]) {
      for (const command of ["run -d busybox:1.37", "network create e2e"]) {
        const result = await host.run(["docker", ...command.split(" ")], {
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
    assert.deepEqual(await host.leftovers(), before);
  });
}

/** Registers a test of `network connect` and `--dns`. */
export function testConnect(host: Host): void {
  Deno.test("network connect gives a container the name of its network; --dns is heeded", async () => {
    const before = await host.clear();
    const docker = (...args: string[]) => host.docker(...args);
    const shown = () =>
      docker("inspect", "-f", "{{json .NetworkSettings.Networks.kind}}", "reg");
    try {
      // As the scripts for a local registry do.
      await host.sh(
        "docker network inspect kind || docker network create kind",
      );
      await docker(
        ..."run -d --network bridge --name reg busybox:1.37 sleep 900".split(
          " ",
        ),
      );
      assert.equal(await shown(), "null\n");
      await docker("network", "connect", "kind", "reg");
      assert.match(await shown(), /"IPAddress":"\d+\.\d+\.\d+\.\d+"/);
      const again = await host.run(
        ["docker", "network", "connect", "kind", "reg"],
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
      await host.clear();
    }
    assert.deepEqual(await host.leftovers(), before);
  });
}
