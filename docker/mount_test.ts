import assert from "node:assert/strict";
import { mergeMounts, type Mount } from "./mount.ts";
import { parseTmpfs } from "./tmpfs.ts";
import { parseVolume } from "./volume_flag.ts";

const CONTEXT = { directory: "/srv/dir" };

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
