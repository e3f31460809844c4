/**
 * `/1.0/images` and their aliases.
 *
 * @module
 */
import type { Image, ImageSource, ImagesPost } from "../../incus/types.ts";
import type { FakeImage } from "../builders.ts";
import { Refusal, sync } from "./answers.ts";
import type { OperationFault } from "./faults.ts";
import type { HttpReply } from "./http_server.ts";
import type { FakeOperation, OperationStore } from "./operations.ts";
import type { RecordedRequest } from "./request.ts";
import type { World } from "./world.ts";

/** `GET /1.0/images`. */
export function listImages(world: World, request: RecordedRequest): HttpReply {
  const all = [...world.images.values()].map((one) => one.image);
  return sync(
    request.query.recursion === "1"
      ? all
      : all.map((one) => `/1.0/images/${one.fingerprint}`),
  );
}

/** `GET /1.0/images/FINGERPRINT`; a prefix is enough. */
export function getImage(world: World, prefix: string): HttpReply {
  return sync(storedImage(world, prefix).image);
}

function storedImage(world: World, prefix: string): FakeImage {
  const found = [...world.images.values()].filter((one) =>
    one.image.fingerprint.startsWith(prefix)
  );
  if (found.length > 1) {
    throw new Refusal(400, "More than one image matches");
  }
  if (!found[0]) throw new Refusal(404, "Image not found");
  return found[0];
}

/** `POST /1.0/images`: the server pulls an image. */
export function pullImage(
  world: World,
  operations: OperationStore,
  body: ImagesPost & { aliases?: { name: string; description?: string }[] },
  fault?: OperationFault,
): HttpReply {
  return operations.start({
    description: "Downloading image",
    mayCancel: false,
    run: async (operation) => {
      for (const { name } of body.aliases ?? []) {
        if (aliasOwner(world, name)) {
          throw new Refusal(400, `Alias already exists: ${name}`);
        }
      }
      const { image } = await imageFor(world, body.source, operation, false);
      image.properties = { ...image.properties, ...body.properties };
      for (const { name, description = "" } of body.aliases ?? []) {
        image.aliases = [...image.aliases ?? [], { name, description }];
      }
      operation.update({ fingerprint: image.fingerprint, size: image.size });
    },
  }, fault);
}

/** The image of a source; one of a registry is fetched into the store. */
export async function imageFor(
  world: World,
  source: ImageSource,
  operation: FakeOperation,
  cached = true,
): Promise<FakeImage> {
  if (!source.server) {
    if (source.fingerprint) return storedImage(world, source.fingerprint);
    const owner = aliasOwner(world, source.alias ?? "");
    if (!owner) throw new Refusal(404, "Image alias not found");
    return owner;
  }
  if (source.protocol === "oci" && !world.has("instance_oci")) {
    throw new Refusal(400, "Unsupported protocol: oci");
  }
  operation.update({
    download_progress: "Retrieving OCI image from registry",
  });
  const found = await Promise.resolve(
    world.registry.get(registryName(source)),
  );
  if (!found) throw notInRegistry(source);
  operation.update({ download_progress: "Unpacking the OCI image" });
  const { fingerprint } = found.image;
  const stored = world.images.get(fingerprint);
  if (stored) return stored;
  const fetched = structuredClone(found);
  fetched.image.cached = cached;
  world.images.set(fingerprint, fetched);
  return fetched;
}

function registryName(source: ImageSource): string {
  const host = (source.server ?? "").replace(/^https?:\/\/([^@/]*@)?/, "");
  return `${host.replace(/\/$/, "")}/${source.alias}`;
}

function notInRegistry(source: ImageSource): Refusal {
  const name = registryName(source);
  return new Refusal(
    400,
    "Failed getting remote image info: Failed to run: skopeo " +
      `--insecure-policy inspect docker://${name} --no-creds: exit status 1 ` +
      '(time="2026-01-02T03:04:05Z" level=fatal msg="Error parsing image ' +
      `name \\"docker://${name}\\": reading manifest in ${name}: ` +
      'manifest unknown")',
  );
}

/** `PATCH /1.0/images/FINGERPRINT`: properties are merged. */
export function patchImage(
  world: World,
  fingerprint: string,
  body: Partial<Image>,
): HttpReply {
  const { image } = storedImage(world, fingerprint);
  const properties = { ...image.properties, ...body.properties };
  Object.assign(image, body, { properties });
  return sync({});
}

/** `DELETE /1.0/images/FINGERPRINT`. */
export function deleteImage(
  world: World,
  operations: OperationStore,
  prefix: string,
  fault?: OperationFault,
): HttpReply {
  const { fingerprint } = storedImage(world, prefix).image;
  return operations.start({
    description: "Deleting image",
    resources: { images: [`/1.0/images/${fingerprint}`] },
    run: () => void world.images.delete(fingerprint),
  }, fault);
}

function aliasOwner(world: World, name: string): FakeImage | undefined {
  return [...world.images.values()].find(({ image }) =>
    image.aliases?.some((alias) => alias.name === name)
  );
}

/** What the API says of one alias. */
interface AliasEntry {
  name: string;
  description: string;
  target: string;
  type: string;
}

function aliasEntry(world: World, name: string): AliasEntry {
  const owner = aliasOwner(world, name);
  const alias = owner?.image.aliases?.find((one) => one.name === name);
  if (!owner || !alias) throw new Refusal(404, "Image alias not found");
  return { ...alias, target: owner.image.fingerprint, type: "container" };
}

/** `/1.0/images/aliases` and `/1.0/images/aliases/NAME`. */
export function handleAliases(
  world: World,
  request: RecordedRequest,
  encoded?: string,
): HttpReply {
  const body = (request.body ?? {}) as Partial<AliasEntry>;
  if (encoded === undefined) {
    if (request.method === "POST") return addAlias(world, body, 201);
    const names = [...world.images.values()].flatMap(({ image }) =>
      (image.aliases ?? []).map((alias) => alias.name)
    );
    return sync(
      request.query.recursion === "1"
        ? names.map((name) => aliasEntry(world, name))
        : names.map((name) =>
          `/1.0/images/aliases/${encodeURIComponent(name)}`
        ),
    );
  }
  const name = decodeURIComponent(encoded);
  const entry = aliasEntry(world, name);
  if (request.method === "GET") return sync(entry);
  const { image } = storedImage(world, entry.target);
  image.aliases = (image.aliases ?? []).filter((one) => one.name !== name);
  if (request.method === "DELETE") return sync({});
  return addAlias(world, { ...entry, ...body, name }, 200);
}

function addAlias(
  world: World,
  { name = "", description = "", target = "" }: Partial<AliasEntry>,
  status: number,
): HttpReply {
  if (aliasOwner(world, name)) {
    throw new Refusal(409, `Alias "${name}" already exists`);
  }
  const { image } = storedImage(world, target);
  image.aliases = [...image.aliases ?? [], { name, description }];
  return sync({}, status);
}
