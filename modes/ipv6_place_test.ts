import assert from "node:assert/strict";
import type { RunRequest } from "../docker/run_request.ts";
import {
  checkFamilies,
  chooseIpv6,
  ipv6Lines,
  kernelText,
} from "./ipv6_place.ts";
import type { NetworkFacts } from "./mode.ts";

/** What of a request says where it wants to be. */
function runRequest(overrides: Partial<RunRequest> = {}): RunRequest {
  const rest = { network: "kind", ipv4: "", ipv6: "", labels: {}, sysctls: {} };
  return { ...rest, ...overrides } as RunRequest;
}

const NETWORK: NetworkFacts = {
  name: "kind",
  id: "",
  serverNetwork: "incusbr0",
  needsDevice: false,
  deviceName: "eth0",
  profileDevice: undefined,
  gateways: { ipv4: "10.0.3.1", ipv6: "fd42:1:2:3::1" },
  subnets: { ipv4: "10.0.3.0/24", ipv6: "fd42:1:2:3::/64" },
  statefulIpv6: false,
};
const NO_IPV6: NetworkFacts = {
  ...NETWORK,
  gateways: { ipv4: "10.0.3.1", ipv6: "" },
  subnets: { ipv4: "10.0.3.0/24", ipv6: "" },
};
const NODE = {
  labels: { "io.x-k8s.kind.cluster": "kind" },
  sysctls: {
    "net.ipv6.conf.all.disable_ipv6": "0",
    "net.ipv6.conf.all.forwarding": "1",
  },
};
const random = (bytes: Uint8Array) => {
  bytes.set([0x66, 0x6a, 0x11, 0x22, 0x33]);
  return bytes;
};

Deno.test("chooseIpv6() gives the address that an advertisement would lead to", () => {
  const place = chooseIpv6(runRequest(), NETWORK, random);
  assert.deepEqual(place, {
    address: "fd42:1:2:3:66:6aff:fe11:2233",
    prefix: 64,
    gateway: "fd42:1:2:3::1",
    hwaddr: "02:66:6a:11:22:33",
    reserve: false,
    wanted: false,
  });
  assert.deepEqual(ipv6Lines(place!), [
    "lxc.net.0.ipv6.address=fd42:1:2:3:66:6aff:fe11:2233/64",
    "lxc.net.0.ipv6.gateway=fd42:1:2:3::1",
  ]);
  assert.equal(
    kernelText(place!.address),
    "fd42000100020003" + "00666afffe112233",
  );
});

Deno.test("chooseIpv6() knows what is asked for, and where there is nothing to give", () => {
  const asked = chooseIpv6(
    runRequest({ ipv6: "fd42:1:2:3::77" }),
    { ...NETWORK, statefulIpv6: true },
    random,
  );
  assert.equal(asked?.address, "fd42:1:2:3::77");
  assert.equal(asked.reserve, true);
  assert.equal(asked.wanted, true);
  assert.equal(chooseIpv6(runRequest(NODE), NETWORK, random)?.wanted, true);
  assert.equal(chooseIpv6(runRequest(), NO_IPV6, random), undefined);
  assert.equal(
    chooseIpv6(runRequest(), { ...NETWORK, name: "none" }, random),
    undefined,
  );
  assert.equal(
    chooseIpv6(runRequest(), { ...NETWORK, serverNetwork: "" }, random),
    undefined,
  );
});

Deno.test("checkFamilies() refuses nodes of IPv6 without it, with the way out", () => {
  checkFamilies(runRequest(NODE), NETWORK, "incus");
  checkFamilies(runRequest(), NO_IPV6, "incus");
  // Nobody but kind insists.
  checkFamilies(runRequest({ sysctls: NODE.sysctls }), NO_IPV6, "incus");
  assert.throws(() => checkFamilies(runRequest(NODE), NO_IPV6, "lxd"), {
    name: "RangeError",
    message: "network kind has no IPv6, which ipFamily asks for: give it one " +
      'with "lxc network set incusbr0 ipv6.address=auto ipv6.nat=true", or ' +
      "use ipFamily ipv4",
  });
});

Deno.test("checkFamilies() refuses addresses outside of the network, as docker does", () => {
  for (const good of [{ ipv4: "10.0.3.99" }, { ipv6: "fd42:1:2:3::99" }]) {
    checkFamilies(runRequest(good), NETWORK, "incus");
  }
  for (
    const [request, address] of [
      [{ ipv4: "10.0.4.1" }, "10.0.4.1"],
      [{ ipv6: "fd42::1" }, "fd42::1"],
      [{ ipv4: "foo" }, "foo"],
    ] as const
  ) {
    assert.throws(() => checkFamilies(runRequest(request), NETWORK, "incus"), {
      name: "AddressOutside",
      message: "invalid config for network kind: invalid endpoint settings:\n" +
        `no configured subnet or ip-range contain the IP address ${address}`,
    });
  }
});
