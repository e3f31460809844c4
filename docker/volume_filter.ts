import type { Filters } from "./filter.ts";

/** What `docker volume ls --filter` looks at in a volume. */
export interface FilterableVolume {
  readonly name: string;
  readonly driver: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Whether a container has it, running or not. */
  readonly inUse: boolean;
}

/**
 * Picks the volumes that `docker volume ls` lists.
 *
 * @throws {RangeError} With a text of docker's daemon.
 */
export function filterVolumes<T extends FilterableVolume>(
  volumes: readonly T[],
  filters: Filters,
): T[] {
  filters.accept("dangling", "driver", "label", "name");
  const dangling = filters.boolean("dangling");
  return volumes.filter(({ name, driver, labels, inUse }) =>
    filters.matchesPattern("name", name) &&
    filters.matchesExactly("driver", driver) &&
    filters.matchesLabels(labels) &&
    (dangling === undefined || dangling === !inUse)
  );
}
