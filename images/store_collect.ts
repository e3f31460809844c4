import { referencesOf } from "./blob_references.ts";
import type { ImageStore } from "./store.ts";
import { namesIn, statIfThere } from "./store_files.ts";

/**
 * Removes files of `blobs` that no name leads to. The caller holds the
 * sessions' lock alone.
 *
 * @throws {StoreError} when something that a name leads to can't be read: what
 * it would have led to is not known then, and nothing is removed.
 */
export async function collectBlobs(
  store: ImageStore,
  blobs: string,
): Promise<{ digests: string[]; bytes: number }> {
  const used = new Set<string>();
  for (const { descriptor } of await store.list()) {
    await referencesOf(store, descriptor, used);
  }
  const digests: string[] = [];
  let bytes = 0;
  for (const name of await namesIn(blobs)) {
    const digest = `sha256:${name}`;
    if (!/^[0-9a-f]{64}$/.test(name) || used.has(digest)) continue;
    bytes += (await statIfThere(`${blobs}/${name}`))?.size ?? 0;
    await Deno.remove(`${blobs}/${name}`);
    digests.push(digest);
  }
  return { digests, bytes };
}
