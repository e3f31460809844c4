/**
 * The pre-built kubeadm images of cluster-api-provider-incus, in place of
 * kind's node images.
 *
 * @module
 */
import type { ImageReference } from "../docker/image_reference.ts";
import {
  listStreamImages,
  StreamsError,
  type StreamsTarget,
} from "../images/simplestreams.ts";
import type { IncusClient } from "../incus/client.ts";
import { IncusError, isAlreadyExists, isNotFound } from "../incus/errors.ts";
import { fetchImage, getImage, getImageAlias } from "../incus/images.ts";
import type { Image } from "../incus/types.ts";
import {
  findImage,
  nameImage,
  type NewNote,
  type StoredImage,
  storedReference,
} from "./images.ts";
import { nearestVersions } from "./kubeadm_versions.ts";

const ALIAS_PREFIX = "kubeadm/";

/** No kubeadm image of a version, or no way to one. */
export class NoKubeadmImage extends Error {
  override readonly name = "NoKubeadmImage";
}

/** What fetching needs besides the server. */
export interface KubeadmSource {
  /** Address of the image server, without a slash at its end. */
  server: string;
  /** The image server's word: `amd64`. */
  architecture: string;
  env: (name: string) => string | undefined;
  signal: AbortSignal;
  onProgress?: (text: string) => void;
}

/**
 * The kubeadm image that the server has for a reference: under an alias
 * `kubeadm/VERSION`, which the user may have made, else what was fetched for
 * this reference. Two requests at the same time, and none to an image server.
 */
export async function findKubeadmImage(
  client: IncusClient,
  reference: ImageReference,
  version: string,
): Promise<StoredImage | undefined> {
  const [alias, stored] = await Promise.all([
    getImageAlias(client, ALIAS_PREFIX + version),
    findImage(client, reference),
  ]);
  const known = stored?.note.form === "kubeadm" &&
      stored.note.facts.kubeadm === version
    ? stored
    : undefined;
  if (!alias || known?.fingerprint === alias.target) return known;
  const note = await noteFor(client, alias.target, version);
  return await nameImage(client, reference, alias.target, note);
}

/** The image that the user has given a version's alias. */
export async function ownKubeadmImage(
  client: IncusClient,
  version: string,
): Promise<Image | undefined> {
  const alias = await getImageAlias(client, ALIAS_PREFIX + version);
  return alias && await getImage(client, alias.target);
}

/** What docker is told of such an image under a name that it has not got yet. */
export function kubeadmImageAs(
  reference: ImageReference,
  image: Image,
  version: string,
): StoredImage {
  return {
    fingerprint: image.fingerprint,
    note: { ...noteOf(image, version), reference: storedReference(reference) },
  };
}

/**
 * Has the server fetch the kubeadm image of a version from an image server, and
 * gives it the reference's name. Whoever asks for the same at the same time
 * waits for the one download that the server makes.
 *
 * @throws {NoKubeadmImage}
 */
export async function fetchKubeadmImage(
  client: IncusClient,
  reference: ImageReference,
  version: string,
  source: KubeadmSource,
): Promise<StoredImage> {
  const fingerprints = await requireVersion(client, version, source);
  const { server, signal, onProgress } = source;
  const name = async (image: Image) =>
    await nameImage(
      client,
      reference,
      image.fingerprint,
      noteOf(image, version),
    );
  // Incus 6.0 refuses to fetch what it has under another name.
  const present = await findAny(client, fingerprints);
  if (present) return await name(present);
  try {
    const fingerprint = await fetchImage(client, {
      source: {
        type: "image",
        mode: "pull",
        protocol: "simplestreams",
        server,
        alias: ALIAS_PREFIX + version,
      },
      // A cluster's nodes are to be alike, today and tomorrow.
      auto_update: false,
    }, { signal, ...(onProgress && { onProgress }) });
    return await name(await getImage(client, fingerprint));
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof IncusError)) throw error;
    if (isAlreadyExists(error)) {
      // Somebody else was faster.
      const there = await findAny(client, fingerprints);
      if (there) return await name(there);
    }
    throw new NoKubeadmImage(
      `the server can't fetch the kubeadm image ${version} from ${server}: ` +
        error.message,
      { cause: error },
    );
  }
}

async function findAny(
  client: IncusClient,
  fingerprints: readonly string[],
): Promise<Image | undefined> {
  for (const fingerprint of fingerprints) {
    try {
      return await getImage(client, fingerprint);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
  return undefined;
}

/** The Kubernetes versions of which an image server has kubeadm images. */
export async function kubeadmVersions(
  server: string,
  target: StreamsTarget,
  options: Pick<KubeadmSource, "env" | "signal"> & { timeout?: number },
): Promise<string[]> {
  return [...(await listKubeadmImages(server, target, options)).keys()];
}

/** Version → fingerprints. */
async function listKubeadmImages(
  ...[server, target, options]: Parameters<typeof kubeadmVersions>
): Promise<Map<string, string[]>> {
  const images = await listStreamImages(server, target, options);
  return new Map(
    [...images].filter(([alias]) => alias.startsWith(ALIAS_PREFIX))
      .map(([alias, sums]) => [alias.slice(ALIAS_PREFIX.length), sums] as const)
      .filter(([version]) => !version.includes("/")),
  );
}

/** The fingerprints that an image of the version may have. */
async function requireVersion(
  client: IncusClient,
  version: string,
  source: KubeadmSource,
): Promise<string[]> {
  const { server, architecture } = source;
  const { environment } = await client.server();
  const product = environment.server === "lxd" ? "lxd" : "incus";
  let versions: Map<string, string[]>;
  try {
    versions = await listKubeadmImages(
      server,
      { product, architecture },
      source,
    );
  } catch (error) {
    if (!(error instanceof StreamsError)) throw error;
    // A server elsewhere may have a way that this machine has not.
    if (client.remote.https) return [];
    throw new NoKubeadmImage(
      `the image server ${server} can't be used: ${error.message}`,
      { cause: error },
    );
  }
  const found = versions.get(version);
  if (found) return found;
  const nearest = nearestVersions(version, versions.keys());
  throw new NoKubeadmImage(
    `${server} has no kubeadm image ${version} for ${architecture}` +
      (nearest.length > 0 ? `; the nearest are ${nearest.join(", ")}` : ""),
  );
}

async function noteFor(
  client: IncusClient,
  fingerprint: string,
  version: string,
): Promise<NewNote> {
  return noteOf(await getImage(client, fingerprint), version);
}

/** What docker shows of such an image; its process is its own init. */
function noteOf({ fingerprint, created_at }: Image, version: string): NewNote {
  return {
    digest: "",
    created: created_at,
    form: "kubeadm",
    facts: {
      fingerprint,
      id: `sha256:${fingerprint}`,
      env: [],
      entrypoint: ["/sbin/init"],
      cmd: [],
      labels: {},
      user: "",
      workingDir: "",
      exposedPorts: [],
      volumes: [],
      // systemd's for a clean end; others make it start anew.
      stopSignal: "SIGRTMIN+3",
      known: true,
      kubeadm: version,
    },
  };
}
