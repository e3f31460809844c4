/**
 * What the user's `registries.conf` says about registries: the file that
 * skopeo and podman read too, so that one setting serves them all.
 *
 * @see https://github.com/containers/image/blob/main/docs/containers-registries.conf.5.md
 * @module
 */

/** One place to get a repository from. */
export interface Endpoint {
  /** Host and port; `docker.io` is left as it is. */
  registry: string;
  repository: string;
  /** It may have no HTTPS, or a certificate that nobody vouches for. */
  insecure: boolean;
  mirror: boolean;
}

/** One `[[registry]]`. */
export interface RegistryRule {
  /** What references it is for: `host`, `host/path` or `*.domain`. */
  prefix: string;
  /** What takes the place of the prefix; empty: nothing does. */
  location: string;
  insecure: boolean;
  blocked: boolean;
  mirrors: MirrorRule[];
}

/** One `[[registry.mirror]]`. */
export interface MirrorRule {
  location: string;
  insecure: boolean;
  /** Which references it is asked for. */
  pulls: "all" | "digest-only" | "tag-only";
}

/**
 * Reads the rules out of a parsed file.
 *
 * @throws {SyntaxError} that names what is wrong.
 */
export function parseRegistryRules(file: unknown): RegistryRule[] {
  const { registry = [], registries } = Object(file);
  if (hasOldForm(registries)) {
    throw new SyntaxError(
      "[registries.insecure] and [registries.block] are the old form: " +
        "use [[registry]]",
    );
  }
  return list(registry, "registry").map((one) => {
    const location = text(one.location, "location");
    const prefix = text(one.prefix, "prefix") || location;
    if (prefix === "") throw new SyntaxError("a [[registry]] has no prefix");
    const byDigest = flag(one["mirror-by-digest-only"], "mirror-by-digest-only")
      ? "digest-only"
      : "all";
    return {
      prefix: trimmed(prefix),
      location: trimmed(location),
      insecure: flag(one.insecure, "insecure"),
      blocked: flag(one.blocked, "blocked"),
      mirrors: list(one.mirror ?? [], "mirror").map((mirror) => ({
        location: trimmed(required(mirror.location, "mirror's location")),
        insecure: flag(mirror.insecure, "insecure"),
        pulls: pullsOf(mirror["pull-from-mirror"], byDigest),
      })),
    };
  });
}

/** A name of which the registry's place is wanted. */
export interface WantedName {
  registry: string;
  repository: string;
  digest?: string | undefined;
}

/** The rule for a name: the one with the longest prefix. */
function ruleFor(
  rules: readonly RegistryRule[],
  { registry, repository }: WantedName,
): RegistryRule | undefined {
  const name = `${registry}/${repository}`;
  return rules.filter(({ prefix }) => matched(prefix, name) !== undefined)
    .reduce<RegistryRule | undefined>(
      (best, rule) =>
        best && best.prefix.length > rule.prefix.length ? best : rule,
      undefined,
    );
}

/**
 * Where a name is got from, in the order in which to try; its own registry is
 * the last. Without a rule that is the only one.
 *
 * @throws {RangeError} for a registry that the user blocks.
 */
export function endpointsFor(
  rules: readonly RegistryRule[],
  name: WantedName,
  options: { push?: boolean } = {},
): Endpoint[] {
  const { registry, repository, digest } = name;
  const own = { registry, repository, insecure: false, mirror: false };
  const rule = ruleFor(rules, name);
  if (!rule) return [own];
  if (rule.blocked) {
    throw new RangeError(
      `registry ${rule.prefix} is blocked by your registries.conf`,
    );
  }
  const place = (location: string) => {
    const full = `${registry}/${repository}`;
    const part = matched(rule.prefix, full) ?? "";
    // A wildcard stands for hosts: there is nothing to put in its place.
    const whole = location && !rule.prefix.startsWith("*.")
      ? location + full.slice(part.length)
      : location
      ? `${location}/${repository}`
      : full;
    const slash = whole.indexOf("/");
    return {
      registry: whole.slice(0, slash),
      repository: whole.slice(slash + 1),
    };
  };
  const mirrors = options.push
    ? []
    : rule.mirrors.filter(({ pulls }) =>
      pulls === "all" || (pulls === "digest-only") === (digest !== undefined)
    );
  return [
    ...mirrors.map(({ location, insecure }) => ({
      ...place(location),
      insecure,
      mirror: true,
    })),
    { ...place(rule.location), insecure: rule.insecure, mirror: false },
  ];
}

/** The part of a name that a prefix covers; undefined: it is not for it. */
function matched(prefix: string, name: string): string | undefined {
  if (prefix.startsWith("*.")) {
    const host = name.split("/", 1)[0]!;
    const bare = host.replace(/:\d+$/, "");
    const [domain = "", ...path] = prefix.slice(1).split("/");
    if (!host.endsWith(domain) && !bare.endsWith(domain)) return undefined;
    const full = [host, ...path].join("/");
    return name === full || name.startsWith(`${full}/`) ? full : undefined;
  }
  return name === prefix || name.startsWith(`${prefix}/`) ? prefix : undefined;
}

function hasOldForm(registries: unknown): boolean {
  return ["insecure", "block"].some((key) => {
    const old = Object(Object(registries)[key]).registries;
    return Array.isArray(old) && old.length > 0;
  });
}

function pullsOf(
  value: unknown,
  byDefault: MirrorRule["pulls"],
): MirrorRule["pulls"] {
  if (value === undefined || value === "") return byDefault;
  if (value === "all" || value === "digest-only" || value === "tag-only") {
    return value;
  }
  throw new SyntaxError(
    'pull-from-mirror is none of "all", "digest-only" and "tag-only"',
  );
}

function list(value: unknown, field: string): Record<string, unknown>[] {
  if (!Array.isArray(value)) {
    throw new SyntaxError(`"${field}" is no list of tables: use [[${field}]]`);
  }
  return value.map((one) => Object(one));
}

function text(value: unknown, field: string): string {
  if (value === undefined) return "";
  if (typeof value === "string") return value;
  throw new SyntaxError(`${field} is not a string`);
}

function required(value: unknown, field: string): string {
  const found = text(value, field);
  if (found === "") throw new SyntaxError(`a ${field} is missing`);
  return found;
}

function flag(value: unknown, field: string): boolean {
  if (value === undefined) return false;
  if (typeof value === "boolean") return value;
  throw new SyntaxError(`${field} is neither true nor false`);
}

function trimmed(location: string): string {
  if (/^https?:\/\//.test(location)) {
    throw new SyntaxError(
      `"${location}" begins with a scheme: leave it out, and set ` +
        "insecure = true where there is no HTTPS",
    );
  }
  return location.replace(/\/+$/, "");
}
