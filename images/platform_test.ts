import assert from "node:assert/strict";
import { choosePlatform, formatPlatform, type Platform } from "./platform.ts";

function entry(text?: string) {
  if (text === undefined) return { name: "none" };
  const [os = "", architecture = "", variant] = text.split("/");
  return { name: text, platform: { os, architecture, variant } };
}

Deno.test("choosePlatform() takes the best variant that the CPU runs", () => {
  const linux = (architecture: string, variant?: string): Platform => ({
    os: "linux",
    architecture,
    variant,
  });
  const tests = [
    {
      name: "by architecture",
      entries: ["linux/arm64/v8", "linux/amd64"],
      wanted: linux("amd64"),
      want: "linux/amd64",
    },
    {
      name: "by system",
      entries: ["windows/amd64", "linux/amd64"],
      wanted: linux("amd64"),
      want: "linux/amd64",
    },
    {
      name: "an attestation is no image",
      entries: ["unknown/unknown"],
      wanted: linux("amd64"),
      want: undefined,
    },
    {
      name: "arm64 finds arm64/v8",
      entries: ["linux/arm/v7", "linux/arm64/v8"],
      wanted: linux("arm64"),
      want: "linux/arm64/v8",
    },
    {
      name: "arm64/v8 finds arm64",
      entries: ["linux/arm64"],
      wanted: linux("arm64", "v8"),
      want: "linux/arm64",
    },
    {
      name: "arm/v7 prefers v6 to v5, and takes no v8",
      entries: ["linux/arm/v8", "linux/arm/v5", "linux/arm/v6"],
      wanted: linux("arm", "v7"),
      want: "linux/arm/v6",
    },
    {
      name: "plain amd64 takes no newer CPU's image",
      entries: ["linux/amd64/v3"],
      wanted: linux("amd64"),
      want: undefined,
    },
    {
      name: "no platform comes last",
      entries: [undefined, "linux/amd64"],
      wanted: linux("amd64"),
      want: "linux/amd64",
    },
    {
      name: "no platform is better than nothing",
      entries: ["linux/s390x", undefined],
      wanted: linux("amd64"),
      want: "none",
    },
  ];
  for (const { name, entries, wanted, want } of tests) {
    const found = choosePlatform(entries.map(entry), wanted);
    assert.equal(found?.name, want, name);
  }
});

Deno.test("formatPlatform() leaves out an empty variant", () => {
  assert.equal(
    formatPlatform({ os: "linux", architecture: "amd64", variant: "" }),
    "linux/amd64",
  );
  assert.equal(
    formatPlatform({ os: "linux", architecture: "arm", variant: "v7" }),
    "linux/arm/v7",
  );
});
