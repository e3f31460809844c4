/**
 * The files that make a system with Kubernetes, as a kubeadm image is one, a
 * node that kind knows its way in.
 *
 * @module
 */
import cni from "../fixtures/default-cni.yaml" with { type: "text" };
import storage from "../fixtures/default-storage.yaml" with { type: "text" };
import unit from "../fixtures/kini-node.service" with { type: "text" };
import setup from "../fixtures/node-setup.sh" with { type: "text" };

/** What the files depend on. */
export interface SeedFacts {
  /** Of Kubernetes: `v1.35.0`. */
  version: string;
  /** Of this node alone. */
  uuid: string;
  /** The text of `/etc/hosts`. */
  hosts: string;
  /** `NAME=value`, as docker was given them. */
  env: readonly string[];
}

/** What programs look for when they ask a proxy; kind sets both spellings. */
const PROXY_VARIABLE = /^(https?|no|all)_proxy=./i;

/** Units of Ubuntu's that can't work in a container, and wait for it long. */
const MASKED_UNITS = ["apparmor.service", "snapd.service", "snapd.socket"];

/**
 * kind's configuration has the kubelet work below a cgroup `/kubelet`, which
 * only its own images have. Later arguments win over the configuration.
 */
const KUBELET_ENVIRONMENT =
  'KUBELET_EXTRA_ARGS="--cgroup-root= --runtime-cgroups=/system.slice/containerd.service"\n';

/** The files of a node: path → content. */
export function seedFiles(facts: SeedFacts): Record<string, string> {
  const { version, uuid, hosts, env } = facts;
  return {
    // One line without an end: kind takes all of it.
    "/kind/version": version,
    "/kind/version.txt": version,
    "/kind/product_name": "kind\n",
    "/kind/product_uuid": `${uuid}\n`,
    "/kind/hosts": hosts,
    "/kind/manifests/default-cni.yaml": cni,
    "/kind/manifests/default-storage.yaml": storage,
    "/kind/node-setup.sh": setup,
    "/etc/systemd/system/kini-node.service": unit,
    "/etc/systemd/system.conf.d/90-kini.conf": managerConfig(env),
    // Where kubeadm's own unit reads it, on Debian and on Fedora.
    "/etc/default/kubelet": KUBELET_ENVIRONMENT,
    "/etc/sysconfig/kubelet": KUBELET_ENVIRONMENT,
  };
}

/** Links of a node: path → target. */
export function seedLinks(): Record<string, string> {
  return {
    "/etc/systemd/system/sysinit.target.wants/kini-node.service":
      "/etc/systemd/system/kini-node.service",
    ...Object.fromEntries(
      MASKED_UNITS.map((unit) => [`/etc/systemd/system/${unit}`, "/dev/null"]),
    ),
  };
}

/**
 * Settings of systemd: kind waits for a line that it writes to the console,
 * and services don't see the variables of the first process.
 */
function managerConfig(env: readonly string[]): string {
  const proxies = env.filter((text) => PROXY_VARIABLE.test(text));
  return [
    "[Manager]",
    "ShowStatus=yes",
    ...proxies.map((text) => `DefaultEnvironment=${quoteSetting(text)}`),
    "",
  ].join("\n");
}

/** A word of a setting, in which `%` and `\` mean something. */
function quoteSetting(text: string): string {
  return `"${text.replaceAll(/[\\"]/g, "\\$&").replaceAll("%", "%%")}"`;
}
