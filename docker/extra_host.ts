import { quote } from "./go_quote.ts";
import { isIpAddress } from "./ip_address.ts";

/**
 * Reads a value of `--add-host`, as `db:10.0.0.5` or `db=[::1]`, and returns it as docker keeps it, `db:::1`.
 *
 * @throws {SyntaxError} With docker's text.
 */
export function parseExtraHost(text: string): string {
  const at = text.includes("=") ? text.indexOf("=") : text.indexOf(":");
  if (at <= 0) {
    throw new SyntaxError(`bad format for add-host: ${quote(text)}`);
  }
  const given = text.slice(at + 1);
  const address = /^\[.+\]$/.test(given) ? given.slice(1, -1) : given;
  if (address !== "host-gateway" && !isIpAddress(address)) {
    throw new SyntaxError(`invalid IP address in add-host: ${quote(given)}`);
  }
  return `${text.slice(0, at)}:${address}`;
}
