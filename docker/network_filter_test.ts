import assert from "node:assert/strict";
import { Filters } from "./filter.ts";
import { filterNetworks } from "./network_filter.ts";

const NETWORKS = [
  {
    id: "aa1",
    name: "bridge",
    driver: "bridge",
    scope: "local",
    labels: {},
    inUse: false,
  },
  {
    id: "ab2",
    name: "kind",
    driver: "bridge",
    scope: "local",
    labels: { a: "b" },
    inUse: true,
  },
  {
    id: "bb3",
    name: "kind2",
    driver: "macvlan",
    scope: "local",
    labels: {},
    inUse: false,
  },
];

Deno.test("filterNetworks() picks as docker network ls does", () => {
  const cases: [string[], string][] = [
    [[], "bridge kind kind2"],
    [["name=^kind$"], "kind"],
    [["name=kind"], "kind kind2"],
    [["id=^a"], "bridge kind"],
    [["driver=bridge", "label=a"], "kind"],
    [["driver=brid"], ""],
    [["scope=swarm"], ""],
    [["dangling=true"], "kind2"],
    [["dangling=0"], "bridge kind"],
    [["type=custom"], "kind kind2"],
    [["type=builtin"], "bridge"],
  ];
  for (const [texts, want] of cases) {
    assert.equal(
      filterNetworks(NETWORKS, Filters.parse(texts)).map(({ name }) => name)
        .join(" "),
      want,
      texts.join(),
    );
  }
});

Deno.test("filterNetworks() refuses with docker's texts", () => {
  const cases: [string[], string][] = [
    [["foo=1"], "invalid filter 'foo'"],
    [["type=x"], "invalid filter: 'type'='x'"],
    [
      ["dangling=1", "dangling=0"],
      'got more than one value for filter key "dangling"',
    ],
    [
      ["dangling=x"],
      `invalid value for filter 'dangling', must be "true" (or "1"), or "false" (or "0")`,
    ],
  ];
  for (const [texts, message] of cases) {
    assert.throws(() => filterNetworks(NETWORKS, Filters.parse(texts)), {
      name: "RangeError",
      message,
    });
  }
});
