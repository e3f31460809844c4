/**
 * Choosing the server by the client configuration of Incus and LXD.
 *
 * Loaded only when a configuration has a say: see `config_files.ts`.
 *
 * @module
 */
import {
  type ClientConfig,
  type ConfiguredRemote,
  isServer,
  LOCAL,
  readClientConfig,
} from "./client_config.ts";
import {
  type ConfigPlace,
  configPlaces,
  globalFolder,
  type Product,
} from "./config_files.ts";
import { type HttpsServer, httpsServer } from "./https_server.ts";
import type { GetEnv } from "./remote.ts";

/** What the configuration says. */
export interface ChosenRemote {
  /** The name of the remote. */
  name: string;
  /** Of this machine: whose socket, unless it does not matter. */
  product?: Product;
  /** Of this machine: its socket, when the remote names it. */
  path?: string;
  https?: HttpsServer;
  /** The remote's project. */
  project?: string;
}

/**
 * Chooses by `KINI_REMOTE`, `INCUS_REMOTE`, `LXC_REMOTE` and what the
 * configuration calls the default, in this order.
 *
 * @param incusIsHere whether this machine's own Incus has a socket: then an
 * Incus configuration without a remote means this one, and LXD's has no say.
 * @throws {RangeError} when there is no such remote, or it can't be used.
 */
export async function chooseRemote(
  env: GetEnv,
  incusIsHere: () => Promise<boolean>,
): Promise<ChosenRemote> {
  const configs = await readConfigs(env);
  for (const variable of ["KINI_REMOTE", "INCUS_REMOTE", "LXC_REMOTE"]) {
    const name = env(variable);
    if (!name) continue;
    // Everybody has one: without anything else said, it is any server here.
    return name === LOCAL && variable === "KINI_REMOTE" && !env("KINI_CONFIG")
      ? await localRemote(configs, incusIsHere)
      : await namedRemote(configs, variable, name, env);
  }
  for (const config of configs) {
    if (config.defaultRemote !== LOCAL) {
      return await resolve(config, config.defaultRemote, "default-remote", env);
    }
    const last = env("KINI_CONFIG") ||
      (config.product === "incus" && await incusIsHere());
    if (last) return await resolve(config, LOCAL, "default-remote", env);
  }
  return await localRemote(configs, incusIsHere);
}

/** The server of this machine; the configuration of its own tool has its project. */
async function localRemote(
  configs: readonly ClientConfig[],
  incusIsHere: () => Promise<boolean>,
): Promise<ChosenRemote> {
  const product = await incusIsHere() ? "incus" : "lxd";
  const config = configs.find((one) => one.exists && one.product === product);
  const project = config?.remotes.get(LOCAL)?.project;
  return { name: LOCAL, ...(project && { project }) };
}

/** The configuration that `KINI_CONFIG` names, or those in the usual places. */
async function readConfigs(env: GetEnv): Promise<ClientConfig[]> {
  const named = env("KINI_CONFIG");
  if (!named) return await Promise.all(configPlaces(env).map(readClientConfig));
  const config = await readClientConfig(await namedPlace(named, env));
  const isLxds = [...config.remotes.values()].some(({ protocol }) =>
    protocol === "lxd"
  );
  return [isLxds ? { ...config, product: "lxd" } : config];
}

async function namedPlace(named: string, env: GetEnv): Promise<ConfigPlace> {
  let file = named;
  try {
    if ((await Deno.stat(file)).isDirectory) file = `${file}/config.yml`;
    await Deno.stat(file);
  } catch (cause) {
    throw new RangeError(
      `KINI_CONFIG names "${named}": ${
        cause instanceof Deno.errors.NotFound
          ? "there is no such client configuration"
          : (cause as Error).message
      }`,
      { cause },
    );
  }
  const product = /\/(lxc|lxd)\//.test(file) ? "lxd" : "incus";
  return { product, file, globalFolder: globalFolder(product, env, file) };
}

async function namedRemote(
  configs: readonly ClientConfig[],
  variable: string,
  name: string,
  env: GetEnv,
): Promise<ChosenRemote> {
  const product = { INCUS_REMOTE: "incus", LXC_REMOTE: "lxd" }[variable];
  const asked = env("KINI_CONFIG") || !product
    ? configs
    : configs.filter((config) => config.product === product);
  // One that is written down goes before the "local" of one that isn't there.
  const config = asked.find((one) => one.exists && one.remotes.has(name)) ??
    asked.find((one) => one.remotes.has(name));
  if (config) return await resolve(config, name, variable, env);
  const known = new Set(asked.flatMap(({ remotes }) => servers(remotes)));
  const files = asked.filter(({ exists }) => exists).map(({ file }) => file);
  throw new RangeError(
    `${variable} is "${name}", but there is no such remote in ${
      files.length > 0 ? files.join(" or ") : "any client configuration"
    }: the remotes are ${[...known].join(", ") || LOCAL}`,
  );
}

async function resolve(
  config: ClientConfig,
  name: string,
  source: string,
  env: GetEnv,
): Promise<ChosenRemote> {
  const remote = config.remotes.get(name);
  const known = () => servers(config.remotes).join(", ");
  if (!remote) {
    throw new RangeError(
      `${source} in ${config.file} is "${name}", but there is no such remote: ` +
        `the remotes are ${known()}`,
    );
  }
  if (!isServer(remote)) {
    throw new RangeError(
      `Cannot use the remote "${name}" of ${config.file}: it only serves ` +
        `images; the servers are ${known()}`,
    );
  }
  const project = remote.project ? { project: remote.project } : {};
  const [address = ""] = remote.addresses;
  if (/^unix:|^\//.test(address)) {
    const path = address.replace(/^unix:(\/\/)?/, "");
    return path
      ? { name, path, ...project }
      : { name, product: config.product, ...project };
  }
  const https = await httpsServer(config, name, remote, env);
  return { name, https, ...project };
}

function servers(remotes: ReadonlyMap<string, ConfiguredRemote>): string[] {
  return [...remotes].filter(([, remote]) => isServer(remote))
    .map(([name]) => name).sort();
}
