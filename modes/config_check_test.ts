import assert from "node:assert/strict";
import { checkConfig, rawLines } from "./config_check.ts";

Deno.test("rawLines() joins lines and refuses what would add one", () => {
  assert.equal(rawLines(["a=1", "b=2"]), "a=1\nb=2");
  for (const end of ["\n", "\r", "\0"]) {
    assert.throws(
      () => rawLines([`lxc.signal.halt=SIGTERM${end}lxc.hook.start=/bin/x`]),
      RangeError,
    );
  }
});

Deno.test("checkConfig() refuses line breaks in keys and values", () => {
  checkConfig({
    "user.label": "two\nlines",
    "raw.lxc": "a=1\nb=2",
    "environment.A": "x",
  });
  for (
    const config of [
      { "environment.A\nlxc.hook.start": "/bin/x" },
      { "environment.A": "x\nlxc.hook.start=/bin/x" },
      { "oci.cwd": "/\nlxc.hook.start=/bin/x" },
      { "oci.entrypoint": "/init\r" },
      { "user.a\nb": "" },
    ]
  ) {
    assert.throws(() => checkConfig(config), RangeError);
  }
  assert.throws(
    () => checkConfig({}, { disk: { type: "disk", path: "/a\nb" } }),
    RangeError,
  );
});
