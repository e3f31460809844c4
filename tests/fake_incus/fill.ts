/**
 * What a fake server starts with.
 *
 * @module
 */
import type { ClusterMember } from "../../incus/cluster.ts";
import type { Instance, Network, Profile } from "../../incus/types.ts";
import { type FakeImage, network, profile, pulledImage } from "../builders.ts";
import type { ExecHandler } from "./fake_exec.ts";
import type { ServerOptions } from "./server.ts";
import type { Hooks, World } from "./world.ts";

/** What a fake server starts with; what is left out has a useful default. */
export interface FakeIncusOptions extends ServerOptions {
  instances?: Instance[];
  /** The image store; by default busybox, as `docker pull` leaves it. */
  images?: FakeImage[];
  /** Images that can be pulled; those of the store always can. */
  registry?: FakeImage[];
  networks?: Network[];
  profiles?: Profile[];
  projects?: string[];
  /** Of a cluster; the server is the first. */
  members?: ClusterMember[];
  onExec?: ExecHandler;
  onSignal?: Hooks["onSignal"];
  onStart?: Hooks["onStart"];
  onStop?: Hooks["onStop"];
}

/** The image that is in the store unless a test says otherwise. */
export const BUSYBOX = "docker.io/library/busybox:1.37";

/** Puts everything there that a server starts with. */
export function fill(world: World, options: FakeIncusOptions): void {
  const images = options.images ?? [pulledImage(BUSYBOX)];
  for (const one of options.profiles ?? [profile()]) {
    world.profiles.set(one.name, one);
  }
  for (const one of options.networks ?? [network("incusbr0")]) {
    world.networks.set(one.name, one);
  }
  for (const one of images) world.images.set(one.image.fingerprint, one);
  for (const one of [...images, ...options.registry ?? []]) {
    addToRegistry(world, one);
  }
  for (const one of options.members ?? []) world.members.push(one);
  for (const one of options.instances ?? []) world.addInstance(one);
  for (const one of options.projects ?? []) world.projects.add(one);
  const { onExec, onSignal, onStart, onStop } = options;
  Object.assign(
    world.hooks,
    onExec && { onExec },
    onSignal && { onSignal },
    onStart && { onStart },
    onStop && { onStop },
  );
}

/** Makes an image one that can be pulled. */
export function addToRegistry(
  world: World,
  { image, oci, files }: FakeImage,
): void {
  const source = image.update_source;
  if (!source) return;
  const name = `${source.server.replace(/^https?:\/\//, "")}/${source.alias}`;
  world.registry.set(
    name,
    structuredClone({
      // Aliases are names in a store.
      image: { ...image, aliases: [] },
      ...(oci && { oci }),
      ...(files && { files }),
    }),
  );
}
