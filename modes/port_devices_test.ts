import assert from "node:assert/strict";
import { parsePublish } from "../docker/publish.ts";
import { chooseAgain, portDevices } from "./port_devices.ts";

const publishes = (...texts: string[]) => texts.flatMap(parsePublish);

function listens(
  devices: ReturnType<typeof chooseAgain>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(devices ?? {}).map(([name, { listen }]) => [name, listen!]),
  );
}

Deno.test("portDevices() makes one device where one opens several ports", () => {
  let next = 40000;
  const devices = portDevices(
    publishes(
      "0.0.0.0:80:80",
      "[::]:80:80",
      "[::]:81:81/udp",
      "81:81/udp",
      "[::]:82:82",
      "127.0.0.1:82:82",
      "0:83",
      "[::]:0:83",
      "90-95:90",
    ),
    () => next++,
  );
  assert.deepEqual(listens(devices), {
    "kini-port-0": "tcp:0.0.0.0:80",
    "kini-port-2": "udp:[::]:81",
    "kini-port-4": "tcp:[::]:82",
    "kini-port-5": "tcp:127.0.0.1:82",
    // Two ports that are left to be chosen are two ports.
    "kini-port-6": "tcp:0.0.0.0:40000",
    "kini-port-7": "tcp:[::]:40001",
    "kini-port-8": "tcp:0.0.0.0:90",
  });
});

Deno.test("chooseAgain() takes the next of a range, and another of those left to it", () => {
  const asked = publishes("80:80", "90-91:90", "0:83/udp");
  const devices = portDevices(asked, () => 40000);
  const fresh = chooseAgain(asked, devices, () => 40001);
  assert.deepEqual(listens(fresh), {
    "kini-port-1": "tcp:0.0.0.0:91",
    "kini-port-2": "udp:0.0.0.0:40001",
  });
  const later = chooseAgain(asked, { ...devices, ...fresh }, () => 40002);
  assert.deepEqual(listens(later), { "kini-port-2": "udp:0.0.0.0:40002" });
  const fixed = publishes("80:80");
  assert.equal(
    chooseAgain(fixed, portDevices(fixed, () => 1), () => 1),
    undefined,
  );
});
