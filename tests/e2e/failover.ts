/**
 * Clusters with several control planes: kind's load balancer has to reach all
 * of them, to do without one that is gone, and to use it again when it is back.
 *
 * Who answers shows in the server's certificate: each control plane has its own.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Host } from "./host.ts";
import { lines } from "./lab.ts";

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

/** A place for a cluster, and what is to be seen there. */
export interface Case {
  where: string;
  /** What the load balancer is. */
  image: string;
  /** The control plane that goes away, and comes back. */
  victim: string;
  /** What happens to it meanwhile. */
  meanwhile?: (host: Host) => Promise<void>;
  /** What the load balancer ends with when it is stopped. */
  exitCode: number;
  /** A line of its log that tells that it took kind's configuration. */
  configured: RegExp;
}

/** Who answers on the published port; `none` for nobody. */
async function answers(host: Host, count: number): Promise<string[]> {
  const text = await host.sh(`
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

/** Registers a test of three control planes. */
export function testFailover(host: Host, one: Case): void {
  Deno.test(`three control planes in ${one.where}: balanced, and used again after a failure`, async () => {
    const before = await host.clear();
    try {
      const made = await host.run(
        ["kind", "create", "cluster", "--image", IMAGE, "--config", "-"],
        { stdin: CONFIG },
      );
      assert.equal(made.code, 0, made.stderr);
      await checkBalancer(host, one);
      await awaitAnswers(host, NODES);
      await awaitNodes(host);

      const { victim } = one;
      await host.docker("stop", victim);
      await awaitAnswers(host, NODES.filter((name) => name !== victim), 12);
      // Through the published port: kind's configuration names nothing else.
      await awaitNodes(host);

      await one.meanwhile?.(host);
      await host.docker("start", victim);
      await awaitAnswers(host, NODES);

      await restartBalancer(host, one);
    } finally {
      await host.run(["kind", "delete", "cluster"]);
    }
    assert.deepEqual(await host.leftovers(), before);
  });
}

async function checkBalancer(host: Host, one: Case): Promise<void> {
  const format = "{{.Config.Image}} {{.HostConfig.Privileged}}";
  assert.equal(
    await host.docker("inspect", "-f", format, BALANCER),
    `${one.image} false\n`,
  );
  assert.match(
    await host.docker("port", BALANCER),
    /^6443\/tcp -> 127\.0\.0\./,
  );
  assert.match(await host.docker("logs", BALANCER), one.configured);
  // The port in the kubeconfig is the load balancer's, and no node's.
  const port = (await host.docker("port", BALANCER)).split(":").at(-1);
  const kubeconfig = await host.ok(["kind", "get", "kubeconfig"]);
  assert.ok(kubeconfig.includes(`server: https://127.0.0.1:${port}`));
}

/** Its port stays, and so does what kind wrote into it. */
async function restartBalancer(host: Host, one: Case): Promise<void> {
  const port = await host.docker("port", BALANCER);
  await host.docker("stop", "-t", one.exitCode === 0 ? "60" : "1", BALANCER);
  assert.equal(
    await host.docker("inspect", "-f", "{{.State.ExitCode}}", BALANCER),
    `${one.exitCode}\n`,
  );
  await host.docker("start", BALANCER);
  assert.equal(await host.docker("port", BALANCER), port);
  await awaitAnswers(host, NODES);
  await awaitNodes(host);
}

/**
 * Waits until just these answer, each of them, and no connection fails in as
 * many as are made at a time.
 */
async function awaitAnswers(
  host: Host,
  names: string[],
  count = 9,
): Promise<void> {
  let seen: string[] = [];
  await awaitState(async () => {
    seen = await answers(host, count);
    return String([...new Set(seen)].sort()) === String(names);
  }, () => `${names} should answer, but it was ${seen}`);
}

/** Waits until the cluster's state can be read as its users read it. */
async function awaitNodes(host: Host): Promise<void> {
  const want = NODES.map((name) => `node/${name}`);
  let seen = { code: 0, stdout: "", stderr: "" };
  await awaitState(async () => {
    seen = await host.run(["kubectl", "get", "nodes", "-o", "name"]);
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
