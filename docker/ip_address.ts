/** Tells whether a text is a dotted IPv4 address, without leading zeros as Go wants it. */
function isIpv4(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 &&
    parts.every((part) =>
      /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256
    );
}

/** Tells whether a text is an IPv6 address without brackets and zone. */
function isIpv6(text: string): boolean {
  const halves = text.split("::");
  if (!text.includes(":") || halves.length > 2) return false;
  let groups = 0;
  for (const [index, half] of halves.entries()) {
    if (half === "") continue;
    const parts = half.split(":");
    const last = parts.at(-1)!;
    const endsInIpv4 = index === halves.length - 1 && last.includes(".");
    if (endsInIpv4 && !isIpv4(last)) return false;
    const hex = endsInIpv4 ? parts.slice(0, -1) : parts;
    if (!hex.every((part) => /^[\da-fA-F]{1,4}$/.test(part))) return false;
    groups += hex.length + (endsInIpv4 ? 2 : 0);
  }
  if (halves.length === 2) return groups < 8;
  return groups === 8;
}

/** Tells whether a text is an IP address that Go's net.ParseIP reads. */
export function isIpAddress(text: string): boolean {
  return isIpv4(text) || isIpv6(text);
}

/** Joins a host and a port or port range, with brackets around an IPv6 address. */
export function joinHostPort(host: string, port: number | string): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
