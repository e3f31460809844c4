import { parseDigest } from "./digest.ts";

/** The parts of an image's name that a registry needs, docker's defaults set. */
export interface RegistryReference {
  /** Host and port; docker's own registry is `docker.io`. */
  registry: string;
  repository: string;
  /** `latest` when there is neither tag nor digest. */
  tag?: string | undefined;
  /** Wins over the tag. */
  digest?: string | undefined;
}

const DOCKER_REGISTRY = "docker.io";
const DOCKER_API_HOST = "registry-1.docker.io";

/** The host and port that answers for a registry's name. */
export function apiHost(registry: string): string {
  return registry === DOCKER_REGISTRY ? DOCKER_API_HOST : registry;
}

/** Formats a name as docker prints it: short for its own registry. */
export function familiarName(reference: RegistryReference): string {
  const { registry, repository } = reference;
  if (registry !== DOCKER_REGISTRY) return `${registry}/${repository}`;
  return repository.replace(/^library\/(?=[^/]+$)/, "");
}

/** Formats a name with its tag and digest as docker prints it. */
export function familiarString(reference: RegistryReference): string {
  const tag = reference.tag ?? (reference.digest ? undefined : "latest");
  return familiarName(reference) + (tag ? `:${tag}` : "") +
    (reference.digest ? `@${reference.digest}` : "");
}

/**
 * Fills in a reference's defaults and rejects with a SyntaxError what would
 * leave its place in a URL.
 */
export function checkReference(reference: RegistryReference): {
  registry: string;
  repository: string;
  /** Tag or digest, as in `/v2/<repository>/manifests/<name>`. */
  name: string;
} {
  const { registry, digest, tag = "latest" } = reference;
  const repository =
    registry === DOCKER_REGISTRY && !reference.repository.includes("/")
      ? `library/${reference.repository}`
      : reference.repository;
  const part = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
  const valid =
    /^(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::\d{1,5})?$/.test(registry) &&
    repository.length <= 255 &&
    new RegExp(`^${part}(?:/${part})*$`).test(repository) &&
    (digest !== undefined || /^\w[\w.-]{0,127}$/.test(tag));
  if (!valid) {
    throw new SyntaxError(
      `Invalid image reference: "${familiarString(reference)}"`,
    );
  }
  const name = digest === undefined ? tag : parseDigest(digest);
  return { registry, repository, name };
}
