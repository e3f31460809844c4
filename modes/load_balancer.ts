/**
 * kind's load balancers, which stand before several control planes.
 *
 * @module
 */
import type { Device } from "../incus/types.ts";
import { listeningPortOf } from "./devices.ts";
import { ROLE_LABEL } from "./kind_labels.ts";

const LOAD_BALANCER = "external-load-balancer";

/** Whether a container with these labels is one. */
export function isLoadBalancer(
  labels: Readonly<Record<string, string>>,
): boolean {
  return labels[ROLE_LABEL] === LOAD_BALANCER;
}

/**
 * A load balancer's ports: one that is opened at an IPv6 address leads to the
 * container's IPv6, as with docker. In a cluster of IPv6 alone Envoy listens
 * there and not on 127.0.0.1.
 */
export function balancerPorts(
  devices: Readonly<Record<string, Device>>,
): Record<string, Device> {
  return Object.fromEntries(
    Object.entries(devices).map(([name, device]) => {
      const port = listeningPortOf(device);
      return [
        name,
        port?.hostIp.includes(":")
          ? {
            ...device,
            connect: `${port.protocol}:[::1]:${port.containerPort}`,
          }
          : device,
      ];
    }),
  );
}
