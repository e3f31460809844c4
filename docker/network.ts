/**
 * A network in docker's words.
 *
 * @module
 */

/** One family's addresses of a network. */
export interface Subnet {
  /** The network's own address, which members use as their gateway. */
  gateway: string;
  /** In CIDR form. */
  subnet: string;
}

/** A network as docker shows it, and the server's network behind it. */
export interface DockerNetwork {
  /** 64 hexadecimal digits. */
  id: string;
  name: string;
  /** The server's name; empty when there is none. */
  serverNetwork: string;
  driver: string;
  /** True for the network that new containers get. */
  configured: boolean;
  /** True for a name that `network create` gave, which `network rm` may take. */
  added: boolean;
  /** RFC 3339. */
  created: string;
  labels: Record<string, string>;
  options: Record<string, string>;
  ipv4: Subnet | undefined;
  ipv6: Subnet | undefined;
}
