import assert from "node:assert/strict";
import type { ClusterMember } from "../incus/cluster.ts";
import { choosePlace, parseTargets } from "./placement.ts";

const member = (
  name: string,
  groups: string[] = [],
  status = "Online",
): ClusterMember => ({
  server_name: name,
  url: `https://${name}.example:8443`,
  status,
  groups: ["default", ...groups],
});
const MEMBERS = [
  member("m1"),
  member("m2", ["big"]),
  member("m3", ["big"]),
  member("down", ["gone"], "Offline"),
];

/** Member by node for a target, as kind would ask for it; `m2` is asked. */
function places(target: string, nodes: Record<string, string>): string[] {
  return Object.entries(nodes).map(([name, role]) => {
    const place = choosePlace(MEMBERS, "m2", parseTargets(target), {
      name,
      labels: role ? { "io.x-k8s.kind.role": role } : {},
      publishes: role === "worker" ? [] : [{} as never],
    });
    assert.equal(
      place.member?.server_name,
      place.open || place.target === "m2" ? undefined : place.target,
    );
    return place.target + (place.open ? " open" : "");
  });
}

const CLUSTER = {
  "k-external-load-balancer": "external-load-balancer",
  "k-control-plane": "control-plane",
  "k-control-plane2": "control-plane",
  "k-worker": "worker",
  "k-worker2": "worker",
  "k-worker3": "worker",
  "not-worker7": "",
};

Deno.test("choosePlace() puts kind's nodes on members in turn", async (t) => {
  const cases: [target: string, want: string][] = [
    ["m1", "m1 m1 m1 m1 m1 m1 m1"],
    ["m2", "m2 m2 m2 m2 m2 m2 m2"],
    ["*", "m2 m2 m1 m1 m3 m2 m2"],
    ["m3,m1", "m3 m3 m1 m1 m3 m1 m3"],
    ["m1, m1", "m1 m1 m1 m1 m1 m1 m1"],
    ["m1,@big", "m1 m1 m2 m2 m3 m1 m1"],
    // What publishes ports is on the member that is asked, if it may be there.
    ["@big", "m2 m2 m2 @big open @big open @big open m2"],
    ["@default", "m2 m2 m2 @default open @default open @default open m2"],
  ];
  for (const [target, want] of cases) {
    await t.step(target, () => {
      assert.equal(places(target, CLUSTER).join(" "), want);
    });
  }
});

Deno.test("choosePlace() says what there is instead of what is not", async (t) => {
  const cases: [target: string, want: string][] = [
    [
      "m9",
      'KINI_TARGET is "m9", but the cluster has no member "m9": the members are down, m1, m2, m3',
    ],
    [
      "m1,@small",
      'KINI_TARGET is "m1,@small", but the cluster has no group "small" with members: the groups are big, default, gone',
    ],
    [
      "down",
      'KINI_TARGET is "down", but the member "down" is offline: choose another one',
    ],
    [
      "@gone",
      'KINI_TARGET is "@gone", but no member of the group "gone" is online',
    ],
  ];
  for (const [target, message] of cases) {
    await t.step(target, () => {
      assert.throws(() => places(target, CLUSTER), {
        name: "RangeError",
        message,
      });
    });
  }
});

Deno.test("parseTargets() refuses gaps", () => {
  assert.deepEqual(parseTargets(" m1 ,@g,*"), ["m1", "@g", "*"]);
  for (const text of [",", "m1,", "@", " "]) {
    assert.throws(
      () => parseTargets(text),
      /^RangeError: KINI_TARGET is ".*": use the name of a member/,
    );
  }
});
