const OFF = ["no", "0", "false", "off"];

/**
 * Where the local image store is, or undefined when there is to be none:
 * `KINI_CACHE` says no, or there is no folder to put it in.
 *
 * @see https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function storeFolder(
  env: (name: string) => string | undefined,
): string | undefined {
  const own = env("KINI_CACHE");
  if (own !== undefined && OFF.includes(own.toLowerCase())) return undefined;
  const cache = own || cacheHome(env);
  return cache && `${cache.replace(/\/+$/, "")}/images`;
}

function cacheHome(
  env: (name: string) => string | undefined,
): string | undefined {
  // The specification has relative paths ignored.
  const xdg = env("XDG_CACHE_HOME");
  if (xdg?.startsWith("/")) return `${xdg}/kini`;
  const home = env("HOME");
  return home ? `${home}/.cache/kini` : undefined;
}
