/** What {@linkcode readSystemCertificates} reads with. */
export interface SystemTrustOptions {
  env: (name: string) => string | undefined;
  /** Rejects with Deno.errors.NotFound when there is no such file. */
  readTextFile: (path: string) => Promise<string>;
}

/** Debian's and Alpine's, then Fedora's: those that Go, and so docker, knows. */
const CA_FILES: readonly string[] = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
];

/**
 * Reads the certificates the system trusts, as PEM: the file that
 * SSL_CERT_FILE names, or else the system's; none when it has none.
 */
export async function readSystemCertificates(
  { env, readTextFile }: SystemTrustOptions,
): Promise<string[]> {
  const named = env("SSL_CERT_FILE");
  if (named) {
    try {
      return [await readTextFile(named)];
    } catch (cause) {
      throw new Error(`Cannot read "${named}" that SSL_CERT_FILE names`, {
        cause,
      });
    }
  }
  for (const path of CA_FILES) {
    try {
      return [await readTextFile(path)];
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return [];
}
