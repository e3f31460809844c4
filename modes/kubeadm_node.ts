/**
 * Nodes of kubeadm images: systems with an init of their own.
 *
 * @module
 */
import type { RunRequest } from "../docker/run_request.ts";
import type { IncusClient } from "../incus/client.ts";
import { pullFile, pushFile, statFile } from "../incus/files.ts";
import { rawLines } from "./config_check.ts";
import { makeFolder, makeVolumeFolders } from "./container_folders.ts";
import { seedFiles, seedLinks } from "./kubeadm_seeds.ts";
import { hostsText, put, resolverFor } from "./lxc_files.ts";
import { mountLines } from "./lxc_mounts.ts";
import type { InstanceChange, InstancePlan } from "./mode.ts";
import { followTargets } from "./mount_targets.ts";

const RESOLV_CONF = "/etc/resolv.conf";

/** Chooses how containerd keeps images; kind passes it on by name alone. */
const SNAPSHOTTER = /^KIND_EXPERIMENTAL_CONTAINERD_SNAPSHOTTER=(.+)$/;

/** containerd's settings in such images, for nodes with privileges and without. */
const CONTAINERD_CONFIGS = [
  "/etc/containerd/config.default.toml",
  "/etc/containerd/config.unprivileged.toml",
];

/** Puts kind's files into the made instance, before its first start. */
export async function placeKubeadmNode(
  client: IncusClient,
  name: string,
  plan: InstancePlan,
  request: RunRequest,
): Promise<InstanceChange> {
  const { record, address, ipv6, kubeadm: version = "" } = plan;
  const files = seedFiles({
    version,
    uuid: crypto.randomUUID(),
    hosts: hostsText(
      record.hostname,
      [address?.ipv4, ipv6?.address],
      request.extraHosts,
    ),
    env: record.env,
  });
  const [devices, mounts] = await Promise.all([
    followTargets(client, name, plan.body.devices),
    mountLines(client, name, request, plan),
    makeVolumeFolders(client, name, plan),
    pushSeeds(client, name, files),
    nameServer(client, name, resolverFor(plan, request), request),
    chooseSnapshotter(client, name, record.env),
  ]);
  return {
    config: {
      "raw.lxc": `${plan.body.config["raw.lxc"]}\n${rawLines(mounts)}`,
    },
    devices,
  };
}

async function pushSeeds(
  client: IncusClient,
  name: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  const links = seedLinks();
  const paths = [...Object.keys(files), ...Object.keys(links)];
  const folders = new Set(paths.map((path) => path.replace(/\/[^/]+$/, "")));
  // One after the other: some have the same parents.
  for (const folder of folders) await makeFolder(client, name, folder);
  const owner = { uid: 0, gid: 0 };
  await Promise.all([
    ...Object.entries(files).map(([path, text]) =>
      pushFile(client, name, path, text, { mode: 0o644, ...owner })
    ),
    ...Object.entries(links).map(async ([path, target]) => {
      if (await statFile(client, name, path)) return;
      await pushFile(client, name, path, target, { type: "symlink", ...owner });
    }),
  ]);
}

/** Names the DNS that docker was told, or the network's own where nobody in the image does. */
async function nameServer(
  client: IncusClient,
  name: string,
  resolver: string | undefined,
  { dns }: RunRequest,
): Promise<void> {
  if (resolver === undefined) return;
  const there = await statFile(client, name, RESOLV_CONF);
  if (there && dns.length === 0) {
    // A link leads to what a service of the image writes.
    if (there.type !== "file") return;
    if (await readText(client, name, RESOLV_CONF) !== "") return;
  }
  await put(client, name, RESOLV_CONF, resolver);
}

/**
 * Has containerd use the snapshotter that the user wants.
 *
 * @throws {RangeError} for one that these images don't have.
 */
async function chooseSnapshotter(
  client: IncusClient,
  name: string,
  env: readonly string[],
): Promise<void> {
  const wanted = env.map((text) => SNAPSHOTTER.exec(text)?.[1]).findLast(
    (value) => value !== undefined,
  );
  if (wanted === undefined || wanted === "overlayfs") return;
  if (wanted !== "native") {
    throw new RangeError(
      `kubeadm images have no snapshotter ${JSON.stringify(wanted)}: set ` +
        'KIND_EXPERIMENTAL_CONTAINERD_SNAPSHOTTER to "overlayfs" or "native", ' +
        "or KINI_LXC_IMAGES to kindest",
    );
  }
  for (const path of CONTAINERD_CONFIGS) {
    if (!await statFile(client, name, path)) continue;
    const text = await readText(client, name, path);
    const edited = text.replaceAll(
      /^(\s*snapshotter\s*=\s*)["'][^"']*["']/gm,
      `$1"${wanted}"`,
    );
    await pushFile(client, name, path, edited);
  }
}

async function readText(
  client: IncusClient,
  name: string,
  path: string,
): Promise<string> {
  const { response } = await pullFile(client, name, path);
  return await response.text();
}
