import { quote } from "./go_quote.ts";
import { isIpAddress, joinHostPort } from "./ip_address.ts";
import { parsePortRange, type PortRange } from "./port_range.ts";

/** A transport protocol that docker publishes. */
export type Protocol = "tcp" | "udp" | "sctp";

/** A port of a container, as in `80/tcp`. */
export interface ExposedPort {
  readonly containerPort: number;
  readonly protocol: Protocol;
}

/** One container port to be reached from outside, as `-p` asks for it. */
export interface Publish extends ExposedPort {
  /** Without brackets; empty when none is given, which means every address. */
  readonly hostIp: string;
  /** 0 and undefined leave the choice to the daemon; docker reports them apart. */
  readonly hostPort: number | undefined;
  /** Last of the ports that the daemon may choose from, with `hostPort` the first. */
  readonly hostPortEnd?: number;
}

/** One port as a running container has it; without `hostPort` it is only exposed. */
export interface BoundPort {
  readonly containerPort: number;
  readonly protocol: string;
  readonly hostIp?: string;
  readonly hostPort?: number;
}

/**
 * Parses a value of `-p`, as `127.0.0.1:8080:80/TCP`, one result for each container port.
 *
 * @throws {SyntaxError} With the text that docker prints after `docker: `.
 */
export function parsePublish(text: string): Publish[] {
  const spec = text.includes("=") ? shortForm(text) : text;
  const parts = spec.split(":");
  const container = parts.pop()!;
  const host = parts.pop() ?? "";
  const { port, protocol } = splitProtocol(container);
  if (port === "") throw new SyntaxError(`No port specified: ${spec}<empty>`);
  const proto = readProtocol(protocol);
  const hostIp = readHostIp(parts.join(":"));
  const containerPorts = readRange(port, "containerPort");
  if (host === "") {
    return expand(containerPorts).map((containerPort) => ({
      hostIp,
      hostPort: undefined,
      containerPort,
      protocol: proto,
    }));
  }
  const hostPorts = readRange(host, "hostPort");
  const count = containerPorts.last - containerPorts.first;
  if (count === 0 && hostPorts.first !== hostPorts.last) {
    return [{
      hostIp,
      hostPort: hostPorts.first,
      hostPortEnd: hostPorts.last,
      containerPort: containerPorts.first,
      protocol: proto,
    }];
  }
  if (hostPorts.last - hostPorts.first !== count) {
    throw new SyntaxError(
      `Invalid ranges specified for container and host Ports: ${port} and ${host}`,
    );
  }
  return expand(containerPorts).map((containerPort, index) => ({
    hostIp,
    hostPort: hostPorts.first + index,
    containerPort,
    protocol: proto,
  }));
}

/**
 * Parses a value of `--expose`, as `80` or `8000-8010/udp`.
 *
 * @throws {SyntaxError} With the text that docker prints after `docker: `.
 */
export function parseExpose(text: string): ExposedPort[] {
  if (text.includes(":")) {
    throw new SyntaxError(`invalid port format for --expose: ${text}`);
  }
  const { port, protocol } = splitProtocol(text);
  let range: PortRange;
  try {
    range = parsePortRange(port);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SyntaxError(
      `invalid range format for --expose: ${text}, error: ${reason}`,
      {
        cause: error,
      },
    );
  }
  const proto = readProtocol(protocol);
  return expand(range).map((containerPort) => ({
    containerPort,
    protocol: proto,
  }));
}

/** The key of a port in docker's objects, as `80/tcp`. */
export function portKey(
  { containerPort, protocol }: Pick<BoundPort, "containerPort" | "protocol">,
): string {
  return `${containerPort}/${protocol}`;
}

/**
 * Formats the ports of a container for the PORTS column of `docker ps`.
 *
 * Neighbouring ports become a range where the port is the same on both sides or not published.
 */
export function formatPorts(ports: readonly BoundPort[]): string {
  const groups = new Map<
    string,
    { first: number; last: number; hostIp: string; protocol: string }
  >();
  const closed: string[] = [];
  const different: string[] = [];
  for (const port of [...ports].sort(comparePorts)) {
    const { containerPort, hostIp = "", hostPort, protocol } = port;
    if (hostIp !== "" && hostPort !== containerPort) {
      different.push(
        `${joinHostPort(hostIp, hostPort ?? 0)}->${portKey(port)}`,
      );
      continue;
    }
    const key = `${hostIp}/${protocol}`;
    const group = groups.get(key);
    if (group !== undefined && containerPort === group.last + 1) {
      group.last = containerPort;
      continue;
    }
    if (group === undefined) {
      groups.set(key, {
        first: containerPort,
        last: containerPort,
        hostIp,
        protocol,
      });
      continue;
    }
    closed.push(formatGroup(group));
    group.first = group.last = containerPort;
  }
  return [...closed, ...[...groups.values()].map(formatGroup), ...different]
    .join(", ");
}

