import type { Filters } from "./filter.ts";
import { parsePortRange } from "./port_range.ts";

/** What `docker ps --filter` looks at in a container. */
export interface FilterableContainer {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** created, running, paused, restarting, removing, exited or dead. */
  readonly status: string;
  /** Of the last run that ended; only looked at when the container was started and has ended. */
  readonly exitCode: number;
  /** none, starting, healthy or unhealthy. */
  readonly health?: string;
  readonly networks?: readonly { readonly name: string; readonly id: string }[];
  /** Volume names, host paths and targets. */
  readonly mounts?: readonly {
    readonly name?: string;
    readonly source: string;
    readonly destination: string;
  }[];
  readonly ports?: readonly {
    readonly containerPort: number;
    readonly hostPort?: number;
    readonly protocol: string;
  }[];
  /** Full ID of the image. */
  readonly imageId?: string;
}

/** What decides, beside the filters, which containers `docker ps` lists. */
export interface ContainerFilterOptions {
  readonly all?: boolean;
  /** At most so many; a limit includes containers that do not run. */
  readonly limit?: number;
  /** Full IDs of the images that `ancestor` values mean, as far as there are such. */
  readonly ancestorIds?: readonly string[];
}

const STATUSES: readonly string[] = [
  "created",
  "running",
  "paused",
  "restarting",
  "removing",
  "exited",
  "dead",
];
const HEALTHS: readonly string[] = ["none", "starting", "healthy", "unhealthy"];
const RUNNING: readonly string[] = ["running", "paused", "restarting"];

/**
 * Picks the containers that `docker ps` lists, in the order given, which has to be newest first.
 *
 * @throws {RangeError} With a text of docker's daemon, as `invalid filter 'status=x': …`.
 */
export function filterContainers<T extends FilterableContainer>(
  containers: readonly T[],
  filters: Filters,
  options: ContainerFilterOptions = {},
): T[] {
  filters.accept(
    "ancestor",
    "before",
    "exited",
    "expose",
    "health",
    "id",
    "is-task",
    "isolation",
    "label",
    "name",
    "network",
    "publish",
    "since",
    "status",
    "volume",
  );
  checkWords(filters, "status", "state", STATUSES);
  checkWords(filters, "health", "health", HEALTHS);
  const exitCodes = filters.get("exited").map(readExitCode);
  const published = readPorts(filters, "publish");
  const exposed = readPorts(filters, "expose");
  const isTask = filters.boolean("is-task") ?? false;
  const newer = filters.get("before").at(-1);
  const older = filters.get("since").at(-1);
  const first = newer === undefined ? 0 : indexOf(containers, newer) + 1;
  const last = older === undefined
    ? containers.length
    : indexOf(containers, older);
  const limit = options.limit !== undefined && options.limit > 0
    ? options.limit
    : Infinity;
  const all = options.all === true || filters.has("status") ||
    limit !== Infinity;
  const picked: T[] = [];
  for (const container of containers.slice(first, last)) {
    if (picked.length >= limit) break;
    const { id, name, status } = container;
    if (!all && !RUNNING.includes(status)) continue;
    if (isTask) continue;
    if (!filters.matchesPattern("name", `/${name}`, name)) continue;
    if (!filters.matchesPattern("id", id)) continue;
    if (!filters.matchesLabels(container.labels)) continue;
    if (!filters.matchesPattern("status", status)) continue;
    if (!filters.matchesExactly("health", container.health ?? "none")) continue;
    if (exitCodes.length > 0 && !hasExited(container, exitCodes)) continue;
    if (
      filters.has("ancestor") &&
      !options.ancestorIds?.includes(container.imageId ?? "")
    ) continue;
    if (
      filters.has("network") && !isInNetwork(container, filters.get("network"))
    ) continue;
    if (filters.has("volume") && !hasVolume(container, filters)) continue;
    if (
      published.size + exposed.size > 0 &&
      !hasPort(container, published, exposed)
    ) continue;
    picked.push(container);
  }
  return picked;
}

function checkWords(
  filters: Filters,
  key: string,
  what: string,
  words: readonly string[],
) {
  for (const value of filters.get(key)) {
    if (words.includes(value)) continue;
    throw new RangeError(
      `invalid filter '${key}=${value}': invalid value for ${what} (${value}): must be one of ${
        words.join(", ")
      }`,
    );
  }
}

function readExitCode(text: string): number {
  if (/^[+-]?\d+$/.test(text)) return Number(text);
  throw new RangeError(
    `invalid filter 'exited=${text}': strconv.Atoi: parsing "${text}": invalid syntax`,
  );
}

function readPorts(filters: Filters, key: string): Set<string> {
  const ports = new Set<string>();
  for (const value of filters.get(key)) {
    if (value.includes(":")) {
      throw new RangeError(
        `filter for '${key}' should not contain ':': ${value}`,
      );
    }
    const [text = "", protocol = ""] = value.split("/");
    try {
      const { first, last } = parsePortRange(text);
      for (let port = first; port <= last; port++) {
        ports.add(`${port}/${protocol || "tcp"}`);
      }
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new RangeError(
        `error while looking up for ${key} ${value}: ${reason}`,
        { cause },
      );
    }
  }
  return ports;
}

function indexOf(
  containers: readonly FilterableContainer[],
  text: string,
): number {
  const bare = text.startsWith("/") ? text.slice(1) : text;
  const tests: ((container: FilterableContainer) => boolean)[] = [
    ({ id }) => id === text,
    ({ name }) => name === bare,
    ({ id }) => text !== "" && id.startsWith(text),
  ];
  for (const test of tests) {
    const index = containers.findIndex(test);
    if (index >= 0) return index;
  }
  throw new RangeError(`No such container: ${text}`);
}

function hasExited(
  { status, exitCode }: FilterableContainer,
  codes: readonly number[],
): boolean {
  return status !== "created" && !RUNNING.includes(status) &&
    codes.includes(exitCode);
}

function isInNetwork(
  { networks = [] }: FilterableContainer,
  values: readonly string[],
): boolean {
  return networks.some(({ name, id }) =>
    values.some((value) => value === name || id.startsWith(value))
  );
}

function hasVolume(
  { mounts = [] }: FilterableContainer,
  filters: Filters,
): boolean {
  return mounts.some(({ name, source, destination }) =>
    filters.matchesExactly("volume", name ?? source, destination)
  );
}

function hasPort(
  { ports = [] }: FilterableContainer,
  published: ReadonlySet<string>,
  exposed: ReadonlySet<string>,
): boolean {
  return ports.some(({ containerPort, hostPort, protocol }) =>
    published.has(`${hostPort ?? 0}/${protocol}`) ||
    exposed.has(`${containerPort}/${protocol}`)
  );
}
