/**
 * A cluster's life in one cell, step by step.
 *
 * @module
 */
import { lines } from "../e2e/lab.ts";
import { type Cell, TOPOLOGIES } from "./cell.ts";
import { nodeImageKind } from "./host_state.ts";
import { type Programs, StepError } from "./program.ts";
import type { Facts } from "./result.ts";

const NAME = "matrix";
const NODE_IMAGE = "kindest/node:v1.35.0";
const FOLDER = "/tmp/kini-matrix";
const ARCHIVE = `${FOLDER}/archive.tar`;
/** An image that no node has, and another. */
const IMAGE = "docker.io/library/busybox:1.37";
const ARCHIVED = "docker.io/kini/test:1";
/** What `kind export logs` has of each node. */
const LOGS = [
  "serial.log",
  "journal.log",
  "kubelet.log",
  "containerd.log",
  "images.log",
  "inspect.json",
  "kubernetes-version.txt",
];
/**
 * kind makes no cluster of unprivileged nodes where docker says that nothing
 * can be limited, as on the lab's machine; under this it says so no more.
 */
const ALL_CONTROLLERS = "/kini/tests/lab/with-controllers";
/** Seconds in which a node becomes ready, however slow the machine is. */
const PATIENCE = 300;

/** What is done in a cell; `name` is the command that it shows. */
export interface Step {
  name: string;
  run(): Promise<void>;
}

/** The cluster of a cell. */
export class Cluster {
  readonly #cell: Cell;
  readonly #host: Programs;
  readonly #facts: Facts;
  /** Names of all nodes of Kubernetes. */
  readonly #nodes: string[];

