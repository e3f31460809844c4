import { Exchange, type ExchangeOptions } from "./registry_exchange.ts";
import { RegistryError } from "./registry_error.ts";
import type { CredentialsSource } from "./registry_auth.ts";
import {
  apiHost,
  checkReference,
  type RegistryReference,
} from "./registry_reference.ts";
import {
  type Endpoint,
  endpointsFor,
  type RegistryRule,
} from "./registry_settings.ts";
import { RegistryTransport } from "./registry_transport.ts";

/** How registries are reached, by the user's settings. */
export interface RegistryAccess extends ExchangeOptions {
  credentials?: CredentialsSource | undefined;
  /** What the user's `registries.conf` says; see `registry_settings.ts`. */
  rules?: readonly RegistryRule[] | undefined;
  /** A `fetch` for one registry; it wins over `fetch` and `client`. */
  fetchFor?:
    | ((host: string, insecure: boolean) => Promise<typeof fetch>)
    | undefined;
}

/** A repository that is open. */
export interface OpenRepository {
  transport: RegistryTransport;
  endpoint: Endpoint;
  /** Tag or digest, as in `/v2/<repository>/manifests/<name>`. */
  name: string;
}

/**
 * Opens a reference's repository and does something with it, at its mirrors
 * first and last at the registry itself, until it is done once. Rejects with
 * the registry's own error when all fail, and at once with one that is not
 * about a registry.
 */
export async function atEndpoints<T>(
  reference: RegistryReference,
  access: RegistryAccess,
  use: (repository: OpenRepository) => Promise<T>,
): Promise<T> {
  const { registry, repository, name } = checkReference(reference);
  const wanted = { registry, repository, digest: reference.digest };
  const endpoints = endpointsFor(access.rules ?? [], wanted);
  for (const endpoint of endpoints) {
    try {
      const transport = await openTransport(endpoint, access);
      return await use({ transport, endpoint, name });
    } catch (error) {
      if (!endpoint.mirror || !(error instanceof RegistryError)) throw error;
    }
  }
  throw new RangeError(`${registry} has no place`);
}

/** Opens a repository for writing; mirrors are not written to. */
export async function openForPush(
  reference: RegistryReference,
  access: RegistryAccess,
  mountsFrom: readonly string[],
): Promise<OpenRepository> {
  const { registry, repository, name } = checkReference(reference);
  const [endpoint] = endpointsFor(
    access.rules ?? [],
    { registry, repository },
    { push: true },
  );
  const transport = await openTransport(endpoint!, access, {
    push: true,
    mountsFrom,
  });
  return { transport, endpoint: endpoint!, name };
}

/** Opens one place. */
export async function openTransport(
  endpoint: Pick<Endpoint, "registry" | "repository" | "insecure">,
  access: RegistryAccess,
  options: { push?: boolean; mountsFrom?: readonly string[] } = {},
): Promise<RegistryTransport> {
  const { registry, repository, insecure } = endpoint;
  const host = apiHost(registry);
  const { fetchFor, ...rest } = access;
  const exchange = new Exchange(
    fetchFor
      ? { ...rest, client: undefined, fetch: await fetchFor(host, insecure) }
      : rest,
  );
  return await RegistryTransport.open({
    host,
    registry,
    repository,
    exchange,
    insecure,
    credentials: access.credentials,
    ...options,
  });
}
