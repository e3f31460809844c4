/** The parts of an image reference, in full: `node` is `docker.io`, `library/node`. */
export interface ImageReference {
  /** Host with an optional port, such as `docker.io` or `localhost:5000`. */
  readonly registry: string;
  /** Path within the registry, such as `library/node` or `kindest/node`. */
  readonly repository: string;
  readonly tag?: string;
  /** Algorithm and hexadecimal sum, such as `sha256:…`. */
  readonly digest?: string;
}

/** The registry that a reference without one means. */
export const DEFAULT_REGISTRY = "docker.io";
/** The tag that a reference without tag and digest means where docker fills one in. */
export const DEFAULT_TAG = "latest";

const OFFICIAL_PREFIX = "library/";
const LONGEST_REPOSITORY = 255;
const DIGEST_LENGTHS: Readonly<Record<string, number>> = {
  sha256: 64,
  sha384: 96,
  sha512: 128,
};

/**
 * Parses an image reference by the rules of docker, with tag and digest kept side by side.
 *
 * No tag is filled in; see {@linkcode withDefaultTag}.
 *
 * @throws {SyntaxError} With docker's text, such as `invalid reference format`.
 */
export function parseImageReference(text: string): ImageReference {
  if (/^[a-f0-9]{64}$/.test(text)) {
    throw new SyntaxError(
      `invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`,
    );
  }
  const { registry, rest } = splitRegistry(text);
  const name = rest.split(":", 1)[0]!;
  if (name !== name.toLowerCase()) {
    throw new SyntaxError(
      `invalid reference format: repository name (${name}) must be lowercase`,
    );
  }
  const match =
    /^([a-z0-9]+(?:(?:[._]|__|-+|\/)[a-z0-9]+)*)(?::(\w[\w.-]{0,127}))?(?:@([A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[\da-fA-F]{32,}))?$/
      .exec(rest);
  if (match === null || !isRegistry(registry)) {
    throw new SyntaxError("invalid reference format");
  }
  const [, repository = "", tag, digest] = match;
  if (repository.length > LONGEST_REPOSITORY) {
    throw new SyntaxError(
      `repository name must not be more than ${LONGEST_REPOSITORY} characters`,
    );
  }
  if (digest !== undefined) checkDigest(digest);
  return {
    registry,
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** Adds `latest` to a reference that has neither tag nor digest. */
export function withDefaultTag(reference: ImageReference): ImageReference {
  if (reference.tag !== undefined || reference.digest !== undefined) {
    return reference;
  }
  return { ...reference, tag: DEFAULT_TAG };
}

/** The full form: `docker.io/library/node:22`. */
export function formatImageReference(reference: ImageReference): string {
  return `${reference.registry}/${reference.repository}${suffix(reference)}`;
}

/** The name that docker shows, without tag and digest: `node`, `kindest/node`, `localhost:5000/x`. */
export function familiarName({ registry, repository }: ImageReference): string {
  if (registry !== DEFAULT_REGISTRY) return `${registry}/${repository}`;
  const short = repository.slice(OFFICIAL_PREFIX.length);
  return repository.startsWith(OFFICIAL_PREFIX) && !short.includes("/")
    ? short
    : repository;
}

/** The form that docker shows: `node:22`. */
export function familiarReference(reference: ImageReference): string {
  return familiarName(reference) + suffix(reference);
}

/**
 * Reads a text that may be an image ID instead of a reference: `sha256:` and 64 hexadecimal digits,
 * the 64 alone, or the first digits of either. Returns the digits, or undefined when it can be none.
 *
 * `cafe` may be both: docker looks for a reference of that name first.
 */
export function parseImageId(text: string): string | undefined {
  return /^(?:sha256:)?([a-f0-9]{1,64})$/.exec(text)?.[1];
}

function suffix({ tag, digest }: ImageReference): string {
  return (tag === undefined ? "" : `:${tag}`) +
    (digest === undefined ? "" : `@${digest}`);
}

function splitRegistry(text: string): { registry: string; rest: string } {
  const slash = text.indexOf("/");
  const first = text.slice(0, Math.max(slash, 0));
  const isHost = slash >= 0 &&
    (first === "localhost" || /[.:]/.test(first) ||
      first !== first.toLowerCase());
  const registry = isHost && first !== "index.docker.io"
    ? first
    : DEFAULT_REGISTRY;
  const rest = isHost ? text.slice(slash + 1) : text;
  if (registry === DEFAULT_REGISTRY && !rest.includes("/")) {
    return { registry, rest: OFFICIAL_PREFIX + rest };
  }
  return { registry, rest };
}

function isRegistry(text: string): boolean {
  const label = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
  return new RegExp(
    `^(?:${label}(?:\\.${label})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`,
  ).test(text);
}

function checkDigest(digest: string) {
  const [algorithm = "", sum = ""] = digest.split(":");
  const length = Object.hasOwn(DIGEST_LENGTHS, algorithm)
    ? DIGEST_LENGTHS[algorithm]
    : undefined;
  if (length === undefined) {
    throw new SyntaxError("unsupported digest algorithm");
  }
  if (sum.length !== length) {
    throw new SyntaxError("invalid checksum digest length");
  }
  if (sum !== sum.toLowerCase()) {
    throw new SyntaxError("invalid checksum digest format");
  }
}
