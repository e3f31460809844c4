import { parsePortRange } from "./port_range.ts";

/** `8080`, `80-82/udp` or a whole publish, of which the last part counts. */
export function portsOf(text: string): string[] {
  const slash = text.indexOf("/");
  const spec = slash < 0 ? text : text.slice(0, slash);
  const protocol = (slash < 0 ? "" : text.slice(slash + 1).toLowerCase()) ||
    "tcp";
  const container = spec.slice(spec.lastIndexOf(":") + 1);
  let range: { first: number; last: number };
  try {
    range = parsePortRange(container);
  } catch (cause) {
    throw new SyntaxError(`Invalid containerPort: ${container}`, { cause });
  }
  if (!["tcp", "udp", "sctp"].includes(protocol)) {
    throw new SyntaxError(`Invalid proto: ${protocol}`);
  }
  const ports: string[] = [];
  for (let port = range.first; port <= range.last; port++) {
    ports.push(`${port}/${protocol}`);
  }
  return ports;
}
