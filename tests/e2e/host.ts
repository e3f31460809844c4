/**
 * A server of the lab, and what the tests of several servers ask of it.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  type HostName,
  lab,
  leftovers,
  lines,
  ok,
  removeAll,
  type Result,
  type RunOptions,
  sh,
} from "./lab.ts";

const ADDRESSES = "{{range .NetworkSettings.Networks}}{{.IPAddress}}," +
  "{{.GlobalIPv6Address}}{{end}}";
const LOGS = "/tmp/kini-e2e-logs";

/** Runs programs beside one server, with the same settings each time. */
export class Host {
  readonly #options: RunOptions;
  /** The server's own client. */
  readonly client: "incus" | "lxc";
  /** The network of the profile `default`. */
  readonly bridge: "incusbr0" | "lxdbr0";

  constructor(
    readonly name: Exclude<HostName, "docker">,
    options: Omit<RunOptions, "host"> = {},
  ) {
    this.#options = { host: name, ...options };
    this.client = name === "lxd" ? "lxc" : "incus";
    this.bridge = name === "lxd" ? "lxdbr0" : "incusbr0";
  }

  /** Runs a program; its variables are added to those of the host. */
  run(command: readonly string[], options: RunOptions = {}): Promise<Result> {
    return lab(command, this.#with(options));
  }

  /** Runs a program that must succeed, and returns what it printed on stdout. */
  ok(command: readonly string[], options: RunOptions = {}): Promise<string> {
    return ok(command, this.#with(options));
  }

  docker(...args: string[]): Promise<string> {
    return this.ok(["docker", ...args]);
  }

  /** Runs a shell script that must succeed. */
  sh(script: string, options: RunOptions = {}): Promise<string> {
    return sh(script, this.#with(options));
  }

  /** Removes what a test left, and tells what still stands. */
  async clear(): Promise<string[]> {
    await removeAll(this.#options);
    return await this.leftovers();
  }

  /** As after an installation: nothing runs, and no image is there. */
  async clearImages(): Promise<string[]> {
    await removeAll(this.#options);
    await this.sh(`
      rm -rf ~/.cache/kini
      docker images -q | xargs -r docker rmi -f >/dev/null
      ${this.client} image list --format csv -c f | xargs -r -n 1 ${this.client} image delete
    `);
    return await this.leftovers();
  }

  leftovers(): Promise<string[]> {
    return leftovers(this.name);
  }

  /** The server's own record of a container. */
  async config(name: string): Promise<Record<string, string>> {
    const text = await this.sh(
      `${this.client} query /1.0/instances/${name} | jq .expanded_config`,
    );
    return JSON.parse(text);
  }

  /** A container's IPv4 and IPv6 address, empty where there is none. */
  async addresses(name: string): Promise<string[]> {
    const text = await this.docker("inspect", "-f", ADDRESSES, name);
    return text.trim().split(",");
  }

  /** Waits until kubectl sees so many nodes that are ready. */
  async awaitReady(count: number): Promise<void> {
    await this.sh(
      `
      for _ in $(seq 600); do
        [ "$(kubectl get nodes 2>/dev/null | grep -c ' Ready ')" = ${count} ] && exit 0
        sleep 0.3
      done
      kubectl get nodes; exit 1`,
      { timeout: 300_000 },
    );
  }

  /** Has kind load an archive, and sees that every node has the image. */
  async loadArchive(nodes: string[], cluster = "kind"): Promise<void> {
    const image = "docker.io/library/busybox:1.37";
    await this.sh(`
      skopeo copy -q docker://${image} docker-archive:/tmp/busybox.tar:${image}
      kind load image-archive /tmp/busybox.tar --name ${cluster}
      rm /tmp/busybox.tar
    `);
    for (const node of nodes) {
      const images = lines(
        await this.docker(
          ...`exec ${node} ctr -n k8s.io images ls -q`.split(" "),
        ),
      );
      assert.ok(images.includes(image), `${node}: ${images}`);
    }
  }

  /**
   * Has kind collect the logs, and sees that they say what they should.
   *
   * @param own what files of the folder, or of each node's, have beside what all have
   */
  async exportLogs(
    nodes: string[],
    own: { folder?: Record<string, RegExp>; node?: Record<string, RegExp> },
    cluster = "kind",
  ): Promise<void> {
    const expected = {
      ...own.folder,
      ...Object.fromEntries(nodes.flatMap((node) =>
        Object.entries({
          "journal.log": /systemd/,
          "kubelet.log": /kubelet/,
          "containerd.log": /containerd/,
          "images.log": /IMAGE ID/,
          "kubernetes-version.txt": /^v1\.35\.0\n?$/,
          "inspect.json": new RegExp(`"/${node}"`),
          ...own.node,
        }).map(([file, pattern]) => [`${node}/${file}`, pattern])
      )),
    };
    try {
      await this.ok(["kind", "export", "logs", LOGS, "--name", cluster]);
      for (const [file, pattern] of Object.entries(expected)) {
        assert.match(await this.ok(["cat", `${LOGS}/${file}`]), pattern, file);
      }
    } finally {
      await this.sh(`rm -rf ${LOGS}`);
    }
  }

  #with(options: RunOptions): RunOptions {
    const env = { ...this.#options.env, ...options.env };
    return { ...this.#options, ...options, env };
  }
}
