/**
 * What the server tells about itself: a handful of requests, most of them at
 * the same time, and none that changes anything.
 *
 * @module
 */
import { IncusError } from "../../../incus/errors.ts";
import type { IncusClient } from "../../../incus/client.ts";
import { type ClusterMember, listMembers } from "../../../incus/cluster.ts";
import { listInstances } from "../../../incus/instances.ts";
import { listNetworks } from "../../../incus/networks.ts";
import { listImages } from "../../../incus/images.ts";
import type {
  Device,
  Image,
  Instance,
  Network,
  Profile,
  Server,
} from "../../../incus/types.ts";
import { isCommonNetwork } from "../../../modes/member_networks.ts";
import { chooseMode } from "../../../modes/mode.ts";
import {
  type NetworkSetting,
  parseNetworkSetting,
} from "../../../modes/network_setting.ts";
import type { Context } from "../../context.ts";
import { withPatience } from "./connection.ts";

/** How long the server of kubeadm images may take, in milliseconds. */
const IMAGE_SERVER_PATIENCE = 4000;

/** An answer, or the server's refusal. */
export type Answer<T> =
  | { readonly value: T }
  | { readonly error: string; readonly status: number };

/** A storage pool, with its room. */
export interface PoolFacts {
  readonly name: string;
  readonly driver: string;
  readonly source: string;
  /** Bytes; absent where the pool can't tell. */
  readonly space?: { free: number; total: number };
  /** Kind of the file system below a `dir` pool, as the kernel numbers them. */
  readonly fileSystem?: number;
}

/** What the server answered. */
export interface ServerAnswers {
  readonly server: Server;
  /** Absent for a server that is reached over the network. */
  readonly socket?: string;
  readonly project: string;
  /** How containers are made, or why they can't be. */
  readonly mode: { readonly name: "oci" | "lxc" } | { readonly error: string };
  /** Seconds by which the server's clock is ahead of this one. */
  readonly ahead: number;
  readonly projectConfig: Answer<Readonly<Record<string, string>>>;
  readonly profile: Answer<Profile>;
  readonly networks: Answer<readonly Network[]>;
  /** What `KINI_NETWORK` says. */
  readonly setting: NetworkSetting;
  /** The pool of the profile's root disk; absent without such a disk. */
  readonly pool?: Answer<PoolFacts>;
  /** Of its cluster; absent unless `KINI_TARGET` is about them. */
  readonly members?: Answer<readonly ClusterMember[]>;
  /** Whether containers on different members reach each other; absent likewise. */
  readonly commonNetwork?: Answer<boolean>;
  readonly instances: Answer<readonly Instance[]>;
  readonly images: Answer<readonly Image[]>;
  /** What the image server said; absent where no nodes are made of its images. */
  readonly imageServer?: ImageServerFacts;
}

/** The server of kubeadm images. */
export interface ImageServerFacts {
  readonly address: string;
  /** Nodes are made of its images alone. */
  readonly only: boolean;
  /** Versions of Kubernetes that it has for this server, or why that isn't known. */
  readonly versions: Answer<readonly string[]>;
}

/** Asks the server. */
export async function serverAnswers(
  ctx: Context,
  client: IncusClient,
): Promise<ServerAnswers> {
  const project = client.remote.project ?? "default";
  const { setting, problem } = settingOf(ctx);
  const profile = problem
    ? Promise.resolve({ error: problem, status: 400 })
    : ask(
      client.get<Profile>(
        `/1.0/profiles/${encodeURIComponent(setting.profile)}`,
      ),
    );
  const [server, mode, ahead, projectConfig, networks, instances, images] =
    await Promise.all([
      client.server(),
      modeOf(ctx, client),
      clockOf(client),
      ask(
        client.get<{ config: Record<string, string> }>(
          `/1.0/projects/${encodeURIComponent(project)}`,
        ).then(({ config }) => config),
      ),
      ask(listNetworks(client)),
      ask(listInstances(client)),
      ask(listImages(client)),
    ]);
  const imageServer = "name" in mode && mode.name === "lxc"
    ? imageServerFacts(ctx, server)
    : undefined;
  const members = server.environment.server_clustered && ctx.env("KINI_TARGET")
    ? ask(listMembers(client))
    : undefined;
  const answer = await profile;
  const disk = "value" in answer ? rootDisk(answer.value) : undefined;
  const network = setting.network ||
    ("value" in answer ? networkDevice(answer.value)?.network : undefined);
  const path = client.remote.path;
  return {
    server,
    ...(path && { socket: path }),
    project,
    mode,
    ahead,
    projectConfig,
    profile: answer,
    networks,
    setting,
    ...(members && {
      members: await members,
      ...(network && {
        commonNetwork: await ask(isCommonNetwork(client, network)),
      }),
    }),
    instances,
    images,
    ...(disk?.pool && { pool: await ask(poolFacts(client, disk.pool)) }),
    ...await imageServer,
  };
}

