/**
 * Where a container looks names up: `--dns`, `--dns-search`, `--dns-option`.
 *
 * @module
 */
import type { RunRequest } from "../docker/run_request.ts";
import type { Server } from "../incus/types.ts";

type Asked = Pick<RunRequest, "dns" | "dnsSearch" | "dnsOptions">;

/** `--dns-search .`: no domains at all. */
const NO_DOMAINS = ".";

/** Incus 7.0.1 and 7.2 brought `oci.dns.*`. */
const EXTENSION = "oci_network_config";

/** The text of `/etc/resolv.conf`, with what the network has for the rest. */
export function resolverText(
  { dns, dnsSearch, dnsOptions }: Asked,
  network: { servers: readonly string[]; domain: string },
): string {
  const domains = dnsSearch.length > 0
    ? dnsSearch.filter((one) => one !== NO_DOMAINS)
    : network.domain
    ? [network.domain]
    : [];
  return [
    ...(dns.length > 0 ? dns : network.servers).map((one) =>
      `nameserver ${one}\n`
    ),
    ...(domains.length > 0 ? [`search ${domains.join(" ")}\n`] : []),
    ...(dnsOptions.length > 0 ? [`options ${dnsOptions.join(" ")}\n`] : []),
  ].join("");
}

/**
 * The same for a server that writes the file itself.
 *
 * @throws {RangeError} for what the server has no key for.
 */
export function resolverConfig(
  { dns, dnsSearch, dnsOptions }: Asked,
  server: Server,
): Record<string, string> {
  if (dnsOptions.length > 0) {
    throw new RangeError(
      "--dns-option can't be had in OCI mode, where Incus writes " +
        "/etc/resolv.conf: leave it out, or use KINI_MODE=lxc",
    );
  }
  if (dnsSearch.includes(NO_DOMAINS)) {
    throw new RangeError(
      '"--dns-search ." can\'t be had in OCI mode, where Incus adds the ' +
        "domain of the network: leave it out, or use KINI_MODE=lxc",
    );
  }
  const config: Record<string, string> = {};
  if (dns.length > 0) config["oci.dns.nameservers"] = dns.join(",");
  if (dnsSearch.length > 0) config["oci.dns.search"] = dnsSearch.join(",");
  if (
    Object.keys(config).length > 0 &&
    !server.api_extensions?.includes(EXTENSION)
  ) {
    throw new RangeError(
      "--dns and --dns-search can't be had in OCI mode before Incus 7.0.1: " +
        "leave them out, or use KINI_MODE=lxc",
    );
  }
  return config;
}
