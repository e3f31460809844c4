/**
 * Where the client configuration of Incus and LXD is, and whether it has a say.
 *
 * @module
 */
import type { GetEnv } from "./remote.ts";

/** Whose configuration it is. */
export type Product = "incus" | "lxd";

/** A place of a client configuration. */
export interface ConfigPlace {
  product: Product;
  /** Its `config.yml`. */
  file: string;
  /** The folder with what all users of this machine share. */
  globalFolder: string;
}

/** The configurations to look at, in order: first Incus, then LXD. */
export function configPlaces(env: GetEnv): ConfigPlace[] {
  const home = env("HOME");
  const userFolder = env("XDG_CONFIG_HOME") || (home && `${home}/.config`);
  const incus = env("INCUS_CONF") || (userFolder && `${userFolder}/incus`);
  const lxd = env("LXD_CONF");
  const folders: [Product, string | undefined][] = [
    ["incus", incus],
    ...(lxd ? [["lxd", lxd] as [Product, string]] : home
      ? [
        ["lxd", `${home}/.config/lxc`] as [Product, string],
        ["lxd", `${home}/snap/lxd/common/config`] as [Product, string],
      ]
      : []),
  ];
  return folders.filter(([, folder]) => folder).map(([product, folder]) => ({
    product,
    file: `${folder}/config.yml`,
    globalFolder: globalFolder(product, env, folder),
  }));
}

/**
 * The folder with what all users of this machine share.
 *
 * @param folder the user's own: LXD's snap has another one for all, too.
 */
export function globalFolder(
  product: Product,
  env: GetEnv,
  folder = "",
): string {
  if (product === "incus") return env("INCUS_GLOBAL_CONF") || "/etc/incus";
  return env("LXD_GLOBAL_CONF") ||
    (/\/snap\/lxd\//.test(folder)
      ? "/var/snap/lxd/common/global-conf"
      : "/etc/lxd");
}

/** Variables that name a remote or a configuration. */
const CHOOSING = ["KINI_REMOTE", "KINI_CONFIG", "INCUS_REMOTE", "LXC_REMOTE"];

/**
 * Whether a client configuration must be read to know the server. It looks for
 * words in the files without understanding them, and says "yes" too often
 * rather than too rarely: nearly everyone has no other server than this
 * machine's, and reading YAML takes longer than the rest of `docker ps`.
 */
export async function configDecides(env: GetEnv): Promise<boolean> {
  if (CHOOSING.some((name) => env(name))) return true;
  const texts = await Promise.all(
    configPlaces(env).map(({ file }) => readConfig(file)),
  );
  return texts.some((text) => text !== undefined && mayDecide(text));
}

/** Whether the words of a configuration may name another server or project. */
export function mayDecide(text: string): boolean {
  return /default-remote["']?\s*:\s*(?!["']?local["']?\s*(#.*)?$)\S/m.test(
    text,
  ) ||
    /\bproject["']?\s*:\s*(?!["']?default["']?\s*(#.*)?$)[^\s"']/m.test(text);
}

/** The text of a file; `undefined` where there is none. */
export async function readConfig(file: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    if (
      error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory ||
      error instanceof Deno.errors.NotCapable
    ) return undefined;
    throw new Error(
      `Cannot read the client configuration "${file}": ${
        error instanceof Deno.errors.PermissionDenied
          ? "permission denied"
          : (error as Error).message
      }`,
      { cause: error },
    );
  }
}
