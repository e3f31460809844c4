/**
 * Docker's own DNS, at 127.0.0.11 in a container.
 *
 * @module
 */
import type { RunRequest } from "../docker/run_request.ts";
import type { Device } from "../incus/types.ts";
import { isLoadBalancer } from "./load_balancer.ts";
import type { NetworkFacts } from "./mode.ts";

/** Where docker's containers on a network of the user's find it. */
const DOCKER_DNS = "127.0.0.11:53";

/**
 * Devices that make the network's DNS answer at docker's address: the server
 * listens there inside the container and passes on to the bridge's DNS, which
 * knows the names of the other containers.
 *
 * Only kind's load balancers get them. Until kind 0.29 the address is written
 * into their configuration; whatever else runs in a container finds the
 * bridge's DNS in `/etc/resolv.conf`. Each device is one more process on the
 * server, as long as the container runs.
 */
export function dnsDevices(
  request: RunRequest,
  { serverNetwork, gateways }: NetworkFacts,
): Record<string, Device> {
  if (!isLoadBalancer(request.labels) || !serverNetwork) return {};
  const { ipv4, ipv6 } = gateways;
  const server = ipv4 || (ipv6 && `[${ipv6}]`);
  if (!server) return {};
  return Object.fromEntries(
    ["udp", "tcp"].map((protocol): [string, Device] => [
      `kini-dns-${protocol}`,
      {
        type: "proxy",
        bind: "instance",
        listen: `${protocol}:${DOCKER_DNS}`,
        connect: `${protocol}:${server}:53`,
      },
    ]),
  );
}
