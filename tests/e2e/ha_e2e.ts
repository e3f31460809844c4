/**
 * Clusters with several control planes: kind's load balancer has to reach all
 * of them, to do without one that is gone, and to use it again when it is back.
 *
 * Who answers shows in the server's certificate: each control plane has its own.
 */
import assert from "node:assert/strict";
import {
  lab,
  leftovers,
  lines,
  ok,
  removeAll,
  type RunOptions,
  sh,
} from "./lab.ts";

const IMAGE = "kindest/node:v1.35.0";
const BALANCER = "kind-external-load-balancer";
const FIRST = "kind-control-plane";
const NODES = [FIRST, `${FIRST}2`, `${FIRST}3`];
const CONFIG = `
kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
nodes:
- role: control-plane
- role: control-plane
- role: control-plane
`;

/** How long a state may take to come about, in milliseconds. */
const PATIENCE = 120_000;

interface Case {
  where: string;
  host: "incus" | "lxd";
  kind: string;
  env?: Record<string, string>;
  /** What the load balancer is. */
  image: string;
  /** The control plane that goes away, and comes back. */
  victim: string;
  /** What happens to it meanwhile. */
  meanwhile?: (run: Runner) => Promise<void>;
  /** What the load balancer ends with when it is stopped. */
  exitCode: number;
  /** A line of its log that tells that it took kind's configuration. */
  configured: RegExp;
}

const CASES: Case[] = [
  {
    where: "OCI mode with kind 0.33 and Envoy",
    host: "incus",
    kind: "0.33",
    image: "docker.io/envoyproxy/envoy:v1.36.2",
    victim: `${FIRST}2`,
    // It comes back somewhere else.
    meanwhile: moveAddress,
    // Its shell is PID 1 and doesn't mind SIGTERM, as under docker.
    exitCode: 137,
    configured: /\/home\/envoy\/lds\.yaml is in force/,
  },
  {
    where: "LXC mode with kind 0.27 and haproxy",
    host: "lxd",
    kind: "0.27",
    image: "docker.io/kindest/haproxy:v20230606-42a2262b",
    // The others answer from what they know.
    victim: FIRST,
    exitCode: 0,
    configured: /Reloading HAProxy/,
  },
];

/** Runs programs in one case's place. */
class Runner {
  readonly options: RunOptions;

  constructor({ host, kind, env }: Case) {
    this.options = { host, kind, env: env ?? {} };
  }

  docker(...args: string[]): Promise<string> {
    return ok(["docker", ...args], this.options);
  }

  sh(script: string): Promise<string> {
    return sh(script, this.options);
  }

  /** Who answers on the published port; `none` for nobody. */
  async answers(count: number): Promise<string[]> {
    const text = await this.sh(`
      address=$(docker port ${BALANCER} 6443/tcp)
      for _ in $(seq ${count}); do
        certificate=$(timeout 10 openssl s_client -connect "$address" </dev/null 2>/dev/null || true)
        name=$(openssl x509 -noout -ext subjectAltName 2>/dev/null <<<"$certificate" |
          grep -o 'DNS:[^,]*' | head -n 1 || true)
        echo "\${name:-DNS:none}"
      done
    `);
    return lines(text).map((line) => line.replace("DNS:", ""));
  }
}

for (const one of CASES) {
  Deno.test(`three control planes in ${one.where}: balanced, and used again after a failure`, async () => {
    const run = new Runner(one);
    await removeAll(run.options);
    const before = await leftovers(one.host);
    try {
      const made = await lab(
        ["kind", "create", "cluster", "--image", IMAGE, "--config", "-"],
        { ...run.options, stdin: CONFIG, timeout: 300_000 },
      );
      assert.equal(made.code, 0, made.stderr);
      await checkBalancer(run, one);
      await awaitAnswers(run, NODES);
      await awaitNodes(run);

      const { victim } = one;
      await run.docker("stop", victim);
      await awaitAnswers(run, NODES.filter((name) => name !== victim), 12);
      // Through the published port: kind's configuration names nothing else.
      await awaitNodes(run);

      await one.meanwhile?.(run);
      await run.docker("start", victim);
      await awaitAnswers(run, NODES);

      await restartBalancer(run, one);
    } finally {
      await lab(["kind", "delete", "cluster"], run.options);
    }
    assert.deepEqual(await leftovers(one.host), before);
  });
}

async function checkBalancer(run: Runner, one: Case): Promise<void> {
  const format = "{{.Config.Image}} {{.HostConfig.Privileged}}";
  assert.equal(
    await run.docker("inspect", "-f", format, BALANCER),
    `${one.image} false\n`,
  );
  assert.match(await run.docker("port", BALANCER), /^6443\/tcp -> 127\.0\.0\./);
  assert.match(await run.docker("logs", BALANCER), one.configured);
  // The port in the kubeconfig is the load balancer's, and no node's.
  const port = (await run.docker("port", BALANCER)).split(":").at(-1);
  const kubeconfig = await ok(["kind", "get", "kubeconfig"], run.options);
  assert.ok(kubeconfig.includes(`server: https://127.0.0.1:${port}`));
}

/** Its port stays, and so does what kind wrote into it. */
async function restartBalancer(run: Runner, one: Case): Promise<void> {
  const port = await run.docker("port", BALANCER);
  await run.docker("stop", "-t", one.exitCode === 0 ? "60" : "1", BALANCER);
  assert.equal(
    await run.docker("inspect", "-f", "{{.State.ExitCode}}", BALANCER),
    `${one.exitCode}\n`,
  );
  await run.docker("start", BALANCER);
  assert.equal(await run.docker("port", BALANCER), port);
  await awaitAnswers(run, NODES);
  await awaitNodes(run);
}

/**
 * Waits until just these answer, each of them, and no connection fails in as
 * many as are made at a time.
 */
async function awaitAnswers(
  run: Runner,
  names: string[],
  count = 9,
): Promise<void> {
  let seen: string[] = [];
  await awaitState(async () => {
    seen = await run.answers(count);
    return String([...new Set(seen)].sort()) === String(names);
  }, () => `${names} should answer, but it was ${seen}`);
}

/** Waits until the cluster's state can be read as its users read it. */
async function awaitNodes(run: Runner): Promise<void> {
  const want = NODES.map((name) => `node/${name}`);
  let seen = { code: 0, stdout: "", stderr: "" };
  await awaitState(async () => {
    seen = await lab(["kubectl", "get", "nodes", "-o", "name"], run.options);
    return String(lines(seen.stdout).sort()) === String(want);
  }, () => `kubectl get nodes: ${seen.stdout}${seen.stderr}`);
}

async function awaitState(
  reached: () => Promise<boolean>,
  describe: () => string,
): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (!await reached()) {
    assert.ok(performance.now() < end, describe());
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** The server gives the stopped control plane another address. */
async function moveAddress(run: Runner): Promise<void> {
  const node = `${FIRST}2`;
  await run.sh(`
    gateway=$(incus network get incusbr0 ipv4.address)
    old=$(incus network list-leases incusbr0 -f csv | grep -E '^${node},.*,[0-9.]+,' | cut -d, -f3)
    new=\${gateway%.*}.251
    [ "$new" != "$old" ]
    # A container has a device of its own only where the profile's won't do.
    incus config device set ${node} eth0 ipv4.address="$new" 2>/dev/null ||
      incus config device override ${node} eth0 ipv4.address="$new" >/dev/null
  `);
}
