import assert from "node:assert/strict";
import { parseTmpfs, parseTmpfsOptions } from "./tmpfs.ts";

Deno.test("parseTmpfsOptions() adds to docker's options and replaces them", () => {
  const defaults = ["noexec", "nosuid", "nodev"];
  assert.deepEqual(parseTmpfsOptions(""), {
    options: defaults,
    readonly: false,
  });
  assert.deepEqual(parseTmpfsOptions("size=1m,mode=1777,uid=0,gid=5"), {
    options: [...defaults, "mode=1777", "uid=0", "gid=5"],
    size: 2 ** 20,
    mode: 0o1777,
    uid: 0,
    gid: 5,
    readonly: false,
  });
  assert.deepEqual(parseTmpfsOptions("exec,defaults,ro,size=50%"), {
    options: ["nosuid", "nodev", "exec", "ro"],
    sizePercent: "50%",
    readonly: true,
  });
  assert.deepEqual(parseTmpfsOptions("rw,ro,rw").options, [...defaults, "rw"]);
  assert.equal(parseTmpfsOptions("size=1m,size=2m").size, 2 ** 21);
});

Deno.test("parseTmpfsOptions() refuses as docker's daemon", () => {
  const cases: [string, string][] = [
    ["foo", 'invalid tmpfs option ["foo"]'],
    ["rw:ro", 'invalid tmpfs option ["rw:ro"]'],
    ["foo=1", 'invalid tmpfs option ["foo" "1"]'],
    ["size", 'invalid tmpfs option ["size"]'],
    ["size=x", 'invalid tmpfs option ["size" "x"]'],
    ["mode=9", 'invalid tmpfs option ["mode" "9"]'],
    ["uid=root", 'invalid tmpfs option ["uid" "root"]'],
    ["ro,,rw", 'invalid tmpfs option [""]'],
  ];
  for (const [text, message] of cases) {
    assert.throws(() => parseTmpfsOptions(text), {
      name: "RangeError",
      message,
    }, text);
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
