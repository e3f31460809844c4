import type { Credentials, CredentialsSource } from "./registry_auth.ts";

/** What {@linkcode dockerCredentials} reads with. */
export interface DockerConfigOptions {
  env: (name: string) => string | undefined;
  /** Rejects with Deno.errors.NotFound when there is no such file. */
  readTextFile: (path: string) => Promise<string>;
}

/**
 * Credentials that `docker login` has left in the `auths` of
 * `$DOCKER_CONFIG/config.json` or `~/.docker/config.json`. The file is read at
 * the first question and once. Credential helpers (`credsStore`,
 * `credHelpers`) and identity tokens are not asked yet: what only they know
 * counts as unknown.
 *
 * @see https://docs.docker.com/reference/cli/docker/#docker-cli-configuration-file-configjson-properties
 */
export function dockerCredentials(
  options: DockerConfigOptions,
): CredentialsSource {
  let auths: Promise<Map<string, Credentials>> | undefined;
  return async (registry) => {
    auths ??= readAuths(options);
    return (await auths).get(canonicalHost(registry));
  };
}

async function readAuths(
  { env, readTextFile }: DockerConfigOptions,
): Promise<Map<string, Credentials>> {
  const home = env("HOME");
  const directory = env("DOCKER_CONFIG") || (home && `${home}/.docker`);
  if (!directory) return new Map();
  const path = `${directory}/config.json`;
  let text: string;
  try {
    text = await readTextFile(path);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return new Map();
    throw new Error(`Cannot read docker's configuration "${path}"`, { cause });
  }
  return parseAuths(text, path);
}

function parseAuths(text: string, path: string): Map<string, Credentials> {
  const found = new Map<string, Credentials>();
  for (const [key, value] of Object.entries(authsOf(text, path))) {
    const auth = Object(value).auth;
    if (typeof auth !== "string" || auth === "") continue;
    const host = canonicalHost(key);
    const credentials = decodeAuth(auth);
    if (credentials === undefined) {
      throw new SyntaxError(
        `Cannot read docker's configuration "${path}": auth of "${key}" ` +
          "is not a base64 name and password",
      );
    }
    // The registry's plain name wins over `https://host/v1/` and the like.
    if (key === host || !found.has(host)) found.set(host, credentials);
  }
  return found;
}

function authsOf(text: string, path: string): object {
  try {
    return Object(Object(JSON.parse(text)).auths);
  } catch {
    // The parser's own words quote the file, and so its secrets.
    throw new SyntaxError(
      `Cannot read docker's configuration "${path}": not JSON`,
    );
  }
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

/** docker keys its own registry by an old API's address below docker.io. */
function canonicalHost(key: string): string {
  const host = key.replace(/^https?:\/\//, "").split("/", 1)[0] ?? "";
  return host.endsWith(".docker.io") ? "docker.io" : host;
}
