/**
 * The ports of a container as `docker ps`, `inspect` and `port` list them.
 *
 * @module
 */
import type { Container, PortBinding } from "./container.ts";
import { type BoundPort, portKey } from "./publish.ts";

const ANY_IPV4 = "0.0.0.0";
const ANY_IPV6 = "::";

/**
 * All ports of a container, published ones with their place on the host. A
 * container that does not run has none.
 *
 * A port that was published without an address is listed for both families, as
 * docker does; with an explicit `0.0.0.0` it is listed once.
 */
export function listPorts(container: Container): BoundPort[] {
  const { state, record, ports: bindings } = container;
  if (state.status !== "running" && state.status !== "paused") return [];
  const ports: BoundPort[] = [];
  for (const binding of bindings) {
    ports.push(binding);
    const { hostIp } = binding;
    if (hostIp !== ANY_IPV4 && hostIp !== ANY_IPV6) continue;
    const other = {
      ...binding,
      hostIp: hostIp === ANY_IPV4 ? ANY_IPV6 : ANY_IPV4,
    };
    if (
      (hostIp === ANY_IPV4 && !isExplicit(container, binding) ||
        isAskedFor(container, other)) &&
      !bindings.some((one) => isSame(one, other))
    ) ports.splice(hostIp === ANY_IPV4 ? ports.length : -1, 0, other);
  }
  const published = new Set(ports.map(portKey));
  for (const key of record.exposedPorts) {
    if (published.has(key)) continue;
    const [port = "", protocol = "tcp"] = key.split("/");
    ports.push({ containerPort: Number(port), protocol });
  }
  return ports;
}

/** Whether `-p` named the address that the port is bound to. */
function isExplicit({ record }: Container, binding: PortBinding): boolean {
  return record.publishes.some((publish) =>
    portKey(publish) === portKey(binding) &&
    publish.hostIp === binding.hostIp &&
    (!publish.hostPort || publish.hostPort === binding.hostPort ||
      publish.hostPortEnd !== undefined)
  );
}

/** Whether `-p` named this very port, which the same device opens. */
function isAskedFor({ record }: Container, port: PortBinding): boolean {
  return record.publishes.some((publish) =>
    portKey(publish) === portKey(port) &&
    (publish.hostIp === "" || publish.hostIp === port.hostIp) &&
    publish.hostPort === port.hostPort
  );
}

function isSame(a: PortBinding, b: PortBinding): boolean {
  return portKey(a) === portKey(b) && a.hostIp === b.hostIp &&
    a.hostPort === b.hostPort;
}
