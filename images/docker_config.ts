import {
  type CredentialFile,
  parseCredentialFile,
  registryOfKey,
  serverKey,
} from "./credential_file.ts";
import type { RunProgram } from "./credential_helper.ts";
import type { Credentials, CredentialsSource } from "./registry_auth.ts";

/** What {@linkcode userCredentials} reads with. */
export interface DockerConfigOptions {
  env: (name: string) => string | undefined;
  /** Rejects with Deno.errors.NotFound when there is no such file. */
  readTextFile: (path: string) => Promise<string>;
  /** Runs credential helpers; those of this machine unless told. */
  runProgram?: RunProgram | undefined;
  /** Leaves out what other programs than docker keep. */
  dockerOnly?: boolean;
}

/**
 * The user's credentials: what `docker login` left in
 * `$DOCKER_CONFIG/config.json` or `~/.docker/config.json`, or with the helper
 * named there, and then what `podman login` and `skopeo login` left. Each file
 * is read at the first question and once.
 *
 * @see https://docs.docker.com/reference/cli/docker/#docker-cli-configuration-file-configjson-properties
 * @see https://github.com/containers/image/blob/main/docs/containers-auth.json.5.md
 */
export function userCredentials(
  options: DockerConfigOptions,
): CredentialsSource {
  const docker = once(async () => {
    const path = dockerConfigPath(options.env);
    return path ? await readFile(path, options) : undefined;
  });
  const containers = (options.dockerOnly ? [] : authFilePaths(options.env))
    .map((path) => once(() => readFile(path, options)));
  return async (registry, repository = "") => {
    const config = await docker();
    const found = config && await fromDocker(config, registry, options);
    if (found) return found;
    for (const read of containers) {
      const file = await read();
      const one = file &&
        await fromContainers(file, registry, repository, options);
      if (one) return one;
    }
    return undefined;
  };
}

/** Where `docker login` keeps what it is told; undefined without a home. */
export function dockerConfigPath(
  env: (name: string) => string | undefined,
): string | undefined {
  const home = env("HOME");
  const folder = env("DOCKER_CONFIG") || (home && `${home}/.docker`);
  return folder ? `${folder}/config.json` : undefined;
}

/** The helper that docker's file names for a registry. */
export function helperFor(
  file: CredentialFile,
  registry: string,
): string | undefined {
  for (const [key, helper] of file.helpers) {
    if (registryOfKey(key) === registry) return helper;
  }
  return file.store;
}

function authFilePaths(env: (name: string) => string | undefined): string[] {
  const named = env("REGISTRY_AUTH_FILE");
  if (named) return [named];
  const home = env("HOME");
  const runtime = env("XDG_RUNTIME_DIR");
  const config = env("XDG_CONFIG_HOME") || (home && `${home}/.config`);
  return [runtime, config].filter((folder) => folder)
    .map((folder) => `${folder}/containers/auth.json`);
}

async function readFile(
  path: string,
  { readTextFile }: DockerConfigOptions,
): Promise<CredentialFile | undefined> {
  let text: string;
  try {
    text = await readTextFile(path);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return undefined;
    throw new Error(`Cannot read "${path}"`, { cause });
  }
  return text.trim() === "" ? undefined : parseCredentialFile(text, path);
}

async function fromDocker(
  file: CredentialFile,
  registry: string,
  options: DockerConfigOptions,
): Promise<Credentials | undefined> {
  const helper = helperFor(file, registry);
  if (helper) return await ask(helper, serverKey(registry), options);
  // The registry's plain name wins over `https://host/v1/` and the like.
  const plain = file.auths.get(registry);
  if (plain) return plain;
  for (const [key, credentials] of file.auths) {
    if (registryOfKey(key) === registry) return credentials;
  }
  return undefined;
}

/** These files may name parts of a registry: the longest that fits wins. */
async function fromContainers(
  file: CredentialFile,
  registry: string,
  repository: string,
  options: DockerConfigOptions,
): Promise<Credentials | undefined> {
  const parts = [registry, ...repository.split("/").filter(Boolean)];
  for (let length = parts.length; length > 0; length--) {
    const key = parts.slice(0, length).join("/");
    const helper = file.helpers.get(key);
    if (helper) return await ask(helper, key, options);
    const credentials = file.auths.get(key);
    if (credentials) return credentials;
  }
  for (const [key, credentials] of file.auths) {
    if (/^https?:/.test(key) && registryOfKey(key) === registry) {
      return credentials;
    }
  }
  return file.store ? await ask(file.store, registry, options) : undefined;
}

async function ask(
  helper: string,
  server: string,
  { runProgram }: DockerConfigOptions,
): Promise<Credentials | undefined> {
  const helpers = await import("./credential_helper.ts");
  return await helpers.getFromHelper(
    helper,
    server,
    runProgram ?? helpers.runProgram,
  );
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => result ??= read();
}
