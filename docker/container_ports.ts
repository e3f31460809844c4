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
    if (binding.hostIp !== ANY_IPV4 || isExplicit(container, binding)) continue;
    const other = { ...binding, hostIp: ANY_IPV6 };
    if (!bindings.some((one) => isSame(one, other))) ports.push(other);
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

function isSame(a: PortBinding, b: PortBinding): boolean {
  return portKey(a) === portKey(b) && a.hostIp === b.hostIp &&
    a.hostPort === b.hostPort;
}
