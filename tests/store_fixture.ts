/**
 * A local image store for whole programs.
 *
 * @module
 */
import { ImageStore } from "../images/store.ts";

/** A folder for `KINI_CACHE`, with the store in it. */
export interface CacheFixture extends AsyncDisposable {
  /** What programs are run with. */
  readonly env: Record<string, string>;
  readonly folder: string;
  readonly store: ImageStore;
}

/** Makes an empty store; it is removed when disposed of. */
export async function makeCache(): Promise<CacheFixture> {
  const folder = await Deno.makeTempDir({ prefix: "kini-cache-" });
  return {
    env: { KINI_CACHE: folder },
    folder,
    store: await ImageStore.open(`${folder}/images`),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}