  /** What the cluster's parts report goes to `facts`. */
  constructor(cell: Cell, host: Programs, facts: Facts) {
    this.#cell = cell;
    this.#host = host;
    this.#facts = facts;
    const { controlPlanes, workers } = TOPOLOGIES[cell.nodes];
    this.#nodes = [
      ...numbered(`${NAME}-control-plane`, controlPlanes),
      ...numbered(`${NAME}-worker`, workers),
    ];
  }

  /** All that is done with it, in order. */
  steps(): Step[] {
    const kind = (command: string, run: () => Promise<void>) => ({
      name: `kind ${command}`,
      run,
    });
    return [
      kind("create cluster", () => this.#create()),
      { name: "kubectl get nodes", run: () => this.#awaitReady() },
      { name: "mode and privileges", run: () => this.#checkMode() },
      kind("get clusters", () => this.#same(["get", "clusters"], [NAME])),
      kind("get nodes", () => this.#getNodes()),
      kind("get kubeconfig", () => this.#getKubeconfig()),
      kind("export kubeconfig", () => this.#exportKubeconfig()),
      kind("load docker-image", () => this.#loadImage()),
      kind("load image-archive", () => this.#loadArchive()),
      kind("export logs", () => this.#exportLogs()),
      ...(this.#cell.nodes === "3+lb"
        ? [{ name: "fail-over", run: () => this.#failOver() }]
        : []),
      kind("delete cluster", () => this.#delete()),
    ];
  }

  /** Removes the cluster, and the files that the steps made. */
  async #delete(): Promise<void> {
    await this.#kind(["delete", "cluster", "--name", NAME]);
    await this.#same(["get", "clusters"], []);
    await this.#host.ok(["rm", "-rf", FOLDER]);
  }

  #kind(args: readonly string[], stdin?: string): Promise<string> {
    const unprivileged = this.#cell.privilege === "unprivileged";
    const prefix = unprivileged ? [ALL_CONTROLLERS] : [];
    return this.#host.ok([...prefix, "kind", ...args], stdin);
  }

  async #create(): Promise<void> {
    await this.#host.ok(["mkdir", FOLDER]);
    const { controlPlanes, workers } = TOPOLOGIES[this.#cell.nodes];
    const config = [
      "kind: Cluster",
      "apiVersion: kind.x-k8s.io/v1alpha4",
      "nodes:",
      ...Array<string>(controlPlanes).fill("- role: control-plane"),
      ...Array<string>(workers).fill("- role: worker"),
    ];
    await this.#kind(
      ["create", "cluster", "--name", NAME, "--image", NODE_IMAGE]
        .concat("--config", "-", "--wait", `${PATIENCE}s`),
      config.join("\n"),
    );
  }

  /** By the published port, since that is what the kubeconfig names. */
  async #awaitReady(): Promise<void> {
    const ready = this.#nodes.length;
    await this.#host.sh(`
      end=$((SECONDS + ${PATIENCE}))
      until [ "$(kubectl get nodes | grep -c ' Ready ')" = ${ready} ]; do
        if [ $SECONDS -gt $end ]; then
          kubectl get nodes --no-headers | sed 's/^/error: not ready: /' >&2
          exit 1
        fi
        sleep 0.5
      done
    `);
    const text = await this.#host.ok(
      ["kubectl", "get", "nodes", "-o", "json"],
    );
    const { items } = JSON.parse(text) as {
      items: {
        metadata: { name: string };
        status: { nodeInfo: { kubeletVersion: string } };
      }[];
    };
    expectSame(items.map((one) => one.metadata.name).sort(), this.#nodes);
    const version = items[0]?.status.nodeInfo.kubeletVersion;
    if (version) this.#facts.kubernetes = version;
  }

  /** The cell is what its name says. */
  async #checkMode(): Promise<void> {
    const info = await this.#host.ok(["docker", "info"]);
    const mode = /^\s*Mode: (\w+)/m.exec(info)?.[1];
    if (mode !== this.#cell.mode) {
      throw new StepError(`docker info: mode ${mode}, not ${this.#cell.mode}`);
    }
    this.#facts.image = await nodeImageKind(
      this.#host,
      `${NAME}-control-plane`,
    );
    for (const node of this.#nodes) {
      const map = await this.#host.ok(
        ["docker", "exec", node, "cat", "/proc/1/uid_map"],
      );
      const own = /^\s*0\s+0\s/.test(map) ? "privileged" : "unprivileged";
      if (own !== this.#cell.privilege) {
        throw new StepError(`${node} is ${own}: ${map.trim()}`);
      }
    }
  }

  async #getNodes(): Promise<void> {
    const nodes = lines(await this.#kind(["get", "nodes", "--name", NAME]));
    const balancer = `${NAME}-external-load-balancer`;
    const own = nodes.filter((name) => name !== balancer);
    expectSame(own.sort(), this.#nodes);
  }

  async #getKubeconfig(): Promise<void> {
    const text = await this.#kind(["get", "kubeconfig", "--name", NAME]);
    if (!/server: https:\/\/127\.0\.0\.1:\d+\n/.test(text)) {
      throw new StepError(`no server on 127.0.0.1: ${firstLine(text)}`);
    }
  }

  async #exportKubeconfig(): Promise<void> {
    const file = ["--kubeconfig", `${FOLDER}/kubeconfig`];
    await this.#kind(["export", "kubeconfig", "--name", NAME, ...file]);
    await this.#host.ok(["kubectl", ...file, "get", "nodes"]);
  }

  async #loadImage(): Promise<void> {
    await this.#host.ok(["docker", "pull", "-q", IMAGE]);
    await this.#kind(["load", "docker-image", IMAGE, "--name", NAME]);
    await this.#awaitImage(IMAGE);
  }

  async #loadArchive(): Promise<void> {
    await this.#host.ok(
      ["skopeo", "copy", "-q", `docker://${ARCHIVED}`]
        .concat(`docker-archive:${ARCHIVE}:${ARCHIVED}`),
    );
    await this.#kind(["load", "image-archive", ARCHIVE, "--name", NAME]);
    await this.#awaitImage(ARCHIVED);
  }

  async #awaitImage(image: string): Promise<void> {
    const list = ["ctr", "-n", "k8s.io", "images", "ls", "-q"];
    for (const node of this.#nodes) {
      const text = await this.#host.ok(["docker", "exec", node, ...list]);
      if (lines(text).includes(image)) continue;
      throw new StepError(`${node} has no image ${image}`);
    }
  }

  async #exportLogs(): Promise<void> {
    const folder = `${FOLDER}/logs`;
    await this.#kind(["export", "logs", folder, "--name", NAME]);
    const files = this.#nodes.flatMap((node) =>
      LOGS.map((file) => `${node}/${file}`)
    );
    for (const file of ["docker-info.txt", "kind-version.txt", ...files]) {
      const { code } = await this.#host.attempt(
        ["test", "-s", `${folder}/${file}`],
      );
      if (code !== 0) throw new StepError(`${file} is empty`);
    }
  }

  /** The first control plane stops, and the API is there; it comes back. */
  async #failOver(): Promise<void> {
    const [first = ""] = this.#nodes;
    await this.#host.ok(["docker", "stop", first]);
    // Once the balancer has noticed, every request is answered.
    await this.#host.sh(`
      end=$((SECONDS + ${PATIENCE})) answers=0
      until [ $answers -ge 5 ]; do
        if kubectl --request-timeout=10s get nodes >/dev/null; then
          answers=$((answers + 1))
        elif [ $SECONDS -gt $end ]; then
          echo "error: the API is not reached without ${first}" >&2
          exit 1
        else
          answers=0
          sleep 0.5
        fi
      done
    `);
    await this.#host.ok(["docker", "start", first]);
    await this.#awaitReady();
  }

  async #same(args: string[], want: readonly string[]): Promise<void> {
    expectSame(lines(await this.#kind(args)), want);
  }
}

function expectSame(found: readonly string[], want: readonly string[]): void {
  if (found.join() === want.join()) return;
  throw new StepError(`${found.join(", ") || "none"}, not ${want.join(", ")}`);
}

/** Names as kind gives them: the first one has no number. */
function numbered(name: string, count: number): string[] {
  return Array.from(
    { length: count },
    (_, index) => index === 0 ? name : `${name}${index + 1}`,
  );
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
