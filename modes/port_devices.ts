/**
 * Published ports as devices of an instance.
 *
 * @module
 */
import { portKey, type Publish } from "../docker/publish.ts";
import type { Device } from "../incus/types.ts";
import { listeningPortOf, proxyDeviceFor } from "./devices.ts";

/** Chooses a port of the server that is free. */
type ChoosePort = (protocol: string, hostIp: string) => number;

const ANY_ADDRESS = new Set(["", "0.0.0.0", "::"]);

/** A device for each published port. */
export function portDevices(
  publishes: readonly Publish[],
  choosePort: ChoosePort,
): Record<string, Device> {
  const devices: Record<string, Device> = {};
  publishes.forEach((publish, index) => {
    if (isServedByOther(publishes, index)) return;
    devices[deviceName(index)] = proxyDeviceFor({
      ...publish,
      hostPort: publish.hostPort ||
        choosePort(publish.protocol, publish.hostIp),
    });
  });
  return devices;
}

/**
 * New ports for the devices whose port was left to kini, after one of them
 * turned out to be taken. A range is gone through from its beginning.
 *
 * @returns `undefined` when there is nothing to choose.
 */
export function chooseAgain(
  publishes: readonly Publish[],
  devices: Readonly<Record<string, Device>>,
  choosePort: ChoosePort,
): Record<string, Device> | undefined {
  const fresh: Record<string, Device> = {};
  publishes.forEach((publish, index) => {
    const name = deviceName(index);
    const old = listeningPortOf(devices[name] ?? {});
    if (!old) return;
    const hostPort = nextPort(publish, old.hostPort, choosePort);
    if (!hostPort) return;
    const { listen = "" } = proxyDeviceFor({ ...publish, hostPort });
    fresh[name] = { ...devices[name]!, listen };
  });
  return Object.keys(fresh).length > 0 ? fresh : undefined;
}

function nextPort(
  { protocol, hostIp, hostPort, hostPortEnd }: Publish,
  old: number,
  choosePort: ChoosePort,
): number | undefined {
  if (!hostPort) return choosePort(protocol, hostIp);
  return hostPortEnd !== undefined && old < hostPortEnd ? old + 1 : undefined;
}

/**
 * Whether an earlier device opens this port too: one that listens on all
 * addresses of a family does so on those of the other.
 */
function isServedByOther(
  publishes: readonly Publish[],
  index: number,
): boolean {
  const publish = publishes[index]!;
  return Boolean(publish.hostPort) && ANY_ADDRESS.has(publish.hostIp) &&
    publishes.slice(0, index).some((one) =>
      portKey(one) === portKey(publish) && one.hostPort === publish.hostPort &&
      one.hostPortEnd === publish.hostPortEnd && ANY_ADDRESS.has(one.hostIp)
    );
}

function deviceName(index: number): string {
  return `kini-port-${index}`;
}
