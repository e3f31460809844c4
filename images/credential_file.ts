import type { Credentials } from "./registry_auth.ts";

/** What a file of credentials says: docker's config.json or an auth.json. */
export interface CredentialFile {
  /** By the key as it is written in the file. */
  auths: Map<string, Credentials>;
  /** Helpers for single registries, by the registry's key. */
  helpers: Map<string, string>;
  /** The helper for all others. */
  store: string | undefined;
}

/** docker's own registry goes by this in files and helpers. */
const DOCKER_INDEX = "https://index.docker.io/v1/";

/** The key of a registry in docker's file, and its name for helpers. */
export function serverKey(registry: string): string {
  return registry === "docker.io" ? DOCKER_INDEX : registry;
}

/** The registry's name out of a key: docker and old files have URLs there. */
export function registryOfKey(key: string): string {
  const host = key.replace(/^https?:\/\//, "").split("/", 1)[0] ?? "";
  return host.endsWith(".docker.io") ? "docker.io" : host;
}

/**
 * Reads such a file's text.
 *
 * @throws {SyntaxError} that names the file and quotes nothing of it but keys.
 */
export function parseCredentialFile(
  text: string,
  path: string,
): CredentialFile {
  let file: Record<string, unknown>;
  try {
    file = Object(JSON.parse(text));
  } catch {
    // The parser's own words quote the file, and so its secrets.
    throw new SyntaxError(`Cannot read "${path}": not JSON`);
  }
  const auths = new Map<string, Credentials>();
  for (const [key, value] of Object.entries(Object(file.auths))) {
    const credentials = parseAuth(Object(value), () =>
      new SyntaxError(
        `Cannot read "${path}": auth of "${key}" is not a base64 name and ` +
          "password",
      ));
    if (credentials) auths.set(key, credentials);
  }
  const helpers = Object.entries(Object(file.credHelpers))
    .flatMap(([key, name]) =>
      typeof name === "string" && name ? [[key, name] as const] : []
    );
  const { credsStore } = file;
  return {
    auths,
    helpers: new Map(helpers),
    store: typeof credsStore === "string" && credsStore
      ? credsStore
      : undefined,
  };
}

/** The base64 text that files keep a name and a password as. */
export function encodeAuth({ username, password }: Credentials): string {
  return new TextEncoder().encode(`${username}:${password}`).toBase64();
}

function parseAuth(
  { auth, identitytoken }: Record<string, unknown>,
  error: () => SyntaxError,
): Credentials | undefined {
  if (typeof identitytoken === "string" && identitytoken) {
    return { username: "", password: "", identityToken: identitytoken };
  }
  if (typeof auth !== "string" || auth === "") return undefined;
  const decoded = decodeAuth(auth);
  if (!decoded) throw error();
  return decoded;
}

function decodeAuth(auth: string): Credentials | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true })
      .decode(Uint8Array.fromBase64(auth));
    const colon = text.indexOf(":");
    if (colon < 1) return undefined;
    return {
      username: text.slice(0, colon),
      // docker cuts these off, and has written files with them.
      password: text.slice(colon + 1).replaceAll(/^\0+|\0+$/g, ""),
    };
  } catch {
    return undefined;
  }
}
