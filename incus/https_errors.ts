/**
 * What is told of a server that can't be reached by HTTPS, or not be used.
 *
 * @module
 */
import { expiryOf, isAuthority } from "./certificate.ts";
import { ConnectionError } from "./errors.ts";
import { type HttpsServer, toolOf } from "./https_server.ts";

/** None of its addresses answers. */
export function unreachable(
  { name }: HttpsServer,
  failures: readonly string[],
): ConnectionError {
  return new ConnectionError(
    `Cannot connect to the server "${name}": tried ${failures.join(", ")}. ` +
      "Is it running, and is this the address in its core.https_address?",
  );
}

/** Something answers, but TLS fails before it shows a certificate. */
export function noTls(
  { name }: HttpsServer,
  address: string,
  cause: Error,
): ConnectionError {
  return new ConnectionError(
    `Cannot connect to the server "${name}" at ${address}: ` +
      `${cause.message}. Is it the right port?`,
    { cause },
  );
}

/** It shows a certificate that is not trusted. */
export function distrusted(
  server: HttpsServer,
  address: string,
  cause: Error,
): ConnectionError {
  const { name, pinned } = server;
  const start = `Cannot trust the server "${name}" at ${address}: `;
  const error = (text: string) => new ConnectionError(start + text, { cause });
  const marked = cause.message.includes("CaUsedAsEndEntity");
  if (marked && (!pinned || isAuthority(pinned))) {
    return error(
      "its certificate is marked as an authority's (CA:TRUE). Give the server " +
        "one without that mark, and add the remote anew",
    );
  }
  if (cause.message.startsWith("certificate expired")) {
    return error(
      "its certificate has expired. Give the server a new one, and add the " +
        "remote anew",
    );
  }
  const unknown = marked || cause.message === "UnknownIssuer";
  if (pinned) {
    return error(
      `${
        unknown ? "it is not the pinned certificate" : cause.message
      }. If its ` +
        "certificate was changed on purpose, remove the remote and add it anew",
    );
  }
  return error(
    `${
      unknown
        ? "its certificate is of no authority that is trusted here"
        : cause.message
    }. Pin its certificate by adding it with "${toolOf(server)} remote add"`,
  );
}

/** Something answers, but not as these servers do. */
export function notAServer(
  { name, addresses, product }: HttpsServer,
  reply: string,
): ConnectionError {
  return new ConnectionError(
    `The server "${name}" at ${addresses.join(", ")} does not answer as ` +
      `${product === "lxd" ? "LXD" : "Incus"} does (status ${reply}): is the ` +
      "address right?",
  );
}

/** It doesn't know the client's certificate, or accepts it no more. */
export function untrusted(
  server: HttpsServer,
  now: Date = new Date(),
): ConnectionError {
  const { name, cert, certFile, product } = server;
  const tool = toolOf(server);
  const start = `The server "${name}" does not trust this client: `;
  const expiry = expiryOf(cert);
  if (expiry && expiry < now) {
    return new ConnectionError(
      `${start}its certificate ${certFile} expired on ` +
        `${
          expiry.toISOString().slice(0, 10)
        }: remove it and its key, and add ` +
        `the remote anew with "${tool} remote add"`,
    );
  }
  const add = product === "lxd" ? "add" : "add-certificate";
  return new ConnectionError(
    `${start}run "${tool} config trust ${add}" there with ${certFile}, or ` +
      `"${tool} config trust add" there and "${tool} remote add" with its ` +
      "token here",
  );
}
