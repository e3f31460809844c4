import { type RegistryRule } from "./registry_settings.ts";

/** What {@linkcode readRegistryRules} reads with. */
export interface SettingsFileOptions {
  env: (name: string) => string | undefined;
  /** Rejects with Deno.errors.NotFound when there is no such file. */
  readTextFile: (path: string) => Promise<string>;
  /** The names in a folder; none when there is no such folder. */
  listFolder: (path: string) => Promise<string[]>;
}

/**
 * Reads the user's settings about registries: the file that
 * `CONTAINERS_REGISTRIES_CONF` names and no other, or the user's own, or else
 * the system's, each with the folder of further files beside it. A later file
 * wins over an earlier one about the same prefix.
 *
 * @throws {SyntaxError} with the file and what is wrong in it.
 */
export async function readRegistryRules(
  options: SettingsFileOptions,
): Promise<RegistryRule[]> {
  const rules = new Map<string, RegistryRule>();
  for (const path of await settingsFiles(options)) {
    for (const rule of await readRules(path, options)) {
      rules.set(rule.prefix, rule);
    }
  }
  return [...rules.values()];
}

async function settingsFiles(options: SettingsFileOptions): Promise<string[]> {
  const { env } = options;
  const named = env("CONTAINERS_REGISTRIES_CONF");
  if (named) return [named];
  const home = env("HOME");
  const config = env("XDG_CONFIG_HOME") || (home && `${home}/.config`);
  const own = config && `${config}/containers/registries.conf`;
  const system = "/etc/containers/registries.conf";
  const hasOwn = own !== undefined && own !== "" &&
    await isThere(own, options);
  const folders = [
    ...(hasOwn ? [] : [`${system}.d`]),
    ...(own ? [`${own}.d`] : []),
  ];
  const files = [hasOwn ? own : system];
  for (const folder of folders) {
    const names = (await options.listFolder(folder))
      .filter((name) => name.endsWith(".conf")).sort();
    files.push(...names.map((name) => `${folder}/${name}`));
  }
  return files;
}

async function isThere(
  path: string,
  { readTextFile }: SettingsFileOptions,
): Promise<boolean> {
  try {
    await readTextFile(path);
    return true;
  } catch (error) {
    // What can't be read is told when it is read.
    return !(error instanceof Deno.errors.NotFound);
  }
}

async function readRules(
  path: string,
  { env, readTextFile }: SettingsFileOptions,
): Promise<RegistryRule[]> {
  let content: string;
  try {
    content = await readTextFile(path);
  } catch (cause) {
    const named = env("CONTAINERS_REGISTRIES_CONF") === path;
    if (cause instanceof Deno.errors.NotFound && !named) return [];
    throw new Error(`Cannot read "${path}"`, { cause });
  }
  if (!/^\s*[^#\s]/m.test(content)) return [];
  const { parseRegistriesConf } = await import("./registries_conf.ts");
  try {
    return parseRegistriesConf(content);
  } catch (cause) {
    throw new SyntaxError(
      `Cannot read "${path}": ${(cause as Error).message.split("\n")[0]}`,
      { cause },
    );
  }
}
