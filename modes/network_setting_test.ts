import assert from "node:assert/strict";
import { network, profile } from "../tests/builders.ts";
import { FakeIncus } from "../tests/fake_incus.ts";
import { configuredNetwork, parseNetworkSetting } from "./network_setting.ts";

Deno.test("parseNetworkSetting() reads a network, or a profile", () => {
  assert.deepEqual(parseNetworkSetting(undefined), {
    profile: "default",
    network: "",
  });
  assert.deepEqual(parseNetworkSetting(""), {
    profile: "default",
    network: "",
  });
  assert.deepEqual(parseNetworkSetting("br1"), {
    profile: "default",
    network: "br1",
  });
  assert.deepEqual(parseNetworkSetting("profile:kp"), {
    profile: "kp",
    network: "",
  });
  for (const text of ["profile:", "a b", "profile:a:b", "a/b", " ", "\n"]) {
    assert.throws(() => parseNetworkSetting(text), {
      name: "RangeError",
      message: `KINI_NETWORK is ${JSON.stringify(text)}: use the name of a ` +
        'network of the server, or "profile:" and the name of a profile, or ' +
        "unset it",
    });
  }
});

Deno.test("configuredNetwork() is the profile's, of this project where it has its own", async () => {
  await using fake = await FakeIncus.start();
  const setting = parseNetworkSetting(undefined);
  const networks = [
    network("br1", { used_by: ["/1.0/profiles/default?project=p"] }),
    network("br2", {
      used_by: ["/1.0/instances/default", "/1.0/profiles/default"],
    }),
    network("br3", { used_by: ["/1.0/profiles/default2"] }),
    network("eth0", { managed: false, used_by: ["/1.0/profiles/default"] }),
  ];
  const chosen = async (project?: string) => {
    using client = fake.client(project);
    return await configuredNetwork(client, networks, setting);
  };
  assert.equal(await chosen(), "br2");
  assert.equal(await chosen("p"), "br1");
  assert.equal(await chosen("shares-profiles"), "br2");
});

Deno.test("configuredNetwork() is the first of a profile's several devices", async () => {
  await using fake = await FakeIncus.start({
    profiles: [profile("default", {
      lan1: { type: "nic", network: "br1" },
      lan0: { type: "nic", nictype: "bridged", parent: "br2" },
    })],
  });
  using client = fake.client();
  const used_by = ["/1.0/profiles/default"];
  const networks = [network("br1", { used_by }), network("br2", { used_by })];
  assert.equal(
    await configuredNetwork(
      client,
      networks,
      parseNetworkSetting(undefined),
    ),
    "br2",
  );
});

Deno.test("configuredNetwork() refuses what isn't there, and names what is", async () => {
  await using fake = await FakeIncus.start({
    profiles: [profile(), profile("kp", {})],
  });
  using client = fake.client();
  const networks = [network("br1"), network("eth0", { managed: false })];
  for (
    const [text, message] of [
      [
        "br9",
        /^KINI_NETWORK is "br9", and the server has no such network: use one of br1, or unset it$/,
      ],
      ["eth0", /^KINI_NETWORK is "eth0", which the server doesn't manage: /],
      [
        "profile:x",
        /^KINI_NETWORK is "profile:x", and the server has no such profile: use one of default, kp, or unset it$/,
      ],
    ] as const
  ) {
    await assert.rejects(
      configuredNetwork(client, networks, parseNetworkSetting(text)),
      { name: "RangeError", message },
    );
  }
  // A profile without a network of its own is for the caller to complain of.
  assert.equal(
    await configuredNetwork(
      client,
      networks,
      parseNetworkSetting("profile:kp"),
    ),
    "",
  );
});
