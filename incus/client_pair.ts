/**
 * Whether a client's certificate and key belong together. TLS would end the
 * whole program over two that don't.
 *
 * @module
 */
import {
  createPrivateKey,
  createPublicKey,
  X509Certificate,
} from "node:crypto";
import type { HttpsServer } from "./https_server.ts";

/**
 * Checks the two.
 *
 * @throws {RangeError} when they can't be used.
 */
export function checkKeyPair(server: HttpsServer): void {
  const { cert, key } = server;
  let keys: Uint8Array[];
  try {
    keys = [
      new X509Certificate(cert).publicKey,
      createPublicKey(createPrivateKey(key)),
    ].map((one) => one.export({ type: "spki", format: "der" }));
  } catch {
    // Of a kind that is not known here: TLS itself may know it.
    return;
  }
  const [ofCertificate, ofKey] = keys.map((one) => one.toHex());
  if (ofCertificate !== ofKey) {
    throw unusablePair(server, "they don't belong together");
  }
}

/** What is told of two that can't be used. */
export function unusablePair(
  { name, certFile }: HttpsServer,
  why: string,
): RangeError {
  return new RangeError(
    `Cannot use the remote "${name}" with the certificate ${certFile} and its ` +
      `key: ${why}`,
  );
}
