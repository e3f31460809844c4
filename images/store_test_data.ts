/**
 * Stores and images for tests.
 *
 * @module
 */
import type { Descriptor } from "./manifest.ts";
import { ImageStore } from "./store.ts";

/** What OCI calls its documents. */
export const OCI_TYPES = {
  index: "application/vnd.oci.image.index.v1+json",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar",
} as const;

/** Runs with a store in a temporary folder. */
export async function withStore(
  run: (store: ImageStore) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(await ImageStore.open(`${folder}/images`));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/**
 * Puts an image of one layer into a store; its content is that of the layer,
 * which is no tar archive unless the caller gives one.
 */
export async function storeTestImage(
  store: ImageStore,
  name: string,
  content: string | Uint8Array,
  options: { config?: object; tagged?: string; pulled?: boolean } = {},
): Promise<{ id: string; descriptor: Descriptor; layer: Descriptor }> {
  const session = await store.ingest();
  try {
    const write = async (mediaType: string, data: string | Uint8Array) => ({
      mediaType,
      ...await session.writeBlob(
        typeof data === "string" ? new TextEncoder().encode(data) : data,
      ),
    });
    const layer = await write(OCI_TYPES.layer, content);
    const config = await write(
      OCI_TYPES.config,
      JSON.stringify({
        architecture: "amd64",
        os: "linux",
        created: "2026-01-01T00:00:00Z",
        config: { Cmd: ["sh"] },
        rootfs: { type: "layers", diff_ids: [layer.digest] },
        history: [{ created_by: "test" }],
        ...options.config,
      }),
    );
    const descriptor = await write(
      OCI_TYPES.manifest,
      JSON.stringify({
        schemaVersion: 2,
        mediaType: OCI_TYPES.manifest,
        config,
        layers: [layer],
      }),
    );
    await session.commit();
    await store.change((names) => [
      ...names.filter((one) => one.name !== name),
      {
        name,
        descriptor,
        tagged: options.tagged ?? "2026-01-02T03:04:05.678Z",
        pulled: options.pulled ?? false,
      },
    ]);
    return { id: config.digest, descriptor, layer };
  } finally {
    await session.close();
  }
}
