import assert from "node:assert/strict";
import type { Mount } from "./mount.ts";
import { parseMount } from "./mount_flag.ts";

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
const PLAIN: typeof BIND = { ...VOLUME, driverOptions: {}, labels: {} };

Deno.test("parseMount() reads what docker reads", () => {
  const tmpfs: Mount = { ...VOLUME, type: "tmpfs", source: "", target: "/b" };
  const defaults = ["noexec", "nosuid", "nodev"];
  const bind: Mount = {
    ...BIND,
    createSource: false,
    source: "/a",
    target: "/b",
  };
  const cases: [string, Mount][] = [
    ["type=bind,src=/a,dst=/b", bind],
    ["Type=BIND,Source=/a,Target=/b", bind],
    ["type=bind,src=/a,destination=/b/,readonly", { ...bind, readonly: true }],
    ["type=bind,src=/a,dst=/b,ro=0,consistency=cached", bind],
    ["type=bind,src=./a,dst=/b", { ...bind, source: "/srv/dir/a" }],
    ['type=bind,"src=/a,b",dst=/b', { ...bind, source: "/a,b" }],
    ["type=bind,src=/a,dst=/b,bind-propagation=rshared,bind-nonrecursive", {
      ...bind,
      propagation: "rshared",
      nonRecursive: true,
    }],
    ["type=bind,src=/a,dst=/b,bind-recursive=disabled", {
      ...bind,
      nonRecursive: true,
    }],
    ["dst=/b", { ...PLAIN, source: "", target: "/b" }],
    ["type=volume,src=data,dst=/b,ro,volume-nocopy", {
      ...PLAIN,
      source: "data",
      target: "/b",
      readonly: true,
      noCopy: true,
    }],
    [
      "type=volume,dst=/b,volume-driver=local,volume-opt=a=b=c,volume-opt=d,volume-label=k=v",
      {
        ...VOLUME,
        source: "",
        target: "/b",
        driver: "local",
        driverOptions: { a: "b=c", d: "" },
        labels: { k: "v" },
      },
    ],
    ["type=volume,src=data,dst=/b,volume-subpath=x", {
      ...PLAIN,
      source: "data",
      target: "/b",
      subpath: "x",
    }],
    ["type=tmpfs,dst=/b", { ...tmpfs, options: defaults }],
    ["type=tmpfs,dst=/b,tmpfs-size=1.5g,tmpfs-mode=1777", {
      ...tmpfs,
      options: [...defaults, "mode=1777"],
      size: 1610612736,
    }],
  ];
  for (const [text, want] of cases) {
    assert.deepEqual(parseMount(text, CONTEXT), want, text);
  }
});

Deno.test("parseMount() refuses with docker's texts", () => {
  const config = (type: string, reason: string) =>
    `invalid mount config for type "${type}": ${reason}`;
  const cases: [string, "SyntaxError" | "RangeError", string][] = [
    ["", "SyntaxError", "EOF"],
    ["type=bind,src=/a", "SyntaxError", "target is required"],
    ["type=,dst=/b", "SyntaxError", "type is required"],
    [
      "type=bind,src=/a,dst=/b,foo=bar",
      "SyntaxError",
      "unexpected key 'foo' in 'foo=bar'",
    ],
    [
      "type=bind,src=/a,dst=/b,foo",
      "SyntaxError",
      "invalid field 'foo' must be a key=value pair",
    ],
    [
      "type=bind , src=/a,dst=/b",
      "SyntaxError",
      "unexpected key ' src' in ' src=/a'",
    ],
    ["type=bind,src=/a,dst=/b,ro=x", "SyntaxError", "invalid value for ro: x"],
    [
      "type=volume,dst=/b,volume-nocopy=x",
      "SyntaxError",
      "invalid value for volume-nocopy: x",
    ],
    [
      "type=tmpfs,dst=/b,tmpfs-mode=9",
      "SyntaxError",
      "invalid value for tmpfs-mode: 9",
    ],
    [
      "type=tmpfs,dst=/b,tmpfs-size=x",
      "SyntaxError",
      "invalid value for tmpfs-size: x",
    ],
    [
      "type=bind,src=/a,dst=/b,volume-nocopy",
      "SyntaxError",
      "cannot mix 'volume-*' options with mount type 'bind'",
    ],
    [
      "type=volume,dst=/b,bind-propagation=rshared",
      "SyntaxError",
      "cannot mix 'bind-*' options with mount type 'volume'",
    ],
    [
      "type=volume,dst=/b,tmpfs-size=1",
      "SyntaxError",
      "cannot mix 'tmpfs-*' options with mount type 'volume'",
    ],
    [
      "type=bind,src=/a,dst=/b,bind-recursive=x",
      "SyntaxError",
      'invalid value for bind-recursive: x (must be "enabled", "disabled", "writable", or "readonly")',
    ],
    [
      "type=bind,src=/a,dst=/b,bind-recursive=writable",
      "SyntaxError",
      "option 'bind-recursive=writable' requires 'readonly' to be specified in conjunction",
    ],
    [
      "type=bind,src=/a,dst=/b,ro,bind-recursive=readonly",
      "SyntaxError",
      "option 'bind-recursive=readonly' requires 'bind-propagation=rprivate' to be specified in conjunction",
    ],
    [
      "type=bind,dst=/b",
      "RangeError",
      config("bind", "field Source must not be empty"),
    ],
    [
      "type=bind,src=a,dst=/b",
      "RangeError",
      config("bind", "invalid mount path: 'a' mount path must be absolute"),
    ],
    [
      "type=bind,src=/a,dst=b",
      "RangeError",
      config("bind", "invalid mount path: 'b' mount path must be absolute"),
    ],
    [
      "type=bind,src=/a,dst=/",
      "RangeError",
      config("bind", "invalid specification: destination can't be '/'"),
    ],
    [
      "type=bind,src=/a,dst=/b,bind-propagation=foo",
      "RangeError",
      config("bind", "invalid propagation mode: foo"),
    ],
    [
      "dst=/b,ro",
      "RangeError",
      config(
        "volume",
        "must not set ReadOnly mode when using anonymous volumes",
      ),
    ],
    [
      "type=tmpfs,src=a,dst=/b",
      "RangeError",
      config("tmpfs", "field Source must not be specified"),
    ],
    ["type=foo,dst=/b", "RangeError", config("foo", "mount type unknown")],
  ];
  for (const [text, name, message] of cases) {
    assert.throws(() => parseMount(text, CONTEXT), { name, message }, text);
  }
});
