import assert from "node:assert/strict";
import { serverFor } from "../tests/fake_incus/server.ts";
import { resolverConfig, resolverText } from "./resolver.ts";

const NONE = { dns: [], dnsSearch: [], dnsOptions: [] };
const NETWORK = { servers: ["10.0.3.1", "fd42::1"], domain: "lxd" };

Deno.test("resolverText() has the network's servers and domain, or those asked for", () => {
  assert.equal(
    resolverText(NONE, NETWORK),
    "nameserver 10.0.3.1\nnameserver fd42::1\nsearch lxd\n",
  );
  assert.equal(
    resolverText({
      dns: ["9.9.9.9", "fc00::5"],
      dnsSearch: ["a.test", "b"],
      dnsOptions: ["ndots:3", "timeout:1"],
    }, NETWORK),
    "nameserver 9.9.9.9\nnameserver fc00::5\nsearch a.test b\n" +
      "options ndots:3 timeout:1\n",
  );
  assert.equal(
    resolverText({ ...NONE, dnsSearch: ["."] }, {
      ...NETWORK,
      servers: ["10.0.3.1"],
    }),
    "nameserver 10.0.3.1\n",
  );
});

Deno.test("resolverConfig() gives Incus its keys, and refuses what it has none for", () => {
  const server = serverFor({});
  const able = {
    ...server,
    api_extensions: [...server.api_extensions ?? [], "oci_network_config"],
  };
  const old = {
    ...server,
    api_extensions: (server.api_extensions ?? []).filter((name) =>
      name !== "oci_network_config"
    ),
  };
  const asked = { ...NONE, dns: ["9.9.9.9", "fc00::5"], dnsSearch: ["a", "b"] };
  assert.deepEqual(resolverConfig(asked, able), {
    "oci.dns.nameservers": "9.9.9.9,fc00::5",
    "oci.dns.search": "a,b",
  });
  assert.deepEqual(resolverConfig(NONE, old), {});
  assert.throws(() => resolverConfig(asked, old), /before Incus 7\.0\.1/);
  for (const bad of [{ dnsSearch: ["."] }, { dnsOptions: ["ndots:1"] }]) {
    assert.throws(
      () => resolverConfig({ ...NONE, ...bad }, able),
      /use KINI_MODE=lxc$/,
    );
  }
});
