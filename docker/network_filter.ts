import type { Filters } from "./filter.ts";

/** What `docker network ls --filter` looks at in a network. */
export interface FilterableNetwork {
  readonly id: string;
  readonly name: string;
  readonly driver: string;
  readonly scope: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Whether a container is attached. */
  readonly inUse: boolean;
}

const PREDEFINED: readonly string[] = ["bridge", "host", "none", "default"];

/** Tells whether a network is one of those that docker has without being asked. */
export function isPredefinedNetwork(name: string): boolean {
  return PREDEFINED.includes(name);
}

/**
 * Picks the networks that `docker network ls` lists.
 *
 * @throws {RangeError} With a text of docker's daemon.
 */
export function filterNetworks<T extends FilterableNetwork>(
  networks: readonly T[],
  filters: Filters,
): T[] {
  filters.accept(
    "dangling",
    "driver",
    "id",
    "label",
    "name",
    "scope",
    "type",
  );
  const dangling = readDangling(filters);
  for (const type of filters.get("type")) {
    if (type === "builtin" || type === "custom") continue;
    throw new RangeError(`invalid filter: 'type'='${type}'`);
  }
  return networks.filter(({ id, name, driver, scope, labels, inUse }) => {
    const predefined = isPredefinedNetwork(name);
    return filters.matchesExactly("driver", driver) &&
      filters.matchesPattern("name", name) &&
      filters.matchesPattern("id", id) &&
      filters.matchesLabels(labels) &&
      filters.matchesExactly("scope", scope) &&
      (dangling === undefined || dangling === (!predefined && !inUse)) &&
      filters.matchesExactly("type", predefined ? "builtin" : "custom");
  });
}

function readDangling(filters: Filters): boolean | undefined {
  const values = filters.get("dangling");
  if (values.length > 1) {
    throw new RangeError(`got more than one value for filter key "dangling"`);
  }
  switch (values[0]) {
    case undefined:
      return undefined;
    case "1":
    case "true":
      return true;
    case "0":
    case "false":
      return false;
  }
  throw new RangeError(
    `invalid value for filter 'dangling', must be "true" (or "1"), or "false" (or "0")`,
  );
}