function settingOf(
  ctx: Context,
): { setting: NetworkSetting; problem?: string } {
  try {
    return { setting: parseNetworkSetting(ctx.env("KINI_NETWORK")) };
  } catch (error) {
    const setting = parseNetworkSetting(undefined);
    return { setting, problem: (error as Error).message };
  }
}

/** Asks the server of kubeadm images, from this machine. */
async function imageServerFacts(
  ctx: Context,
  server: Server,
): Promise<{ imageServer?: ImageServerFacts }> {
  const [{ kubeadmSettings }, { kubeadmVersions }, { serverPlatform }] =
    await Promise.all([
      import("../../../modes/kubeadm_settings.ts"),
      import("../../../modes/kubeadm_image.ts"),
      import("../../docker/server_platform.ts"),
    ]);
  let settings;
  try {
    settings = kubeadmSettings((name) => ctx.env(name));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const versions = { error: error.message, status: 0 };
    return { imageServer: { address: "", only: true, versions } };
  }
  const { images, server: address } = settings;
  if (images === "kindest") return {};
  const versions = await ask(
    kubeadmVersions(address, {
      product: server.environment.server === "lxd" ? "lxd" : "incus",
      architecture: serverPlatform(server).architecture,
    }, { env: ctx.env, signal: ctx.signal, timeout: IMAGE_SERVER_PATIENCE }),
  );
  return { imageServer: { address, only: images === "kubeadm", versions } };
}

/** The disk that an instance of this profile has as its root. */
export function rootDisk(profile: Profile): Device | undefined {
  return Object.values(profile.devices).find(({ type, path }) =>
    type === "disk" && path === "/"
  );
}

/** The network device that an instance of this profile has. */
export function networkDevice(profile: Profile): Device | undefined {
  return Object.values(profile.devices).find(({ type }) => type === "nic");
}

async function ask<T>(answer: Promise<T>): Promise<Answer<T>> {
  try {
    return { value: await withPatience(answer) };
  } catch (error) {
    return {
      error: error instanceof Error ? error.message : String(error),
      status: error instanceof IncusError ? error.status : 0,
    };
  }
}

async function modeOf(
  ctx: Context,
  client: IncusClient,
): Promise<ServerAnswers["mode"]> {
  try {
    const { name } = await chooseMode(client, ctx.env("KINI_MODE"));
    return { name };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

async function clockOf(client: IncusClient): Promise<number> {
  const reply = await client.raw("GET", "/");
  await reply.body?.cancel();
  const time = Date.parse(reply.headers.get("Date") ?? "");
  return Number.isNaN(time) ? 0 : Math.round((time - Date.now()) / 1000);
}

async function poolFacts(
  client: IncusClient,
  name: string,
): Promise<PoolFacts> {
  const path = `/1.0/storage-pools/${encodeURIComponent(name)}`;
  const [pool, resources] = await Promise.all([
    client.get<{ driver: string; config: Record<string, string> | null }>(path),
    ask(
      client.get<{ space?: { used: number; total: number } }>(
        `${path}/resources`,
      ),
    ),
  ]);
  const source = pool.config?.source ?? "";
  const space = "value" in resources ? resources.value.space : undefined;
  const below = pool.driver === "dir" && source
    ? await fileSystemOf(source)
    : undefined;
  return {
    name,
    driver: pool.driver,
    source,
    ...(space?.total && {
      space: {
        // What the file system keeps for root, a pool counts as free.
        free: Math.min(space.total - space.used, below?.free ?? Infinity),
        total: space.total,
      },
    }),
    ...(below && { fileSystem: below.type }),
  };
}

/** What statfs(2) tells; `undefined` where the folder can't be seen. */
async function fileSystemOf(
  folder: string,
): Promise<{ type: number; free: number } | undefined> {
  const { statfs } = await import("node:fs/promises");
  try {
    const { type, bavail, bsize } = await statfs(folder);
    return { type, free: bavail * bsize };
  } catch {
    return undefined;
  }
}
