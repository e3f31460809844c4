/**
 * Finding what the `inspect` commands show.
 *
 * @module
 */
import type { Container } from "../../docker/container.ts";
import { containerView } from "../../docker/container_view.ts";
import { type DockerImage, imageView } from "../../docker/image_view.ts";
import { networkView } from "../../docker/network_view.ts";
import type { DockerNetwork } from "../../docker/network.ts";
import type { IncusClient } from "../../incus/client.ts";
import {
  containerFrom,
  findInstance,
  listContainers,
} from "../../modes/containers.ts";
import {
  completeImage,
  findDockerImage,
  missingImageName,
} from "../../modes/docker_images.ts";
import type { ImagePlaces } from "../../modes/image_places.ts";
import { membersOf } from "../../modes/network_members.ts";
import { parseNetworkSetting } from "../../modes/network_setting.ts";
import { dockerNetworks, findNetwork } from "../../modes/networks.ts";
import { withExit } from "./container_exit.ts";
import { Deferred } from "./deferred.ts";
import type { Inspected } from "./inspect_objects.ts";

/** What an image's alias doesn't tell. */
const NOT_IN_ALIAS = [
  "references",
  "architecture",
  "variant",
  "size",
  "layers",
  "history",
  "author",
  "comment",
  "lastTagged",
] as const;

/** Looks objects up for one command; what several of them need is asked for once. */
export class ObjectLookup {
  readonly #client: IncusClient;
  readonly #images: ImagePlaces;
  readonly #networkSetting: string | undefined;
  #networks: Promise<DockerNetwork[]> | undefined;
  #containers: Promise<Container[]> | undefined;

  /** @param networkSetting The value of `KINI_NETWORK`. */
  constructor(places: ImagePlaces, networkSetting: string | undefined) {
    this.#networkSetting = networkSetting;
    this.#client = places.client;
    this.#images = places;
  }

  /** The container of that name or id; one request while it runs. */
  async container(ref: string): Promise<Inspected | undefined> {
    const instance = await findInstance(this.#client, ref);
    if (!instance) return undefined;
    const { container, exit } = withExit(this.#client, containerFrom(instance));
    return {
      view: () => containerView(container),
      deferred: exit ? [exit] : [],
    };
  }

  /**
   * The image of that reference or id; one request, or two when a template
   * shows what its alias doesn't tell.
   *
   * @param whole All of it is going to be shown.
   * @throws {SyntaxError} With docker's text, when it can name no image.
   */
  async image(ref: string, whole: boolean): Promise<Inspected | undefined> {
    const image = await findDockerImage(this.#images, ref, { whole });
    if (!image) return undefined;
    if (whole) return { view: () => imageView(image), deferred: [] };
    const rest = new Deferred(image, () => completeImage(this.#images, image));
    const lazy: DockerImage = Object.create(
      image,
      Object.fromEntries(
        NOT_IN_ALIAS.map((key) => [key, { get: () => rest.get()[key] }]),
      ),
    );
    return { view: () => imageView(lazy), deferred: [rest] };
  }

  /** The network of that name or id; one request more when its members are shown. */
  async network(ref: string): Promise<Inspected | undefined> {
    this.#networks ??= dockerNetworks(
      this.#client,
      parseNetworkSetting(this.#networkSetting),
    );
    const network = findNetwork(await this.#networks, ref);
    if (!network) return undefined;
    const containers = new Deferred<Container[]>(
      [],
      () => this.#containers ??= listContainers(this.#client, { state: true }),
    );
    return {
      view: () =>
        networkView(network, () => membersOf(network, containers.get())),
      deferred: network.serverNetwork ? [containers] : [],
    };
  }
}

/** What docker says of a container that is not there. */
export function missingContainer(ref: string): string {
  return `Error response from daemon: No such container: ${ref}`;
}

/** What docker says of an image that is not there, or can't be. */
export function missingImage(ref: string): string {
  if (ref === "") return "Error: No such image: ";
  let reason: string;
  try {
    reason = `No such image: ${missingImageName(ref)}`;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    reason = error.message;
  }
  return `Error response from daemon: ${reason}`;
}

/** What docker says of a network that is not there. */
export function missingNetwork(ref: string): string {
  return ref === ""
    ? "Error: No such network: "
    : `Error response from daemon: network ${ref} not found`;
}

/** The image, or nothing for what can name none. */
export async function imageOrNothing(
  lookup: ObjectLookup,
  ref: string,
  whole: boolean,
): Promise<Inspected | undefined> {
  try {
    return await lookup.image(ref, whole);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
