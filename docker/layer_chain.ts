/**
 * The names of layers on top of one another: docker removes those that no
 * image needs any more, and tells of each.
 *
 * @see https://github.com/opencontainers/image-spec/blob/main/config.md#layer-chainid
 * @param layers digests of the layers as tar archives, the lowest first.
 */
export async function chainIdsOf(layers: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const layer of layers) {
    const below = ids.at(-1);
    ids.push(below === undefined ? layer : await sumOf(`${below} ${layer}`));
  }
  return ids;
}

async function sumOf(text: string): Promise<string> {
  const sum = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(text),
  );
  return `sha256:${new Uint8Array(sum).toHex()}`;
}
