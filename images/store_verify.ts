import { createHash } from "node:crypto";
import { isManifestType, readManifest } from "./blob_references.ts";
import type { Descriptor } from "./manifest.ts";
import type { ImageStore } from "./store.ts";
import { BlobMissingError, StoreError } from "./store_error.ts";
import { namesIn, statIfThere } from "./store_files.ts";

/** See {@linkcode ImageStore.verify}. */
export async function verifyStore(
  store: ImageStore,
  blobs: string,
  onProblem: (problem: string) => void | Promise<void>,
): Promise<{ names: number; blobs: number; bytes: number }> {
  const files = await namesIn(blobs);
  const damaged = new Set<string>();
  let bytes = 0;
  for (const name of files) {
    const path = `${blobs}/${name}`;
    const info = await statIfThere(path);
    if (!/^[0-9a-f]{64}$/.test(name) || info?.isFile !== true) {
      await onProblem(`"${path}" is no blob; remove it`);
      continue;
    }
    bytes += info.size;
    if (await fileDigest(path) === name) continue;
    damaged.add(`sha256:${name}`);
    await onProblem(
      `Blob sha256:${name} is damaged; remove "${path}", and load or pull ` +
        "its image again",
    );
  }
  const names = await store.list();
  for (const { name, descriptor } of names) {
    await verifyImage(
      store,
      descriptor,
      damaged,
      (problem) =>
        onProblem(`${name || "An image without a name"}: ${problem}`),
    );
  }
  return { names: names.length, blobs: files.length, bytes };
}

/** An image that is in the store for one platform has no more to have. */
async function verifyImage(
  store: ImageStore,
  descriptor: Descriptor,
  damaged: ReadonlySet<string>,
  onProblem: (problem: string) => void | Promise<void>,
): Promise<void> {
  if (damaged.has(descriptor.digest)) return;
  try {
    const manifest = await readManifest(store, descriptor);
    if (manifest.kind === "manifest") {
      for (const { digest, size } of [manifest.config, ...manifest.layers]) {
        const info = await statIfThere(store.blobPath(digest));
        if (!info) await onProblem(`blob ${digest} is missing`);
        else if (info.size !== size && !damaged.has(digest)) {
          await onProblem(`blob ${digest} has ${info.size} bytes, not ${size}`);
        }
      }
      return;
    }
    let there = 0;
    for (const child of manifest.manifests) {
      if (!isManifestType(child.mediaType)) continue;
      if (!await store.hasBlob(child.digest)) continue;
      there++;
      await verifyImage(store, child, damaged, onProblem);
    }
    if (there === 0) await onProblem("no platform of it is there");
  } catch (error) {
    if (error instanceof BlobMissingError) {
      await onProblem(`blob ${error.digest} is missing`);
    } else if (error instanceof StoreError) await onProblem(error.message);
    else throw error;
  }
}

async function fileDigest(path: string): Promise<string> {
  const hash = createHash("sha256");
  const file = await Deno.open(path);
  try {
    const buffer = new Uint8Array(1024 * 1024);
    for (let n; (n = await file.read(buffer)) !== null;) {
      hash.update(buffer.subarray(0, n));
    }
  } finally {
    file.close();
  }
  return hash.digest("hex");
}