/** Formats the published ports of a container as `docker port CONTAINER` prints them, one a line. */
export function formatPortLines(ports: readonly BoundPort[]): string[] {
  return ports
    .filter(({ hostPort }) => hostPort !== undefined)
    .map((port) =>
      `${portKey(port)} -> ${joinHostPort(port.hostIp ?? "", port.hostPort!)}`
    )
    .sort(compareNaturally);
}

/**
 * Finds the addresses that `docker port CONTAINER 6443/tcp` prints, one a line.
 *
 * @throws {SyntaxError} When the port is no number.
 * @throws {RangeError} When the port is not published.
 */
export function publishedAddresses(
  ports: readonly BoundPort[],
  query: string,
  container: string,
): string[] {
  const { port, protocol } = splitProtocol(query);
  try {
    if (port.includes("-")) {
      throw new SyntaxError(
        `strconv.ParseUint: parsing ${quote(port)}: invalid syntax`,
      );
    }
    parsePortRange(port);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SyntaxError(`Error: invalid port (${port}): ${reason}`, {
      cause: error,
    });
  }
  const found = ports
    .filter((bound) =>
      bound.hostPort !== undefined && portKey(bound) === `${port}/${protocol}`
    )
    .map(({ hostIp = "", hostPort }) => joinHostPort(hostIp, hostPort!));
  if (found.length === 0) {
    throw new RangeError(
      `Error: No public port '${query}' published for ${container}`,
    );
  }
  return found.sort(compareNaturally);
}

function shortForm(text: string): string {
  const fields: Record<string, string> = { protocol: "tcp" };
  for (const field of text.split(",")) {
    const equals = field.indexOf("=");
    if (equals <= 0) {
      throw new SyntaxError(
        `invalid publish opts format (should be name=value but got '${field}')`,
      );
    }
    fields[field.slice(0, equals)] = field.slice(equals + 1);
  }
  return `${fields["published"] ?? ""}:${fields["target"] ?? ""}/${
    fields["protocol"]
  }`;
}

function splitProtocol(text: string): { port: string; protocol: string } {
  const [port = "", protocol = ""] = text.split("/");
  return { port, protocol: protocol === "" ? "tcp" : protocol };
}

function readProtocol(text: string): Protocol {
  const protocol = text.toLowerCase();
  if (protocol === "tcp" || protocol === "udp" || protocol === "sctp") {
    return protocol;
  }
  throw new SyntaxError(`Invalid proto: ${protocol}`);
}

function readHostIp(text: string): string {
  let address = text;
  if (text.startsWith("[")) {
    const end = text.indexOf("]");
    if (end < 0) {
      throw new SyntaxError(
        `Invalid ip address ${text}: address ${text}:: missing ']' in address`,
      );
    }
    if (end !== text.length - 1) {
      throw new SyntaxError(
        `Invalid ip address ${text}: address ${text}:: missing port in address`,
      );
    }
    address = text.slice(1, -1);
  }
  if (address !== "" && !isIpAddress(address)) {
    throw new SyntaxError(`Invalid ip address: ${address}`);
  }
  return address;
}

function readRange(text: string, what: string): PortRange {
  try {
    return parsePortRange(text);
  } catch (cause) {
    throw new SyntaxError(`Invalid ${what}: ${text}`, { cause });
  }
}

function expand({ first, last }: PortRange): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function formatGroup(
  group: { first: number; last: number; hostIp: string; protocol: string },
) {
  const ports = group.first === group.last
    ? `${group.first}`
    : `${group.first}-${group.last}`;
  const host = group.hostIp === ""
    ? ""
    : `${joinHostPort(group.hostIp, ports)}->`;
  return `${host}${ports}/${group.protocol}`;
}

function comparePorts(a: BoundPort, b: BoundPort): number {
  return a.containerPort - b.containerPort ||
    compareText(a.hostIp ?? "", b.hostIp ?? "") ||
    (a.hostPort ?? 0) - (b.hostPort ?? 0) ||
    compareText(a.protocol, b.protocol);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Orders `80/tcp` before `443/tcp`: runs of digits count as numbers. */
function compareNaturally(a: string, b: string): number {
  const left = a.match(/\d+|\D+/g) ?? [];
  const right = b.match(/\d+|\D+/g) ?? [];
  for (let index = 0; index < left.length && index < right.length; index++) {
    const x = left[index]!;
    const y = right[index]!;
    const order = /^\d/.test(x) && /^\d/.test(y) ? Number(x) - Number(y) : 0;
    if (order !== 0) return order;
    if (x !== y) return compareText(x, y);
  }
  return left.length - right.length;
}
