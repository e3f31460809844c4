const ALGORITHMS = {
  sha256: { hash: "SHA-256", hex: 64 },
  sha512: { hash: "SHA-512", hex: 128 },
} as const;

type Algorithm = keyof typeof ALGORITHMS;

/**
 * Checks that a text is a digest this program can verify, and returns it.
 * Digests come from registries and become parts of URLs, so each passes here
 * before its use.
 *
 * @see https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests
 */
export function parseDigest(text: unknown): string {
  if (typeof text === "string") {
    const [name, hex, ...rest] = text.split(":");
    if (
      name !== undefined && hex !== undefined && rest.length === 0 &&
      isAlgorithm(name) && hex.length === ALGORITHMS[name].hex &&
      /^[0-9a-f]+$/.test(hex)
    ) {
      return text;
    }
  }
  throw new SyntaxError(`Invalid digest: ${quoted(text)}`);
}

/** The digest of bytes, by default with the algorithm registries name by. */
export async function digestOf(
  bytes: Uint8Array<ArrayBuffer>,
  algorithm: Algorithm = "sha256",
): Promise<string> {
  const hash = await crypto.subtle.digest(ALGORITHMS[algorithm].hash, bytes);
  return `${algorithm}:${new Uint8Array(hash).toHex()}`;
}

/** Whether bytes have the digest; rejects with a SyntaxError if it is none. */
export async function hasDigest(
  bytes: Uint8Array<ArrayBuffer>,
  digest: string,
): Promise<boolean> {
  const name = parseDigest(digest).split(":", 1)[0] as Algorithm;
  return await digestOf(bytes, name) === digest;
}

function isAlgorithm(name: string): name is Algorithm {
  return Object.hasOwn(ALGORITHMS, name);
}

function quoted(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 200) ?? "none";
}
