import assert from "node:assert/strict";
import { isAnonymousVolume, type Mount } from "./mount.ts";
import { parseVolume } from "./volume_flag.ts";

const CONTEXT = { directory: "/srv/dir" };
const BIND: Omit<Mount, "source" | "target"> = {
  type: "bind",
  readonly: false,
  mode: "",
  propagation: "",
  noCopy: false,
  createSource: true,
  nonRecursive: false,
  options: [],
};
const VOLUME: typeof BIND = { ...BIND, type: "volume", createSource: false };

Deno.test("parseVolume() reads what docker reads", () => {
  const cases: [string, Mount][] = [
    ["/var", { ...VOLUME, source: "", target: "/var" }],
    ["/lib/modules:/lib/modules:ro", {
      ...BIND,
      source: "/lib/modules",
      target: "/lib/modules",
      readonly: true,
      mode: "ro",
    }],
    ["/abs/rel:/x:ro,Z,rshared", {
      ...BIND,
      source: "/abs/rel",
      target: "/x",
      readonly: true,
      mode: "ro,Z,rshared",
      propagation: "rshared",
      selinux: "Z",
    }],
    ["/a:/b:rslave", {
      ...BIND,
      source: "/a",
      target: "/b",
      mode: "rslave",
      propagation: "rslave",
    }],
    ["/a:/b:z,cached", {
      ...BIND,
      source: "/a",
      target: "/b",
      mode: "z,cached",
      selinux: "z",
    }],
    ["./x:/y", { ...BIND, source: "/srv/dir/x", target: "/y" }],
    ["../x:/y", { ...BIND, source: "/srv/x", target: "/y" }],
    [".:/y", { ...BIND, source: "/srv/dir", target: "/y" }],
    ["/a//b/../c/:/d/", { ...BIND, source: "/a/c", target: "/d" }],
    ["data:/data", { ...VOLUME, source: "data", target: "/data" }],
    ["data:/data:nocopy,ro", {
      ...VOLUME,
      source: "data",
      target: "/data",
      mode: "nocopy,ro",
      noCopy: true,
      readonly: true,
    }],
  ];
  for (const [spec, want] of cases) {
    assert.deepEqual(parseVolume(spec, CONTEXT), want, spec);
  }
  assert.equal(isAnonymousVolume(parseVolume("/var", CONTEXT)), true);
  assert.equal(isAnonymousVolume(parseVolume("data:/var", CONTEXT)), false);
});

Deno.test("parseVolume() refuses with docker's texts", () => {
  const invalid = (spec: string, type: string, reason: string) =>
    `invalid volume specification: '${spec}': invalid mount config for type "${type}": ${reason}`;
  const root = "invalid specification: destination can't be '/'";
  const absolute = (path: string) =>
    `invalid mount path: '${path}' mount path must be absolute`;
  const named = (name: string) =>
    `create ${name}: "${name}" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path`;
  const cases: [string, "SyntaxError" | "RangeError", string][] = [
    ["", "SyntaxError", "invalid empty volume spec"],
    [":/b", "SyntaxError", "invalid spec: :/b: empty section between colons"],
    ["/a:", "SyntaxError", "invalid spec: /a:: empty section between colons"],
    [
      "/a::ro",
      "SyntaxError",
      "invalid spec: /a::ro: empty section between colons",
    ],
    [
      "/a:/b:",
      "SyntaxError",
      "invalid spec: /a:/b:: empty section between colons",
    ],
    ["/a:/b:ro:x", "SyntaxError", "invalid spec: /a:/b:ro:x: too many colons"],
    ["/b:ro", "RangeError", "invalid volume specification: '/b:ro'"],
    ["/a:/b:foo", "RangeError", "invalid mode: foo"],
    ["/a:/b:ro,rw", "RangeError", "invalid mode: ro,rw"],
    ["/a:/b:z,Z", "RangeError", "invalid mode: z,Z"],
    ["/a:/b:rshared,rslave", "RangeError", "invalid mode: rshared,rslave"],
    ["/a:/b:ro,", "RangeError", "invalid mode: ro,"],
    ["/a:b", "RangeError", invalid("/a:b", "bind", absolute("b"))],
    ["/a:/", "RangeError", invalid("/a:/", "bind", root)],
    ["/", "RangeError", invalid("/", "volume", root)],
    ["a", "RangeError", invalid("a", "volume", absolute("a"))],
    ["vol:b", "RangeError", invalid("vol:b", "volume", absolute("b"))],
    [
      "data:/b:rshared",
      "RangeError",
      invalid(
        "data:/b:rshared",
        "volume",
        "field BindOptions must not be specified",
      ),
    ],
    ["v/a:/b", "RangeError", named("v/a")],
    ["~/x:/b", "RangeError", named("~/x")],
  ];
  for (const [spec, name, message] of cases) {
    assert.throws(() => parseVolume(spec, CONTEXT), { name, message }, spec);
  }
});
