import assert from "node:assert/strict";
import {
  isAnonymousVolume,
  mergeMounts,
  type Mount,
  parseMount,
  parseTmpfs,
  parseVolume,
} from "./mount.ts";

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
  assert.equal(
    parseVolume("data:/d", { ...CONTEXT, volumeDriver: "nfs" }).driver,
    "nfs",
  );
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

Deno.test("parseTmpfs() reads a path with options", () => {
  assert.equal(parseTmpfs("/run").target, "/run");
  assert.deepEqual(parseTmpfs("/tmp").options, ["noexec", "nosuid", "nodev"]);
  const sized = parseTmpfs("/tmp/:size=64m,exec");
  assert.equal(sized.size, 2 ** 26);
  assert.equal(sized.target, "/tmp");
  assert.deepEqual(parseTmpfs("/x:size=10%").options.at(-1), "size=10%");
  assert.throws(() => parseTmpfs("x"), {
    message: "invalid mount path: 'x' mount path must be absolute",
  });
  assert.throws(() => parseTmpfs("/"), {
    message: "invalid specification: destination can't be '/'",
  });
});

Deno.test("mergeMounts() keeps one mount a target", () => {
  const volume = (spec: string) => parseVolume(spec, CONTEXT);
  const brief = (mounts: Mount[]) =>
    mounts.map(({ type, source, target }) => `${type}:${source}:${target}`);
  assert.deepEqual(
    brief(
      mergeMounts([
        volume("/var"),
        volume("/a:/var"),
        volume("/b:/b"),
        volume("/b"),
        volume("/c"),
        volume("/c"),
      ]),
    ),
    ["bind:/a:/var", "bind:/b:/b", "volume::/c"],
  );
  assert.deepEqual(
    brief(mergeMounts([parseTmpfs("/x:size=1m"), parseTmpfs("/x")])),
    ["tmpfs::/x"],
  );
  for (
    const mounts of [[volume("/a:/x"), volume("/b:/x/")], [
      volume("/a:/x"),
      parseTmpfs("/x"),
    ]]
  ) {
    assert.throws(() => mergeMounts(mounts), {
      name: "RangeError",
      message: "Duplicate mount point: /x",
    });
  }
});
