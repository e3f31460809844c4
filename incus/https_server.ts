/**
 * A server that is reached by HTTPS: its addresses, what is shown to it, and
 * what it has to show.
 *
 * @module
 */
import { certificateBytes, dnsNames } from "./certificate.ts";
import type { ClientConfig, ConfiguredRemote } from "./client_config.ts";
import { type Product, readConfig } from "./config_files.ts";
import type { GetEnv } from "./remote.ts";

/** Debian's, then Fedora's. */
const SYSTEM_AUTHORITIES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
];

/** What is needed to reach it; holds the client's private key. */
export interface HttpsServer {
  /** The name of the remote. */
  name: string;
  /** Whose server it is, by the configuration. */
  product: Product;
  /** `https://HOST:PORT`, to be tried in this order. */
  addresses: readonly string[];
  /** The proxies on the way, by address. */
  proxies?: Readonly<Record<string, URL>>;
  cert: string;
  key: string;
  /** Where `cert` was read from, for messages. */
  certFile: string;
  ca?: string;
  /** The only certificate to accept. Without, `ca` and public authorities decide. */
  pinned?: Uint8Array;
  /** The pinned certificate as it was written down. */
  serverCert?: string;
  /** The name in it. */
  serverName?: string;
}

/**
 * Reads what a remote needs from the folder of its configuration.
 *
 * @throws {RangeError} when it can't be used, with the way out.
 */
export async function httpsServer(
  config: ClientConfig,
  name: string,
  remote: ConfiguredRemote,
  env: GetEnv,
): Promise<HttpsServer> {
  const { folder, globalFolder } = config;
  const product = productOf(remote, config);
  const tool = toolOf({ product });
  for (const address of remote.addresses) checkAddress(name, address);
  if (remote.authType === "oidc") {
    throw new RangeError(
      `Cannot use the remote "${name}": it signs in with OpenID Connect, and ` +
        "kini only with a certificate: add it once more under another name " +
        `with "${tool} remote add --auth-type=tls"`,
    );
  }
  const [own, shared, ca, pin, sharedPin] = await Promise.all([
    readPair(`${folder}/clientcerts/${name}`),
    readPair(`${folder}/client`),
    readConfig(`${folder}/client.ca`),
    readConfig(`${folder}/servercerts/${name}.crt`),
    readConfig(`${globalFolder}/servercerts/${name}.crt`),
  ]);
  const pair = own ?? shared;
  if (!pair) {
    throw new RangeError(
      `Cannot use the remote "${name}": there is no ${folder}/client.crt with ` +
        `client.key: "${tool} remote add" makes them`,
    );
  }
  if (isEncrypted(pair.key)) {
    throw new RangeError(
      `Cannot use the remote "${name}": the key "${pair.keyFile}" is encrypted: ` +
        'remove its passphrase with "openssl pkey", or use another key',
    );
  }
  const proxies = await proxiesFor(remote.addresses, env);
  const serverCert = pin ?? sharedPin;
  const authorities = ca ??
    (serverCert === undefined ? await systemAuthorities(env) : undefined);
  return {
    name,
    product,
    addresses: remote.addresses,
    ...(proxies && { proxies }),
    cert: pair.cert,
    key: pair.key,
    certFile: pair.certFile,
    ...(serverCert !== undefined
      ? { serverCert, ...trustInPinned(name, serverCert, ca) }
      : authorities !== undefined && { ca: authorities }),
  };
}

/** The command that users have for such a server. */
export function toolOf({ product }: Pick<HttpsServer, "product">): string {
  return product === "lxd" ? "lxc" : "incus";
}

function productOf(
  { protocol }: ConfiguredRemote,
  { product }: ClientConfig,
): Product {
  return protocol === "incus" || protocol === "lxd" ? protocol : product;
}

async function proxiesFor(
  addresses: readonly string[],
  env: GetEnv,
): Promise<Record<string, URL> | undefined> {
  if (!env("HTTPS_PROXY") && !env("https_proxy")) return undefined;
  const { proxyFor } = await import("./https_proxy.ts");
  const found: Record<string, URL> = {};
  for (const address of addresses) {
    const proxy = proxyFor(new URL(address), env);
    if (proxy) found[address] = proxy;
  }
  return found;
}

/** Those that the machine trusts, where the tools of Incus look for them. */
async function systemAuthorities(env: GetEnv): Promise<string | undefined> {
  const named = env("SSL_CERT_FILE");
  for (const file of named ? [named] : SYSTEM_AUTHORITIES) {
    const text = await readConfig(file);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** Authorities of the user's own allow the server to renew its certificate. */
function trustInPinned(
  name: string,
  serverCert: string,
  ca: string | undefined,
): Partial<HttpsServer> {
  let pinned: Uint8Array;
  let names: string[];
  try {
    pinned = certificateBytes(serverCert);
    names = dnsNames(pinned);
  } catch (cause) {
    throw new RangeError(
      `Cannot use the remote "${name}": servercerts/${name}.crt is damaged: ${
        (cause as Error).message
      }: remove the remote and add it anew`,
      { cause },
    );
  }
  // As the official clients do: the certificate is what is trusted, whatever
  // name it carries and whatever address the server has.
  const serverName = names.find((one) => !one.includes("*"));
  return {
    ...(serverName !== undefined && { serverName }),
    ...(ca === undefined ? { pinned, ca: serverCert } : {
      ca: `${ca}\n${serverCert}`,
    }),
  };
}

function checkAddress(name: string, address: string): void {
  if (/^https:\/\//.test(address) && URL.canParse(address)) return;
  throw new RangeError(
    `Cannot use the remote "${name}": its address "${address}" is neither ` +
      "https:// nor unix://",
  );
}

async function readPair(base: string): Promise<
  { cert: string; key: string; certFile: string; keyFile: string } | undefined
> {
  const certFile = `${base}.crt`;
  const keyFile = `${base}.key`;
  const [cert, key] = await Promise.all([
    readConfig(certFile),
    readConfig(keyFile),
  ]);
  return cert === undefined || key === undefined
    ? undefined
    : { cert, key, certFile, keyFile };
}

function isEncrypted(key: string): boolean {
  return /BEGIN ENCRYPTED PRIVATE KEY|Proc-Type:.*ENCRYPTED/.test(key);
}
