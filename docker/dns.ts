/**
 * The values of `--dns` and `--dns-search`.
 *
 * @module
 */
import { isIpAddress } from "./ip_address.ts";

const LABEL = "[\\p{L}\\p{N}_]([\\p{L}\\p{N}_-]{0,61}[\\p{L}\\p{N}_])?";
const DOMAIN = new RegExp(`^${LABEL}(\\.${LABEL})*\\.?$`, "u");

/**
 * Checks the address of a name server.
 *
 * @throws {SyntaxError} With docker's text.
 */
export function parseDnsServer(text: string): string {
  const address = text.trim();
  if (isIpAddress(address)) return address;
  throw new SyntaxError(`IP address is not correctly formatted: ${text}`);
}

/**
 * Checks a domain to search; `.` stands for none.
 *
 * @throws {SyntaxError} With docker's text.
 */
export function parseDnsSearch(text: string): string {
  const domain = text.trim();
  if (domain === "." || domain.length < 255 && DOMAIN.test(domain)) {
    return domain;
  }
  throw new SyntaxError(`${text} is not a valid domain`);
}
